/**
 * What goes wrong in a hall: how often against each other, how long, and how it is done. A fault of a device is one hand that
 * begins it and, unless it passes by itself, one that ends it; a device that lacks a hand is spared.
 */
import type { Random } from '../kit/random.ts';
import type { StandIn } from './stand-in.ts';

export type FaultName =
  | 'cable'
  | 'paper-out'
  | 'paper-near-end'
  | 'cover'
  | 'jam'
  | 'noise'
  | 'hang'
  | 'drift'
  | 'reboot'
  | 'slow'
  | 'power'
  | 'uplink'
  | 'gateway';

export interface FaultKind {
  /** How often against the others. */
  weight: number;
  /** Simulated time that it takes; zero for what passes by itself. */
  lastsMs: readonly [min: number, max: number];
  /** Never longer than this in real time, however slowly the day is lived. */
  realMsMax: number;
  /** Absent: the cable is pulled, or a hook of the caller is called. */
  begin?: HandCall;
  end?: HandCall;
}

export interface HandCall {
  hand: string;
  input?: (random: Random) => Record<string, unknown>;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const MOMENT = [0, 0] as const;
/** An evaluator gives a mark up after about 20 s: a cable that is out for longer would lose it in real halls too. */
export const CABLE_OUT_REAL_MS_MAX = 15_000;
const PAPER_REAL_MS_MAX = 60_000;
const UPLINK_REAL_MS_MAX = 120_000;

export const FAULTS: Readonly<Record<FaultName, FaultKind>> = {
  cable: { weight: 6, lastsMs: [10 * SECOND_MS, 10 * MINUTE_MS], realMsMax: CABLE_OUT_REAL_MS_MAX },
  'paper-out': {
    ...{ weight: 4, lastsMs: [MINUTE_MS, 10 * MINUTE_MS], realMsMax: PAPER_REAL_MS_MAX },
    ...{ begin: { hand: 'tear-paper' }, end: { hand: 'refill' } },
  },
  'paper-near-end': {
    ...{ weight: 2, lastsMs: [5 * MINUTE_MS, 30 * MINUTE_MS], realMsMax: PAPER_REAL_MS_MAX },
    ...{ begin: { hand: 'paper-near-end' }, end: { hand: 'refill' } },
  },
  cover: {
    ...{ weight: 1, lastsMs: [20 * SECOND_MS, 3 * MINUTE_MS], realMsMax: PAPER_REAL_MS_MAX },
    ...{ begin: { hand: 'open-cover' }, end: { hand: 'close-cover' } },
  },
  jam: {
    ...{ weight: 1, lastsMs: [MINUTE_MS, 10 * MINUTE_MS], realMsMax: PAPER_REAL_MS_MAX },
    ...{ begin: { hand: 'jam' }, end: { hand: 'clear-jam' } },
  },
  noise: { weight: 4, lastsMs: MOMENT, realMsMax: 0, begin: { hand: 'noise' } },
  hang: {
    ...{ weight: 4, lastsMs: [10 * SECOND_MS, 5 * MINUTE_MS], realMsMax: CABLE_OUT_REAL_MS_MAX },
    ...{ begin: { hand: 'hang' }, end: { hand: 'wake' } },
  },
  drift: {
    ...{ weight: 2, lastsMs: MOMENT, realMsMax: 0 },
    begin: { hand: 'drift', input: (random) => ({ seconds: random.int(5, 90) }) },
  },
  reboot: { weight: 2, lastsMs: MOMENT, realMsMax: 0, begin: { hand: 'reboot' } },
  slow: {
    ...{ weight: 3, lastsMs: [MINUTE_MS, 20 * MINUTE_MS], realMsMax: PAPER_REAL_MS_MAX },
    begin: { hand: 'slow', input: (random) => ({ ms: random.int(500, 3_000) }) },
    end: { hand: 'slow', input: () => ({ ms: 0 }) },
  },
  power: {
    ...{ weight: 3, lastsMs: [30 * SECOND_MS, 10 * MINUTE_MS], realMsMax: CABLE_OUT_REAL_MS_MAX },
    ...{ begin: { hand: 'power-off' }, end: { hand: 'power-on' } },
  },
  uplink: { weight: 2, lastsMs: [MINUTE_MS, 60 * MINUTE_MS], realMsMax: UPLINK_REAL_MS_MAX },
  gateway: { weight: 1, lastsMs: MOMENT, realMsMax: 0 },
};

/** Faults that this device can have. */
export function faultsOf({ hands }: Pick<StandIn, 'hands'>): FaultName[] {
  const has = (call: HandCall | undefined) => call === undefined || Object.hasOwn(hands, call.hand);
  return FAULT_NAMES.filter((name) => {
    const { begin, end } = FAULTS[name];
    return name === 'cable' || (begin !== undefined && has(begin) && has(end));
  });
}

const FAULT_NAMES = Object.keys(FAULTS).filter((name): name is FaultName => Object.hasOwn(FAULTS, name));
