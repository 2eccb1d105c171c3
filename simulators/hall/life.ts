/**
 * The plan of a day carried out: each actor does its steps in order, at their time or, where a wire is too slow for the
 * speed, as soon as the step before is done. Nothing is left out; how late the latest is, is told.
 */
import { setMaxListeners } from 'node:events';
import { ISSUED_AT_NOW, type Actor, type Deed } from './day.ts';
import { DAY_MS } from './day-curve.ts';
import { pause } from './pause.ts';
import type { StandIn } from './stand-in.ts';

/** The calling programme of the hall, on the local broker; resolves with the last result's status. */
export type SendCommand = (
  kind: string,
  device: string,
  command: string,
  data: Record<string, unknown>,
) => Promise<string>;

export interface LifeOptions {
  actors: readonly Actor[];
  devices: readonly StandIn[];
  sendCommand: SendCommand;
  /** Simulated seconds a second. */
  speed: number;
  /** Time of day at which the life begins, milliseconds after midnight; what the plan has before is left out. */
  fromMs?: number;
  throughMs?: number;
  signal: AbortSignal;
}

export interface Life {
  /** Resolves when the day is over, or at the signal when every deed that had begun is done. */
  over: Promise<LifeCounts>;
  /** Time of day now, milliseconds after midnight. */
  nowMs(): number;
  counts(): LifeCounts;
}

export interface LifeCounts {
  done: number;
  /** Deeds that a device or the gateway refused, by what was refused (a jam, a cable): that is life, not a mistake. */
  refused: Map<string, number>;
  /** How much later than planned the latest deed was done, in simulated milliseconds. */
  lagMs: number;
}

/** The same key of one window within 3 s is one press to its bus, and a busy gateway may hear the first one late. */
const SAME_KEY_MS = 5_000;
/** One person's second punch in the same second cannot be told from the first. */
const SAME_PERSON_MS = 1_100;
const REST_MS: Readonly<Record<string, number>> = { call: SAME_KEY_MS, rate: SAME_KEY_MS, punch: SAME_PERSON_MS };

export function startLife(options: LifeOptions): Life {
  const { speed, signal, fromMs = 0, throughMs = DAY_MS } = options;
  // Every actor waits with it.
  setMaxListeners(0, signal);
  const beganMs = performance.now();
  const counts: LifeCounts = { done: 0, refused: new Map(), lagMs: 0 };
  const standIns = new Map(options.devices.map((standIn) => [standIn.entry.id, standIn]));
  const nowMs = () => Math.min(throughMs, fromMs + (performance.now() - beganMs) * speed);
  const lastMs = new Map<string, number>();

  /** Waits until the wire can tell this deed from the one before it, which may have taken its time. */
  const breathe = async (deed: Deed) => {
    if (deed.by !== 'person') return;
    const doneMs = lastMs.get(gestureOf(deed)) ?? -Infinity;
    const leftMs = (REST_MS[deed.hand] ?? 0) - (performance.now() - doneMs);
    if (leftMs > 0) await pause(leftMs, signal);
  };
  const act = async ({ steps }: Actor) => {
    for (const { atMs, deed } of steps) {
      if (atMs < fromMs || atMs > throughMs) continue;
      await pause((atMs - nowMs()) / speed, signal);
      if (!signal.aborted) await breathe(deed);
      if (isAborted(signal)) return;
      const refusal = await carryOut(deed, standIns, options.sendCommand);
      lastMs.set(gestureOf(deed), performance.now());
      counts.done += 1;
      if (refusal !== undefined) counts.refused.set(refusal, (counts.refused.get(refusal) ?? 0) + 1);
      counts.lagMs = Math.max(counts.lagMs, fromMs + (performance.now() - beganMs) * speed - atMs);
    }
  };
  return {
    over: Promise.all(options.actors.map(act)).then(() => counts),
    nowMs,
    counts: () => counts,
  };
}

/** What the device may not tell from the same again. */
function gestureOf(deed: Deed): string {
  if (deed.by !== 'person') return `${deed.device} ${deed.command}`;
  return `${deed.device} ${deed.hand} ${deed.hand === 'punch' ? String(deed.input['userId']) : ''}`;
}

/** Resolves with why it was not possible, if it was not. */
async function carryOut(
  deed: Deed,
  standIns: ReadonlyMap<string, StandIn>,
  sendCommand: SendCommand,
): Promise<string | undefined> {
  if (deed.by === 'programme') {
    const data = deed.data['issuedAt'] === ISSUED_AT_NOW ? { ...deed.data, issuedAt: now() } : deed.data;
    const status = await sendCommand(deed.kind, deed.device, deed.command, data).catch(() => 'unanswered');
    return status === 'done' ? undefined : `${deed.command} ${status}`;
  }
  const hand = standIns.get(deed.device)?.hands[deed.hand];
  if (!hand) return `no hand ${deed.hand}`;
  try {
    await hand.act(deed.input);
    return undefined;
  } catch {
    return deed.hand;
  }
}

function now(): string {
  return new Date().toISOString();
}

/** A call, because the compiler believes that a property read twice has not changed in between. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
