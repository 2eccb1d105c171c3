/**
 * The time of a board without a clock of its own. Rows written before the wall clock can be believed carry the boot's
 * number and its monotonic time; once the clock is right, one shift a boot turns those into real time as rows are read.
 * The shift is stored, so a row says the same after a restart.
 */
import type { Clock } from '../kernel/clock.ts';
import type { Envelope } from '../kernel/event.ts';
import { renderEnvelope } from '../kernel/envelope.ts';
import { HallError } from '../kernel/errors.ts';
import { rowChecksum } from './checksum.ts';
import type { SqlEngine } from './engine.ts';
import type { EventRow } from './event-row.ts';

export interface Boot {
  number: number;
  /** Wall clock minus monotonic clock, milliseconds; undefined until the clock was right. */
  shiftMs: number | undefined;
}

/** All boots on record by number. */
export async function readBoots(engine: SqlEngine): Promise<Map<number, Boot & { bootId: string }>> {
  const rows = await engine.all('SELECT number, boot, shift, crc FROM boot');
  return new Map(
    rows.map((row) => {
      const number = Number(row['number']);
      const bootId = String(row['boot']);
      const shift = row['shift'] === null ? null : Number(row['shift']);
      if (row['crc'] !== rowChecksum('boot', [number, bootId, shift])) {
        throw new HallError('spool.corrupt', { message: `Boot ${number} in the spool is damaged.` });
      }
      return [number, { number, bootId, shiftMs: shift ?? undefined }];
    }),
  );
}

/** Makes a boot durable: its identity when `shiftMs` is undefined, then its shift. */
export async function writeBoot(engine: SqlEngine, boot: Boot & { bootId: string }): Promise<void> {
  const shift = boot.shiftMs ?? null;
  await engine.run(
    'INSERT OR REPLACE INTO boot (number, boot, shift, crc) VALUES (?1, ?2, ?3, ?4)',
    boot.number,
    boot.bootId,
    shift,
    rowChecksum('boot', [boot.number, boot.bootId, shift]),
  );
}

/** What monotonic time of this boot has to be shifted by to be wall time. */
export function shiftNow(clock: Clock): number {
  return Math.round(clock.now() - clock.monotonicMs());
}

/** The body with `recordedtime`, and `time` unless the device told it, moved to where they belong. */
export function correctedBody(row: EventRow, shiftMs: number): string {
  const envelope = JSON.parse(row.body) as Envelope;
  const happenedMs = (row.monotonicMs ?? 0) + shiftMs;
  const byDevice = envelope.clock === 'device';
  return renderEnvelope({
    id: envelope.id,
    source: envelope.source,
    type: envelope.type,
    timeMs: byDevice ? Date.parse(envelope.time) : happenedMs,
    recordedMs: happenedMs,
    sequence: row.sequence,
    epoch: envelope.epoch,
    clock: byDevice ? 'device' : 'synced',
    dataText: JSON.stringify(envelope.data),
  });
}
