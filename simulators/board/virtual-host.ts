/**
 * A small gateway in virtual time for an emulated board: says frames, hears frames, keeps the records and acknowledges
 * them if it is told to. For tests of the firmware, and to compare the scripted board with it.
 */
import { createEmulatedBoard, type EmulatedBoard, type EmulatedBoardOptions } from './emulated-board.ts';
import { frameBytes, frameOf, numberOf, sysexReader, u32, type WireFrame } from './wire-codec.ts';

export interface HeardFrame extends WireFrame {
  atMs: number;
}

/** A key event as it came over the wire. */
export interface HeardEvent {
  sequence: number;
  key: number;
  edge: 'pressed' | 'released';
  ageMs: number | undefined;
  again: boolean;
  beforeStart: boolean;
  /** When its last byte was through. */
  atMs: number;
}

export interface VirtualHost {
  readonly board: EmulatedBoard;
  readonly heard: HeardFrame[];
  readonly events: HeardEvent[];
  /** Bytes that belong to no sysex. */
  readonly plain: number[];
  /** Bodies of sysex that are not ours: Firmata's answers. */
  readonly firmata: number[][];
  /** True: each event is acknowledged as soon as it is heard. */
  acknowledging: boolean;
  say(command: number, payload?: readonly number[], tag?: number): void;
  /** Says and waits for the answer with this tag (done, error or the command itself). */
  ask(command: number, payload?: readonly number[], timeoutMs?: number): HeardFrame;
  advance(ms: number): void;
  /** Advances until `condition` holds. */
  advanceUntil(what: string, condition: () => boolean, timeoutMs?: number): void;
}

const KEY_EVENT = 2;
const ACK = 3;
const USER_COMMANDS_END = 0x10;
const AGE_UNKNOWN = 0xffff_ffff;
const ANSWER_MS = 1_000;

function eventOf({ payload, atMs }: HeardFrame): HeardEvent {
  const age = numberOf(payload.slice(7, 12));
  const flags = payload[12] ?? 0;
  return {
    sequence: numberOf(payload.slice(0, 5)),
    key: payload[5] ?? 0,
    edge: payload[6] === 1 ? 'pressed' : 'released',
    ageMs: age === AGE_UNKNOWN ? undefined : age,
    again: (flags & 1) !== 0,
    beforeStart: (flags & 2) !== 0,
    atMs,
  };
}

/** A board and its gateway. */
export function virtualHost(options: EmulatedBoardOptions = {}): VirtualHost {
  let tag = 0;
  const take = (body: number[]) => {
    if ((body[0] ?? 0) >= USER_COMMANDS_END) return void host.firmata.push(body);
    const frame = frameOf(body);
    if (frame === undefined) return;
    const heard = { ...frame, atMs: board.nowMs() };
    host.heard.push(heard);
    if (frame.command !== KEY_EVENT) return;
    const event = eventOf(heard);
    host.events.push(event);
    if (host.acknowledging) host.say(ACK, u32(event.sequence));
  };
  const read = sysexReader(take, (byte) => void host.plain.push(byte));
  const board = createEmulatedBoard({ ...options, onByte: (byte) => read(Uint8Array.of(byte)) });
  const host: VirtualHost = {
    board,
    heard: [],
    events: [],
    plain: [],
    firmata: [],
    acknowledging: false,
    say: (command, payload = [], withTag = 0) => board.receive(frameBytes({ command, tag: withTag, payload })),
    ask(command, payload = [], timeoutMs = ANSWER_MS) {
      tag = (tag % 127) + 1;
      const from = host.heard.length;
      const answer = () => host.heard.slice(from).find((frame) => frame.tag === tag);
      host.say(command, payload, tag);
      host.advanceUntil(`an answer to command ${command}`, () => answer() !== undefined, timeoutMs);
      const found = answer();
      if (found === undefined) throw new Error('unreachable: the answer was just there');
      return found;
    },
    advance: (ms) => board.advance(ms),
    advanceUntil(what, condition, timeoutMs = ANSWER_MS) {
      const deadlineMs = board.nowMs() + timeoutMs;
      while (!condition()) {
        if (board.nowMs() >= deadlineMs) throw new Error(`waited ${timeoutMs} virtual ms in vain: ${what}`);
        board.advance(1);
      }
    },
  };
  return host;
}
