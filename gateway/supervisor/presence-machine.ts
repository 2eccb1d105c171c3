/**
 * Whether a device is there, as a pure table. A driver reports what it sees, as often as it likes; only what differs
 * from the last report has an effect.
 *
 * | report \ now        | unknown | online  | silent           | offline          |
 * |---------------------|---------|---------|------------------|------------------|
 * | online              | moved   | -       | moved            | moved            |
 * | silent, same code   | moved   | moved   | -                | moved            |
 * | silent, other code  | moved   | moved   | reason-changed   | moved            |
 * | offline, same code  | moved   | moved   | moved            | -                |
 * | offline, other code | moved   | moved   | moved            | reason-changed   |
 */
import type { HallError } from '../kernel/errors.ts';
import type { Step } from '../kernel/machine.ts';

export type Presence = (typeof PRESENCES)[number];

export const PRESENCES = ['unknown', 'online', 'silent', 'offline'] as const;

/** What a driver, or its failure, says about the device. */
export type PresenceReport =
  { presence: 'online' } | { presence: 'silent'; reason: HallError } | { presence: 'offline'; reason: HallError };

export type PresenceState = { presence: 'unknown' } | PresenceReport;

/** `moved`: the presence is another one, `since` begins now. `reason-changed`: only the reason is another one. */
export type PresenceEffect = 'moved' | 'reason-changed';

export function presenceStep(state: PresenceState, report: PresenceReport): Step<PresenceState, PresenceEffect> {
  if (state.presence !== report.presence) return { state: report, effects: ['moved'] };
  if (reasonOf(state)?.code === reasonOf(report)?.code) return { state, effects: [] };
  return { state: report, effects: ['reason-changed'] };
}

/** Why the device is not online, where that is known. */
export function reasonOf(state: PresenceState): HallError | undefined {
  return 'reason' in state ? state.reason : undefined;
}
