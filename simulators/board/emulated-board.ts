/**
 * A hall board that runs the shipped firmware in virtual time: nothing happens between two calls of `advance`. The hands,
 * the lamps and the truth of a board; `board.ts` puts it on a line.
 */
import { readFileSync } from 'node:fs';
import { seededRandom } from '../kit/random.ts';
import { createChip, CYCLES_PER_MS, type Chip } from './chip.ts';
import { contacts, type Contacts } from './contacts.ts';
import { edgeTruth, type EdgeTruth, type TrueEdge } from './edge-truth.ts';
import { eepromCells } from './eeprom-cells.ts';
import { BUZZER_PIN, DISPLAY_SELECT_PIN, FITTINGS, PAPER_KEY, type BoardProfile } from './fitting.ts';
import { programOf } from './intel-hex.ts';
import { max7219Chain, type DisplayPicture } from './max7219-chain.ts';
import { schedule } from './schedule.ts';

export interface EmulatedBoardOptions {
  /** Set by its jumpers. */
  profile?: BoardProfile;
  /** What the EEPROM holds; absent: factory new. */
  eeprom?: Uint8Array;
  seed?: number;
  /** MAX7219 in the chain. */
  displays?: number;
  /** A byte of the board is through on the wire, at this virtual time. */
  onByte?: (byte: number, atMs: number) => void;
}

/** Why the chip starts, bits of its MCUSR. */
export const START_CAUSE = { powerOn: 1, pin: 2, brownOut: 4, watchdog: 8 } as const;

export interface EmulatedBoard extends Omit<Contacts, 'levels'> {
  /** Virtual milliseconds since the simulation began. */
  nowMs(): number;
  advance(ms: number): void;
  /** Bytes begin to arrive at the board's receiver, one after the other. */
  receive(bytes: Uint8Array): void;
  powered(): boolean;
  /** At once, or at a cycle of the 16 MHz clock: as precisely as that, in the middle of a write too. */
  cutPower(atCycle?: number): void;
  powerOn(cause?: number): void;
  /** DTR: opening the port of a Uno or Nano restarts it. */
  reset(): void;
  /** The program hangs: only the watchdog helps. */
  wedge(): void;
  /** Volts at an analog channel. */
  measure(channel: number, volts: number): void;
  display(): DisplayPicture;
  /** Lamp 1, 2, ...: lit or not. */
  lamps(): readonly boolean[];
  buzzer(): boolean;
  /** Level of an Arduino pin that the program drives; undefined for an input. */
  driven(pin: number): boolean | undefined;
  /** What people truly did, oldest first; an edge is entered once it is known whether the board must have stored it. */
  readonly truth: Pick<EdgeTruth, 'edges'>;
  onTruth(listener: (edge: TrueEdge) => void): () => void;
  eeprom(): Uint8Array;
  /** Starts of the program since the simulation began. */
  starts(): number;
}

const HEX = new URL('../../firmware-bridge/firmware/hall-board.hex', import.meta.url);
const MEMORY_BYTES = 2_048;
const SLICE_CYCLES = 1_000 * CYCLES_PER_MS;
/** From the reset to the first sample of the keys; a factory new board clears its ring first. */
const AWAKE_AFTER_MS = 20;
const FIRST_AWAKE_AFTER_MS = 350;

/** A board, switched on. */
export function createEmulatedBoard(options: EmulatedBoardOptions = {}): EmulatedBoard {
  const { profile = 'button-panel', displays = 4 } = options;
  const program = programOf(readFileSync(HEX, 'latin1'));
  const random = seededRandom(options.seed ?? 1);
  const fitting = FITTINGS[profile];
  const plan = schedule();
  const truth = edgeTruth(PAPER_KEY);
  const chain = max7219Chain(displays);
  let chip: Chip | undefined;
  let idleCycle = 0;
  let starts = 0;
  const nowCycle = () => chip?.cycles ?? idleCycle;
  const nowMs = () => nowCycle() / CYCLES_PER_MS;
  const eeprom = eepromCells(nowCycle, random.fork(), options.eeprom);
  const hands = contacts({
    fitting,
    schedule: plan,
    random: random.fork(),
    truth,
    nowCycle,
    cyclesPerMs: CYCLES_PER_MS,
    onLevel: (pin, high) => chip?.setPin(pin, high),
  });

  const start = (cause: number, memory: Uint8Array) => {
    const fresh = eeprom.memory.every((byte) => byte === 0xff);
    truth.interrupted(nowMs(), nowMs() + (fresh ? FIRST_AWAKE_AFTER_MS : AWAKE_AFTER_MS));
    starts += 1;
    chip = createChip({
      program,
      eeprom,
      memory,
      cause,
      startCycle: nowCycle(),
      onByte: (byte) => options.onByte?.(byte, nowMs()),
      onSpi: (byte) => chain.shift(byte),
      onPin: (pin, high) => pin === DISPLAY_SELECT_PIN && chain.select(high),
    });
    for (const [pin, high] of hands.levels()) chip.setPin(pin, high);
  };
  const cut = () => {
    if (chip === undefined) return;
    eeprom.cut();
    idleCycle = chip.cycles;
    chip = undefined;
    chain.powerOff();
    truth.interrupted(nowMs(), Infinity);
  };
  const runTo = (cycle: number) => {
    if (chip === undefined) idleCycle = cycle;
    else if (!chip.runTo(cycle)) start(START_CAUSE.watchdog, chip.memory());
  };
  const advanceTo = (cycle: number) => {
    while (nowCycle() < cycle) {
      runTo(Math.min(cycle, plan.next(), nowCycle() + SLICE_CYCLES));
      plan.runDue(nowCycle());
      truth.passed(nowMs());
    }
  };
  const lit = (pin: number) => chip?.driven(pin) === true;
  const powerOn = (cause: number = START_CAUSE.powerOn) => {
    if (chip === undefined) start(cause, random.bytes(MEMORY_BYTES));
  };
  powerOn();
  return {
    ...hands,
    nowMs,
    advance(ms) {
      plan.runDue(nowCycle());
      advanceTo(nowCycle() + ms * CYCLES_PER_MS);
    },
    receive: (bytes) => chip?.receive(bytes),
    powered: () => chip !== undefined,
    cutPower(atCycle) {
      if (atCycle === undefined) cut();
      else plan.at(atCycle, cut);
    },
    powerOn,
    reset() {
      if (chip) start(START_CAUSE.pin, chip.memory());
    },
    wedge() {
      chip?.wedge();
      truth.interrupted(nowMs(), Infinity);
    },
    measure: (channel, volts) => chip?.setAnalog(channel, volts),
    display: () => chain.picture(),
    lamps: () => fitting.lampPins.map(lit),
    buzzer: () => lit(BUZZER_PIN),
    driven: (pin) => chip?.driven(pin),
    truth,
    onTruth: (listener) => truth.onTruth(listener),
    eeprom: () => eeprom.memory.slice(),
    starts: () => starts,
  };
}
