/**
 * What a hall board answers, without its chip: the protocol of docs/firmware.md told once more in TypeScript, for halls
 * with a hundred boards. A test holds the same conversation with the emulated firmware. Firmata's own pins it has none:
 * it names itself and leaves the rest empty.
 */
import { PAPER_KEY, type BoardProfile } from './fitting.ts';
import { FAULT } from './scripted-display.ts';
import { scriptedParts, type MindClock, type ScriptedParts } from './scripted-parts.ts';
import type { ScriptedRecord } from './scripted-records.ts';
import { SETTING } from './scripted-settings.ts';
import { frameOf, numberOf, sysexReader, u16, u32, type WireFrame } from './wire-codec.ts';

export interface ScriptedMind {
  readonly parts: ScriptedParts;
  hear(bytes: Uint8Array): void;
  edge(key: number, edge: ScriptedRecord['edge']): void;
  /** `cause`: bits of the reset cause. */
  start(cause: number): void;
  stop(): void;
}

/** The payload of the answer, a fault, `done`, or nothing more to say. */
type Answer = number[] | { fault: number } | 'done' | 'said';

interface Command {
  least: number;
  most: number;
  run: (payload: readonly number[], tag: number) => Answer;
}

const PROFILES: readonly BoardProfile[] = ['button-panel', 'evaluator', 'window-display'];
const [IDENTITY, DONE, ERROR, RESTART] = [0x01, 0x0e, 0x0f, 0x0c];
const USER_COMMANDS_END = 0x10;
const FRAME_BYTES_MAX = 96;
const UNLOCKED_MS = 10_000;
const BUZZER_ON_MAX_MS = 2_000;
const BUZZER_TIMES_MAX = 20;
const CAUSE_POWER_ON = 1;
const CAUSE_ASKED = 0b11000;
const BUILD_HASH = 0;
const PINS = 22;
const ASK_VERSION = 0xf9;
const VERSION = Uint8Array.of(ASK_VERSION, 2, 5);
const NAME = Array.from(Buffer.from('hall-board')).flatMap((character) => [character, 0]);
/** Firmata's questions and a board's answers that has no pins to lend. */
const FIRMATA_ANSWERS: ReadonlyMap<number, readonly number[]> = new Map([
  [0x79, [0x79, 1, 0, ...NAME]],
  [0x6b, [0x6c, ...new Uint8Array(PINS).fill(0x7f)]],
  [0x69, [0x6a, ...new Uint8Array(PINS).fill(0x7f)]],
]);

const judged = (fault: number): Answer => (fault === FAULT.none ? 'done' : { fault });

export function scriptedMind(
  profile: BoardProfile,
  serial: string,
  clock: MindClock,
  write: (bytes: Uint8Array) => void,
): ScriptedMind {
  const parts = scriptedParts(profile, serial, clock, write);
  const state = { cause: CAUSE_POWER_ON, powerOns: 0, framesDropped: 0, down: new Set<number>() };
  const restart = () => {
    mind.stop();
    mind.start(CAUSE_ASKED);
  };
  const commands = commandsOf(parts, state, clock, restart);
  const answer = ({ command, tag, payload }: WireFrame) => {
    const entry = commands.get(command);
    const fits = entry !== undefined && payload.length >= entry.least && payload.length <= entry.most;
    const result = fits ? entry.run(payload, tag) : { fault: entry === undefined ? FAULT.unknown : FAULT.length };
    if (result === 'said') return;
    if (Array.isArray(result)) parts.say(command, result, tag);
    else if (result !== 'done') parts.say(ERROR, [command, result.fault], tag);
    else if (tag !== 0) parts.say(DONE, [command], tag);
  };
  const drop = (fault: number) => {
    state.framesDropped += 1;
    parts.say(ERROR, [0, fault]);
  };
  const takeFirmata = (question: number) => {
    const reply = FIRMATA_ANSWERS.get(question);
    if (reply) write(Uint8Array.from([0xf0, ...reply, 0xf7]));
  };
  const takeSysex = (body: number[]) => {
    const [first = USER_COMMANDS_END] = body;
    const frame = frameOf(body);
    if (first >= USER_COMMANDS_END) {
      takeFirmata(first);
    } else if (frame === undefined) {
      drop(FAULT.check);
    } else {
      parts.hearGateway();
      answer(frame);
    }
  };
  const takeByte = (byte: number) => {
    if (byte === ASK_VERSION) write(VERSION);
  };
  const mind: ScriptedMind = {
    parts,
    hear: sysexReader(takeSysex, takeByte, () => drop(FAULT.tooLong), FRAME_BYTES_MAX - 2),
    edge(key, edge) {
      if (edge === 'pressed') state.down.add(key);
      else state.down.delete(key);
      parts.stored(parts.records.store(key, edge, clock.nowMs()));
    },
    start(cause) {
      Object.assign(state, { cause, framesDropped: 0 });
      if (cause & CAUSE_POWER_ON) state.powerOns += 1;
      if (parts.fitting.paperPin !== undefined && state.powerOns === 1) state.down.add(PAPER_KEY);
      parts.start();
      write(VERSION);
      takeFirmata(0x79);
      parts.say(IDENTITY, identityOf(parts, state.cause));
    },
    stop: () => parts.stop(),
  };
  return mind;
}

