/**
 * The limits of the supervisor: what one device may take, and how long anybody waits for it.
 */
import type { BackoffLimits } from '../kernel/backoff.ts';

export interface SupervisorLimits {
  /** At most one state message a device in this time. */
  stateIntervalMs: number;
  /** At most one inventory message in this time. */
  inventoryIntervalMs: number;
  /** How long the inventory waits for more news before it goes out. */
  inventorySettleMs: number;
  /** Appends of one device at the spool at the same time. */
  recordsPendingMax: number;
  /** Calls of `record` of one device that wait for their turn; more are refused with `device.overrun`. */
  recordsWaitingMax: number;
  /** Between a driver's failure and its next run. */
  restart: BackoffLimits;
  /** A run that lasted this long starts the back-off afresh. */
  steadyMs: number;
  /** How long a stopped driver may take to end. */
  stopDeadlineMs: number;
  /** How long a shared line or server may take to close. */
  shareCloseDeadlineMs: number;
}

export const SUPERVISOR_LIMITS: SupervisorLimits = {
  stateIntervalMs: 250,
  inventoryIntervalMs: 10_000,
  inventorySettleMs: 1_000,
  recordsPendingMax: 16,
  recordsWaitingMax: 10_000,
  restart: { firstMs: 1_000, maxMs: 60_000 },
  steadyMs: 60_000,
  stopDeadlineMs: 3_000,
  shareCloseDeadlineMs: 2_000,
};
