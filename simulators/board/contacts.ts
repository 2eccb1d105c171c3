/** Keys and the paper sensor as springs and metal: a hand moves them, they bounce, and come to rest. */
import type { Random } from '../kit/random.ts';
import type { EdgeTruth, TrueEdge } from './edge-truth.ts';
import { PAPER_KEY, pinOfKey, type Fitting } from './fitting.ts';
import type { Schedule } from './schedule.ts';

export interface PressOptions {
  /** How long the contact bounces before it rests; 0 is an ideal key. */
  bounceMs?: number;
  heldMs?: number;
}

export interface Contacts {
  /** Presses and lets go. */
  press(key: number, options?: PressOptions): void;
  hold(key: number, bounceMs?: number): void;
  release(key: number, bounceMs?: number): void;
  paper(present: boolean): void;
  /** Level of every pin that a contact or jumper ties to ground or leaves to its pull-up. */
  levels(): ReadonlyMap<number, boolean>;
}

export interface ContactsOptions {
  fitting: Fitting;
  schedule: Schedule;
  random: Random;
  truth: EdgeTruth;
  nowCycle: () => number;
  cyclesPerMs: number;
  /** A level changes at the chip. */
  onLevel: (pin: number, high: boolean) => void;
}

const HELD_MS = 60;
const BOUNCE_GAP_MAX_MS = 1.2;

export function contacts(options: ContactsOptions): Contacts {
  const { fitting, schedule, random, truth, cyclesPerMs } = options;
  const levels = new Map<number, boolean>();
  for (let pin = 2; pin < 20; pin += 1) levels.set(pin, !fitting.jumperPins.includes(pin));
  if (fitting.paperPin !== undefined) levels.set(fitting.paperPin, false);

  const resting = new Map<number, TrueEdge['edge']>();
  const setLevel = (pin: number, high: boolean) => {
    levels.set(pin, high);
    options.onLevel(pin, high);
  };
  const move = (key: number, edge: TrueEdge['edge'], fromCycle: number, bounceMs: number) => {
    const pin = pinOfKey(fitting, key);
    const high = edge === 'released';
    const restCycle = fromCycle + bounceMs * cyclesPerMs;
    let cycle = fromCycle;
    for (let bounced = high; cycle < restCycle; bounced = !bounced) {
      schedule.at(cycle, setLevel.bind(undefined, pin, bounced));
      cycle += Math.max(1, random.next() * BOUNCE_GAP_MAX_MS * cyclesPerMs);
    }
    schedule.at(restCycle, () => {
      setLevel(pin, high);
      if ((resting.get(key) ?? (key === PAPER_KEY ? 'pressed' : 'released')) === edge) return;
      resting.set(key, edge);
      truth.settled(key, edge, restCycle / cyclesPerMs);
    });
  };
  return {
    press(key, { bounceMs = 0, heldMs = HELD_MS } = {}) {
      const now = options.nowCycle();
      move(key, 'pressed', now, bounceMs);
      move(key, 'released', now + (bounceMs + heldMs) * cyclesPerMs, bounceMs);
    },
    hold: (key, bounceMs = 0) => move(key, 'pressed', options.nowCycle(), bounceMs),
    release: (key, bounceMs = 0) => move(key, 'released', options.nowCycle(), bounceMs),
    paper: (present) => move(PAPER_KEY, present ? 'pressed' : 'released', options.nowCycle(), 0),
    levels: () => levels,
  };
}
