/**
 * What a BX card does with each command (manual, section 8).
 */
import type { CardClock } from './bx-clock.ts';
import type { AreaMemory } from './bx-memory.ts';

export interface Body {
  power: 'on' | 'off';
  lamps: 'on' | 'off';
  /** 0 to 15. */
  brightness: number;
  hanging: boolean;
}

export interface CardHabitsOptions {
  body: Body;
  memory: AreaMemory;
  clock: CardClock;
  hasSpecialArea: boolean;
  violate: (what: 'flash-written' | 'reset') => void;
}

const ACK = Buffer.from([0xa0, 0x00, 0x00, 0x00, 0x00]);
/** Barcode and network id, which nobody gave this card. */
const STATUS_TAIL = Buffer.alloc(28);
const HEAD = 5;

/** Reply data for a request's data, or the number of an error. */
export function cardHabits({ body, memory, clock, hasSpecialArea, violate }: CardHabitsOptions): {
  obey(data: Buffer): Buffer | number;
} {
  const commands: Record<number, (payload: Buffer) => Buffer | number> = {
    0xa200: () => 0,
    0xa102: () => status(),
    0xa203: (payload) => (clock.set(payload) ? 0 : 14),
    0xa300([lamps = 0]) {
      if (lamps !== 1 && lamps !== 2) return 2;
      body.lamps = lamps === 1 ? 'on' : 'off';
      return 0;
    },
    0xa302([how, level = 255]) {
      if (how !== 1 || level > 15) return 2;
      body.brightness = level;
      return 0;
    },
    0xa306: (payload) => memory.change(payload),
    0xa310() {
      memory.clear();
      return 0;
    },
    0xa105: () => flashWritten(),
    0xa106: () => flashWritten(),
    0xa201() {
      violate('reset');
      memory.clear();
      return 0;
    },
  };
  const flashWritten = () => {
    violate('flash-written');
    return 0;
  };
  const status = () => {
    const state = [body.lamps === 'on' ? 1 : 2, body.brightness, ...clock.statusBytes(), 0, 0x50, 0x30, 0x30, 0x30];
    const numbers = memory.numbers();
    const areas = [...(hasSpecialArea ? [0, 0] : []), numbers.length, ...numbers];
    return Buffer.concat([Buffer.from([0xa1, 0x02, 0, 0, 0, ...state, ...areas]), STATUS_TAIL]);
  };
  return {
    obey(data) {
      const command = data.length < HEAD ? 0 : data.readUInt16BE(0);
      const result = commands[command]?.(data.subarray(HEAD));
      if (result === undefined) return command >= 0xa100 && command < 0xa400 ? 2 : 1;
      return result === 0 ? ACK : result;
    },
  };
}

/** The data of a NACK. */
export function nack(error: number): Buffer {
  return Buffer.from([0xa0, 0x01, error, 0x00, 0x00]);
}
