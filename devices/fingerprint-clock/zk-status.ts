/**
 * The alarms that are raised once: whether one is up is remembered in the same transaction as its event, so that a restart
 * does not raise it again.
 */
import type { Hall } from '../../gateway/kernel/driver.ts';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import type { FingerprintClock } from './kind.ts';
import type { ClockStatus } from './status.ts';
import type { Occupancy } from './zk-enquiries.ts';

/** Records the event when `up` begins, and forgets the alarm when it ends; `name` is the cursor that remembers it. */
export async function raiseOnce(
  hall: Hall<FingerprintClock>,
  name: string,
  up: boolean,
  occurrence: () => Occurrence,
): Promise<void> {
  const wasUp = (await hall.cursor(name)) === true;
  if (up === wasUp) return;
  await hall.record(up ? [occurrence()] : [], { name, value: up ? true : null });
}

const NEARLY_FULL_FREE_SHARE = 0.1;

/** Publishes how full the log is, and records `log.nearly-full` when less than a tenth is free. */
export async function watchOccupancy(
  hall: Hall<FingerprintClock>,
  status: ClockStatus,
  occupancy: Occupancy,
): Promise<void> {
  const { users, records, recordCapacity: capacity } = occupancy;
  const nearlyFull = capacity > 0 && (capacity - records) / capacity < NEARLY_FULL_FREE_SHARE;
  status.update({ users, records, nearlyFull, ...(capacity > 0 && { recordCapacity: capacity }) });
  await raiseOnce(hall, 'nearly-full', nearlyFull, () => ({ type: 'log.nearly-full', data: { records, capacity } }));
}
