/**
 * What goes wrong on a simulated day, planned before anything happens: the same seed and hall have the same bad luck. Devices
 * on one line share a cable, so one thing goes wrong with them at a time.
 */
import type { Random } from '../kit/random.ts';
import { DAY_MS, HOUR_MS } from './day-curve.ts';
import { FAULTS, faultsOf, type FaultName } from './fault-table.ts';
import type { StandIn } from './stand-in.ts';

export interface PlannedFault {
  fault: FaultName;
  /** Absent: it is not a device that fails (`uplink`, `gateway`). */
  device?: string;
  /** What no second fault befalls meanwhile: a line, a device, the uplink, the gateway. */
  place: string;
  /** Milliseconds after midnight. */
  atMs: number;
  /** Simulated; 0 passes by itself. */
  lastsMs: number;
  /** Input of the hands that begin and end it. */
  begin: Record<string, unknown>;
  end: Record<string, unknown>;
}

export interface ScheduleOptions {
  devices: readonly Pick<StandIn, 'entry' | 'hands'>[];
  random: Random;
  /** In the whole hall. */
  perHour: number;
  fromMs?: number;
  throughMs?: number;
  /** What the caller can do beyond the devices. */
  hooks?: readonly ('uplink' | 'gateway')[];
}

/** A device gets this long after a fault to be itself again. */
const REST_MS = 5 * 60_000;
const TRIES_MAX = 20;

/** Every fault is over before `throughMs`; in order of time. */
export function scheduleFaults(options: ScheduleOptions): PlannedFault[] {
  const { random, perHour, fromMs = 0, throughMs = DAY_MS } = options;
  const count = Math.round((perHour * (throughMs - fromMs)) / HOUR_MS);
  const moments = Array.from({ length: count }, () => random.int(fromMs, throughMs)).sort((a, b) => a - b);
  const candidates = candidatesOf(options);
  const freeMs = new Map<string, number>();
  return moments.flatMap((atMs) => {
    const chosen = free(candidates, atMs, freeMs, random);
    if (!chosen) return [];
    const planned = plan(chosen, atMs, throughMs, random);
    freeMs.set(planned.place, atMs + planned.lastsMs + REST_MS);
    return [planned];
  });
}

type Candidate = Pick<PlannedFault, 'fault' | 'device' | 'place'>;

/** By fault, so that a fault which few devices can have is as frequent as its weight says. */
function candidatesOf({ devices, hooks = [] }: ScheduleOptions): Map<FaultName, Candidate[]> {
  const candidates = new Map<FaultName, Candidate[]>();
  const add = (candidate: Candidate) => {
    candidates.set(candidate.fault, [...(candidates.get(candidate.fault) ?? []), candidate]);
  };
  for (const { entry, hands } of devices) {
    const place = typeof entry['line'] === 'string' ? `line ${entry['line']}` : entry.id;
    for (const fault of faultsOf({ hands })) add({ fault, device: entry.id, place });
  }
  for (const hook of hooks) add({ fault: hook, place: hook });
  return candidates;
}

/** Something that is not busy failing; undefined when, after some tries, all that was picked is. */
function free(
  candidates: ReadonlyMap<FaultName, readonly Candidate[]>,
  atMs: number,
  freeMs: ReadonlyMap<string, number>,
  random: Random,
): Candidate | undefined {
  const bag = [...candidates.keys()].flatMap((name) => Array.from({ length: FAULTS[name].weight }, () => name));
  if (bag.length === 0) return undefined;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const candidate = random.pick(candidates.get(random.pick(bag)) ?? []);
    if ((freeMs.get(candidate.place) ?? -Infinity) <= atMs) return candidate;
  }
  return undefined;
}

function plan(candidate: Candidate, atMs: number, throughMs: number, random: Random): PlannedFault {
  const { lastsMs, begin, end } = FAULTS[candidate.fault];
  return {
    ...candidate,
    atMs,
    lastsMs: Math.min(random.int(...lastsMs), throughMs - atMs),
    begin: begin?.input?.(random) ?? {},
    end: end?.input?.(random) ?? {},
  };
}
