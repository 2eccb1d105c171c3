/**
 * What sits inside the simulated card reader: the SAM_V module, the card that lies on it, and how both misbehave.
 */
import type { Random } from '../kit/random.ts';
import { photoBlock, textBlock } from './card-block.ts';
import type { Person } from './people.ts';
import { answerBytes, type Command } from './reader-frames.ts';

/** How it misbehaves from now on. */
export interface ReaderTrouble {
  /** Answers the command with this SW3 instead of doing it. */
  find?: number | undefined;
  select?: number | undefined;
  read?: number | undefined;
  /** So many answers to a read have a wrong check byte. */
  wrongXors: number;
  /** Random bytes in front of every answer. */
  garbageBytes: number;
  /** The answer to a read breaks off after so many bytes. */
  readStopsAfterBytes?: number | undefined;
  /** A person takes the card away while it is being read. */
  takenWhileReading: boolean;
  /** Hears, says nothing. */
  mute: boolean;
}

/** `once`: a card that was read is found again only when it is presented again (SAM_V); `always`: as long as it lies. */
export type FindHabit = 'once' | 'always';

export interface CardModule {
  readonly trouble: ReaderTrouble;
  layCard(person: Person): void;
  takeCard(): void;
  /** Does what the command asks; undefined when it says nothing. */
  answer(command: Command): Buffer | undefined;
  heard(command: CommandName): number;
}

export type Deed = 'laid' | 'taken' | 'read';
export type CommandName = 'find' | 'select' | 'read';

const NAMES: Readonly<Record<Command, CommandName>> = { '2001': 'find', '2002': 'select', '3001': 'read' };
const LENGTHS = Buffer.from('01000400', 'hex');

/** A module with nothing on it; `tell` hears what people do, and when a card was read out. */
export function cardModule(finds: FindHabit, random: Random, tell: (deed: Deed, person: Person) => void): CardModule {
  const trouble: ReaderTrouble = { wrongXors: 0, garbageBytes: 0, takenWhileReading: false, mute: false };
  const heard: Record<CommandName, number> = { find: 0, select: 0, read: 0 };
  let card: { person: Person; photo: Buffer; phase: 'new' | 'selected' | 'read' } | undefined;

  const takeCard = () => {
    const taken = card;
    card = undefined;
    if (taken) tell('taken', taken.person);
  };
  const read = () => {
    if (trouble.takenWhileReading) takeCard();
    if (card?.phase !== 'selected') return answerBytes(0x41);
    card.phase = 'read';
    tell('read', card.person);
    return answerBytes(0x90, Buffer.concat([LENGTHS, textBlock(card.person), card.photo]));
  };
  const select = () => {
    if (card === undefined) return answerBytes(0x81);
    card.phase = 'selected';
    return answerBytes(0x90, new Uint8Array(8));
  };
  const find = () => {
    const found = card !== undefined && (finds === 'always' || card.phase !== 'read');
    return found ? answerBytes(0x9f, new Uint8Array(4)) : answerBytes(0x80);
  };
  const does = { find, select, read };
  return {
    trouble,
    layCard(person) {
      takeCard();
      card = { person, photo: photoBlock(random), phase: 'new' };
      tell('laid', person);
    },
    takeCard,
    heard: (command) => heard[command],
    answer(command) {
      const name = NAMES[command];
      if (name !== undefined) heard[name] += 1;
      if (trouble.mute) return undefined;
      if (name === undefined) return answerBytes(0x21);
      const refusal = trouble[name];
      const bytes = refusal === undefined ? does[name]() : answerBytes(refusal);
      const said = name === 'read' ? spoilt(bytes, trouble) : bytes;
      return Buffer.concat([random.bytes(trouble.garbageBytes), said]);
    },
  };
}

/** The answer to a read, as its trouble leaves it. */
function spoilt(bytes: Buffer, trouble: ReaderTrouble): Buffer {
  if (trouble.wrongXors > 0) {
    trouble.wrongXors -= 1;
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 0x55, bytes.length - 1);
  }
  return bytes.subarray(0, trouble.readStopsAfterBytes);
}
