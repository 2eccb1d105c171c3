/**
 * The EEPROM's cells, which outlive the chip's power. A power cut in the middle of a write leaves chance in the byte
 * that was being written: an erase has set some bits to 1 and not yet others, a write has cleared some.
 */
import type { Random } from '../kit/random.ts';

export interface EepromCells {
  readonly memory: Uint8Array;
  readMemory(address: number): number;
  writeMemory(address: number, value: number): void;
  eraseMemory(address: number): void;
  /** The supply fails now. */
  cut(): void;
}

const SIZE_BYTES = 1_024;
/** 1.8 ms each at 16 MHz; the chip does erasing first. */
const ERASE_CYCLES = 28_800;
const WRITE_CYCLES = 28_800;

interface Step {
  address: number;
  before: number;
  after: number;
  fromCycle: number;
  toCycle: number;
}

/** Cells with `contents` (factory new: all FF); `cyclesNow` tells the time. */
export function eepromCells(cyclesNow: () => number, random: Random, contents?: Uint8Array): EepromCells {
  const memory = new Uint8Array(SIZE_BYTES).fill(0xff);
  if (contents) memory.set(contents);
  let steps: Step[] = [];

  const change = (address: number, after: number, cycles: number) => {
    const now = cyclesNow();
    steps = steps.filter((step) => step.toCycle > now);
    const fromCycle = steps.at(-1)?.toCycle ?? now;
    steps.push({ address, before: memory[address] ?? 0xff, after, fromCycle, toCycle: fromCycle + cycles });
    memory[address] = after;
  };
  return {
    memory,
    readMemory: (address) => memory[address] ?? 0xff,
    writeMemory: (address, value) => change(address, (memory[address] ?? 0xff) & value, WRITE_CYCLES),
    eraseMemory: (address) => change(address, 0xff, ERASE_CYCLES),
    cut() {
      const now = cyclesNow();
      const underWay = steps.find((step) => step.fromCycle <= now && now < step.toCycle);
      steps = [];
      if (underWay === undefined) return;
      const done = random.int(0, 0xff);
      memory[underWay.address] = (underWay.before & ~done) | (underWay.after & done);
    },
  };
}
