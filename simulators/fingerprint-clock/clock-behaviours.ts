/**
 * How a clock answers, as small habits over one conversation. An incoming ACK_OK is never answered: it acknowledges a live
 * event, and two sides that acknowledge acknowledgements never stop.
 */
import type { Behaviour, SimulatedNode } from '../kit/node.ts';
import type { ClockBody } from './clock-body.ts';
import { packTime, provesKey, type ClockFrame } from './clock-codec.ts';
import { freeSizes } from './clock-tables.ts';

const ACK_OK = 2000;
const ACK_ERROR = 2001;
const ACK_UNAUTH = 2005;
const PREPARE_DATA = 1500;
const DATA = 1501;
/** Clear data, log, users, templates, administrators, operation log; read, write, test templates; disable; power off. */
const REFUSED = new Set([9, 10, 14, 15, 18, 19, 20, 32, 33, 61, 88, 110, 134, 1005, 1009, 1011, 1012]);
const TEMPLATES_READ = 7;
const USERS_READ = 9;
const LOG_READ = 13;

/** What a clock knows about one client. */
export interface Conversation {
  session: number;
  greeted: boolean;
  trusted: boolean;
  /** Wants live events. */
  listening: boolean;
  prepared: Buffer;
  piecesSent: number;
  /** Largest DATA frame of this transport. */
  dataBytesMax: number;
  acknowledged: number;
  /** Cuts the connection without a word. */
  die(): void;
}

type Node = SimulatedNode<ClockFrame>;
type Habit = Behaviour<ClockFrame>;

/** How this clock says things to this client. */
interface Voice {
  say: (node: Node, to: ClockFrame, command: number, data?: Buffer) => void;
  answer: (node: Node, to: ClockFrame, data?: Buffer) => void;
}

/** The habits of a clock, in the order in which they are asked. */
export function clockBehaviours(body: ClockBody, talk: Conversation): Habit[] {
  const voice = voiceOf(body, talk);
  return [
    ...doorHabits(body, talk, voice),
    ...talkHabits(body, talk, voice),
    ...readHabits(body, talk, voice),
    habit('shrugs', undefined, (frame, node) => voice.say(node, frame, ACK_ERROR)),
  ];
}

function voiceOf({ quirks }: ClockBody, talk: Conversation): Voice {
  const say = (node: Node, to: ClockFrame, command: number, data: Buffer = Buffer.alloc(0)) => {
    const session = quirks.wrongSession ? talk.session ^ 0x5555 : talk.session;
    node.say({ command, session, reply: to.reply, data, intact: true });
  };
  return { say, answer: (node, to, data) => say(node, to, ACK_OK, data) };
}

/** Deals with frames of these commands; without commands, with every frame. */
function habit(
  name: string,
  commands: readonly number[] | undefined,
  act: (frame: ClockFrame, node: Node) => void,
): Habit {
  return {
    name,
    hear(frame, node) {
      if (commands && !commands.includes(frame.command)) return false;
      act(frame, node);
      return true;
    },
  };
}

/** Who may talk at all, and about what. */
function doorHabits(body: ClockBody, talk: Conversation, { say }: Voice): Habit[] {
  return [
    { name: 'notes acknowledgements', hear: (frame) => notesAcknowledgement(frame, talk) },
    {
      name: 'notes commands',
      hear(frame) {
        body.commands.push(frame.command);
        return false;
      },
    },
    { name: 'mumbles', hear: (frame) => ignores(frame, body) },
    habit('greets', [1000], (frame, node) => {
      talk.greeted = true;
      talk.trusted ||= body.build.commKey === 0;
      say(node, frame, talk.trusted ? ACK_OK : ACK_UNAUTH);
    }),
    habit('checks the key', [1102], (frame, node) => {
      talk.trusted = provesKey(frame.data, body.build.commKey, talk.session);
      say(node, frame, talk.trusted ? ACK_OK : ACK_UNAUTH);
    }),
    {
      name: 'trusts nobody without the key',
      hear(frame, node) {
        if (talk.greeted && talk.trusted) return false;
        say(node, frame, ACK_UNAUTH);
        return true;
      },
    },
    {
      name: 'keeps its memory to itself',
      hear(frame, node) {
        if (!REFUSED.has(frame.command) && wantedTable(frame) !== TEMPLATES_READ) return false;
        body.refused.push(frame.command);
        say(node, frame, ACK_ERROR);
        return true;
      },
    },
  ];
}

