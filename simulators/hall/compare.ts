/**
 * Truth against what arrived: of every type that a device itself bears witness to, the centre must have exactly what happened
 * there, in the order in which it happened.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Happening } from './stand-in.ts';

/** An event at the centre; `device` and `sequence` are those of its envelope. */
export interface Arrival {
  device: string;
  type: string;
  sequence: number;
  data: Record<string, unknown>;
}

export interface TruthReport {
  /** Nothing is missing, nothing is extra, nothing is out of order. */
  ok: boolean;
  happened: number;
  arrived: number;
  missing: Happening[];
  extra: Arrival[];
  /** Arrivals that stand before one that happened earlier at the same device. */
  disorder: Arrival[];
}

/** `speaks`: for each device the event types that it bears witness to; events of other types are not looked at. */
export function compare(
  truth: readonly Happening[],
  arrivals: readonly Arrival[],
  speaks: ReadonlyMap<string, readonly string[]>,
): TruthReport {
  const witnessed = ({ device }: { device: string }, type: string) => speaks.get(device)?.includes(type) ?? false;
  const happened = truth.filter((happening) => witnessed(happening, happening.what));
  const arrived = arrivals.filter((arrival) => witnessed(arrival, arrival.type));
  const report: TruthReport = {
    ...{ ok: true, happened: happened.length, arrived: arrived.length },
    ...{ missing: [], extra: [], disorder: [] },
  };
  const there = groupBy(arrived, ({ device, type }) => `${device} ${type}`);
  const here = groupBy(happened, ({ device, what }) => `${device} ${what}`);
  for (const key of new Set([...here.keys(), ...there.keys()])) {
    const inOrder = [...(there.get(key) ?? [])].sort((a, b) => a.sequence - b.sequence);
    compareOne(here.get(key) ?? [], inOrder, report);
  }
  report.ok = report.missing.length + report.extra.length + report.disorder.length === 0;
  return report;
}

/** One device and type: what is certain is matched first, so that what may be there takes nobody's place. */
function compareOne(happened: readonly Happening[], arrived: readonly Arrival[], report: TruthReport): void {
  const free: (Arrival | undefined)[] = [...arrived];
  let newest = -1;
  const find = (data: Happening['data'], from: number) =>
    free.findIndex((arrival, at) => at >= from && arrival !== undefined && says(arrival, data));
  const take = ({ data }: Happening): number => {
    const behind = find(data, newest + 1);
    const index = behind >= 0 ? behind : find(data, 0);
    if (index >= 0) free[index] = undefined;
    return index;
  };
  for (const happening of happened) {
    if (happening.maybe) continue;
    const index = take(happening);
    const arrival = arrived[index];
    if (!arrival) report.missing.push(happening);
    if (!arrival || happening.late) continue;
    if (index < newest) report.disorder.push(arrival);
    newest = Math.max(newest, index);
  }
  for (const happening of happened) if (happening.maybe) take(happening);
  report.extra.push(...free.filter((arrival) => arrival !== undefined));
}

/** True when the event says at least this. */
function says({ data }: Arrival, wanted: Record<string, unknown>): boolean {
  return Object.entries(wanted).every(([key, value]) => isDeepStrictEqual(data[key], value));
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
