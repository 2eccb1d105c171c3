/**
 * The faults of a plan carried out: each begins at its time, ends after its time or its longest real time, whichever is
 * sooner, and at once when the day ends. What was done when is in the log.
 */
import type { PlannedFault } from './fault-schedule.ts';
import { FAULTS, type FaultName } from './fault-table.ts';
import { pause } from './pause.ts';
import type { StandIn } from './stand-in.ts';

/** What only the caller can break; what it begins it must end when it is told. */
export interface FaultHooks {
  uplink?: { pull: () => unknown; plug: () => unknown };
  killGateway?: () => unknown;
}

export interface FaultEntry {
  /** Milliseconds since 1970. */
  atMs: number;
  fault: FaultName;
  /** The device; or `uplink`, `gateway`. */
  where: string;
  /** `refused`: the device was in no state for it, so nothing began. `stuck`: it could not be ended. */
  phase: 'begins' | 'ends' | 'refused' | 'stuck';
  /** Why it was refused or is stuck. */
  reason?: string;
}

export interface FaultsOptions {
  plan: readonly PlannedFault[];
  devices: readonly StandIn[];
  hooks?: FaultHooks;
  /** Simulated seconds a second. */
  speed: number;
  /** Time of day at which the life begins, milliseconds after midnight; what the plan has before is left out. */
  fromMs?: number;
  signal: AbortSignal;
  onEntry?: (entry: FaultEntry) => void;
}

export interface Faults {
  readonly log: readonly FaultEntry[];
  /** Resolves when every fault has ended. */
  over: Promise<readonly FaultEntry[]>;
}

const END_TRIES_MAX = 5;
const END_RETRY_MS = 500;

export function startFaults(options: FaultsOptions): Faults {
  const { speed, signal, fromMs = 0 } = options;
  const beganMs = performance.now();
  const nowMs = () => fromMs + (performance.now() - beganMs) * speed;
  const log: FaultEntry[] = [];
  const enter = (planned: PlannedFault, phase: FaultEntry['phase'], reason?: string) => {
    const { fault, place } = planned;
    const where = planned.device ?? place;
    const entry: FaultEntry = { atMs: Date.now(), fault, where, phase, ...(reason !== undefined && { reason }) };
    log.push(entry);
    options.onEntry?.(entry);
  };
  const carryOut = async (planned: PlannedFault) => {
    const deed = deedOf(planned, options);
    const refusal = await attempt(deed.begin);
    if (refusal !== undefined) {
      enter(planned, 'refused', refusal);
      return;
    }
    enter(planned, 'begins');
    if (!deed.end) return;
    await pause(Math.min(planned.lastsMs / speed, FAULTS[planned.fault].realMsMax), signal);
    const stuck = await insist(deed.end);
    enter(planned, stuck === undefined ? 'ends' : 'stuck', stuck);
  };
  const inTurn = async (planned: readonly PlannedFault[]) => {
    for (const each of planned) {
      if (each.atMs < fromMs) continue;
      await pause((each.atMs - nowMs()) / speed, signal);
      if (signal.aborted) return;
      await carryOut(each);
    }
  };
  return { log, over: Promise.all(byPlace(options.plan).map(inTurn)).then(() => log) };
}

interface FaultDeed {
  begin: () => unknown;
  end?: () => unknown;
}

/** How it is done. @throws Error inside its calls when the device or hook is not there. */
function deedOf({ fault, device, begin, end }: PlannedFault, { devices, hooks = {} }: FaultsOptions): FaultDeed {
  if (fault === 'uplink') return { begin: () => need(hooks.uplink).pull(), end: () => need(hooks.uplink).plug() };
  if (fault === 'gateway') return { begin: () => need(hooks.killGateway)() };
  const standIn = () => need(devices.find(({ entry }) => entry.id === device));
  if (fault === 'cable') return { begin: () => standIn().pullCable(), end: () => standIn().plugIn() };
  const kind = FAULTS[fault];
  const hand = (name: string | undefined) => need(standIn().hands[name ?? '']);
  return {
    begin: () => hand(kind.begin?.hand).act(begin),
    ...(kind.end && { end: () => hand(kind.end?.hand).act(end) }),
  };
}

function need<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('not in this hall');
  return found;
}

function byPlace(plan: readonly PlannedFault[]): PlannedFault[][] {
  const places = new Map<string, PlannedFault[]>();
  for (const planned of plan) places.set(planned.place, [...(places.get(planned.place) ?? []), planned]);
  return [...places.values()];
}

/** Resolves with why not, if not. */
async function attempt(deed: () => unknown): Promise<string | undefined> {
  try {
    await deed();
    return undefined;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

/** What a person has broken is put right, even if the first grip fails. */
async function insist(deed: () => unknown): Promise<string | undefined> {
  let refusal = await attempt(deed);
  for (let tries = 1; refusal !== undefined && tries < END_TRIES_MAX; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, END_RETRY_MS));
    refusal = await attempt(deed);
  }
  return refusal;
}