/** Short questions, short answers. */
function talkHabits(body: ClockBody, talk: Conversation, { say, answer }: Voice): Habit[] {
  return [
    habit('says goodbye', [1001], (frame, node) => answer(node, frame)),
    habit('agrees', [12, 60, 62, 1002, 1003, 1013, 1014], (frame, node) => answer(node, frame)),
    habit('tells options', [11], (frame, node) => {
      const [name = ''] = frame.data.toString('latin1').split('\0');
      const value = body.option(name);
      if (value === undefined) say(node, frame, ACK_ERROR);
      else answer(node, frame, Buffer.from(`${name}=${value}\0`, 'latin1'));
    }),
    habit('tells its firmware', [1100], (frame, node) => answer(node, frame, Buffer.from(`${body.build.firmware}\0`))),
    habit('counts', [50], (frame, node) => answer(node, frame, counters(body))),
    habit('tells the time', [201], (frame, node) => answer(node, frame, word(packTime(body.time())))),
    habit('takes the time', [202], (frame, node) => {
      body.setTime(frame.data.readUInt32LE(0));
      answer(node, frame);
    }),
    habit('speaks', [1017], (frame, node) => {
      body.voices.push(frame.data.length >= 4 ? frame.data.readUInt32LE(0) : 0);
      answer(node, frame);
    }),
    habit('restarts', [1004], () => {
      body.restarts += 1;
      talk.die();
    }),
    habit('listens to itself', [500], (frame, node) => {
      talk.listening = !body.quirks.refusesEvents && frame.data.length >= 4 && frame.data.readUInt32LE(0) !== 0;
      say(node, frame, body.quirks.refusesEvents ? ACK_ERROR : ACK_OK);
    }),
  ];
}

/** Long answers: at once when small, else through a buffer that the client empties piece by piece. */
function readHabits(body: ClockBody, talk: Conversation, { say, answer }: Voice): Habit[] {
  return [
    habit('frees its buffer', [1502], (frame, node) => {
      talk.prepared = Buffer.alloc(0);
      answer(node, frame);
    }),
    habit('prepares a buffer', [1503], (frame, node) => {
      const data = preparedData(frame, body);
      if (!data) say(node, frame, ACK_ERROR);
      else if (data.length <= body.build.inlineBytesMax) say(node, frame, DATA, data);
      else {
        talk.prepared = data;
        answer(node, frame, promise(data, body));
      }
    }),
    habit('hands out its buffer', [1504], (frame, node) => {
      const start = frame.data.readInt32LE(0);
      const piece = talk.prepared.subarray(start, start + frame.data.readInt32LE(4));
      talk.piecesSent += 1;
      const { diesAfterPieces } = body.quirks;
      say(node, frame, PREPARE_DATA, Buffer.concat([word(piece.length), word(talk.dataBytesMax)]));
      if (diesAfterPieces !== undefined && talk.piecesSent > diesAfterPieces) {
        talk.die();
        return;
      }
      for (let at = 0; at < piece.length; at += talk.dataBytesMax) {
        say(node, frame, DATA, piece.subarray(at, at + talk.dataBytesMax));
      }
      answer(node, frame);
    }),
  ];
}

function notesAcknowledgement(frame: ClockFrame, talk: Conversation): boolean {
  if (frame.command !== ACK_OK) return false;
  talk.acknowledged += 1;
  return true;
}

/** Answers that are not given, by weakness or by a wrong checksum. */
function ignores(frame: ClockFrame, { quirks, build }: ClockBody): boolean {
  if (build.strictChecksum && !frame.intact) return true;
  if (quirks.sessionHeld && frame.command === 1000) return true;
  if (quirks.answersToDrop === 0) return false;
  quirks.answersToDrop -= 1;
  return true;
}

function preparedData(frame: ClockFrame, body: ClockBody): Buffer | undefined {
  const table = wantedTable(frame);
  if (table === LOG_READ) return body.logData();
  return table === USERS_READ ? body.usersData() : undefined;
}

/** Which table PREPARE_BUFFER asks for. */
function wantedTable(frame: ClockFrame): number | undefined {
  return frame.command === 1503 && frame.data.length >= 3 ? frame.data.readInt16LE(1) : undefined;
}

/** 13 bytes: 00, size, size again, and a word that nobody has explained. A lagging clock promises less than it has. */
function promise(data: Buffer, { quirks }: ClockBody): Buffer {
  const size = Math.max(0, data.length - quirks.promiseLagBytes);
  return Buffer.concat([Buffer.from([0]), word(size), word(size), word(0x3b2a1908)]);
}

function counters({ users, log, build, quirks }: ClockBody): Buffer {
  const records = Math.max(0, log.length - quirks.countsLag);
  return freeSizes({ users: users.length, records, recordCapacity: build.recordCapacity });
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