function identityOf({ profile, fitting, settings }: ScriptedParts, cause: number): number[] {
  const displays =
    numberOf(settings.get(SETTING.display) ?? []) === 0 ? 0 : numberOf(settings.get(SETTING.displays) ?? []);
  const equipment = [fitting.keyPins.length, fitting.lampPins.length, displays];
  const version = [1, 0, 1, PROFILES.indexOf(profile) + 1, 1, 0, 0, ...u32(BUILD_HASH)];
  return [...version, cause, ...equipment, ...(settings.get(SETTING.serial) ?? [])];
}

interface State {
  cause: number;
  powerOns: number;
  framesDropped: number;
  /** Contacts that are closed. */
  down: ReadonlySet<number>;
}

function statusOf(parts: ScriptedParts, { cause, powerOns, framesDropped, down }: State): number[] {
  const { records } = parts;
  const counters = [powerOns, 0, 0, records.overruns, 0, framesDropped, 0, 0];
  const keys = [...down].filter((key) => key !== PAPER_KEY).reduce((mask, key) => mask | (1 << (key - 1)), 0);
  const oldest = records.waiting[0]?.sequence ?? records.newest + 1;
  const ring = [...u32(oldest), ...u32(records.newest), records.waiting.length];
  return [...u32(parts.upMs()), ...ring, cause, ...counters.flatMap(u16), ...u16(keys), down.has(PAPER_KEY) ? 1 : 0];
}

function commandsOf(parts: ScriptedParts, state: State, clock: MindClock, restart: () => void): Map<number, Command> {
  const { settings, records, outputs, display, fitting } = parts;
  let unlockedUntilMs = -Infinity;
  const useUpUnlocking = () => {
    const good = clock.nowMs() < unlockedUntilMs;
    unlockedUntilMs = -Infinity;
    return good;
  };
  const acknowledge = (payload: readonly number[]): Answer => {
    if (!records.acknowledge(numberOf(payload))) return { fault: FAULT.range };
    parts.acknowledged(numberOf(payload));
    return 'done';
  };
  const replay = (): Answer => {
    const count = records.waiting.length;
    parts.sendAll();
    return [...u32(records.newest), count];
  };
  const output = (payload: readonly number[]): Answer => {
    const [which = 0, onMs, offMs] = [payload[0], numberOf(payload.slice(1, 4)), numberOf(payload.slice(4, 7))];
    const times = payload[7] ?? 0;
    if (which > fitting.lampPins.length) return { fault: FAULT.notFitted };
    const tooLoud = which === 0 && onMs > 0 && (onMs > BUZZER_ON_MAX_MS || times === 0 || times > BUZZER_TIMES_MAX);
    if (tooLoud || Math.max(onMs, offMs) > 0xffff) return { fault: FAULT.range };
    outputs.set(which, { onMs, offMs, times });
    return 'done';
  };
  const unlock = (words: readonly number[]): Answer => {
    if (words.join() !== (settings.get(SETTING.serial) ?? []).join()) return { fault: FAULT.locked };
    unlockedUntilMs = clock.nowMs() + UNLOCKED_MS;
    return 'done';
  };
  const restarting = (tag: number): Answer => {
    if (!useUpUnlocking()) return { fault: FAULT.locked };
    if (tag !== 0) parts.say(DONE, [RESTART], tag);
    restart();
    return 'said';
  };
  const get = (which: number): Answer => {
    const value = settings.get(which);
    return value ? [which, ...value] : { fault: FAULT.range };
  };
  return new Map<number, Command>([
    [
      0x01,
      {
        least: 1,
        most: 1,
        run: ([major = 0]) => (major < 1 ? { fault: FAULT.version } : identityOf(parts, state.cause)),
      },
    ],
    [0x03, { least: 5, most: 5, run: acknowledge }],
    [0x04, { least: 0, most: 0, run: replay }],
    [0x05, { least: 0, most: 0, run: () => statusOf(parts, state) }],
    [0x06, { least: 1, most: 77, run: (payload) => judged(display.command(payload)) }],
    [0x07, { least: 8, most: 8, run: output }],
    [0x08, { least: 0, most: 0, run: () => parts.heartbeat() }],
    [0x09, { least: 1, most: 1, run: ([which = 0]) => get(which) }],
    [
      0x0a,
      {
        least: 1,
        most: 17,
        run: ([which = 0, ...value]) => judged(useUpUnlocking() ? settings.set(which, value) : FAULT.locked),
      },
    ],
    [0x0b, { least: 0, most: 16, run: unlock }],
    [RESTART, { least: 0, most: 0, run: (_, tag) => restarting(tag) }],
  ]);
}
