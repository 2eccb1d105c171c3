/**
 * What the spool knows about itself: its epoch, what the centre has confirmed, how many events were lost.
 */
import { HallError } from '../kernel/errors.ts';
import { rowChecksum } from './checksum.ts';
import type { SqlEngine } from './engine.ts';

export type MetaName = 'epoch' | 'confirmed' | 'lost' | 'probe';

/**
 * All entries by name.
 *
 * @throws HallError `spool.corrupt` when an entry is not what was written.
 */
export async function readMeta(engine: SqlEngine): Promise<Map<string, string>> {
  const rows = await engine.all('SELECT name, value, crc FROM meta');
  return new Map(
    rows.map((row) => {
      const name = String(row['name']);
      const value = String(row['value']);
      if (row['crc'] !== rowChecksum('meta', [name, value])) throw damaged(name);
      return [name, value];
    }),
  );
}

export async function writeMeta(engine: SqlEngine, name: MetaName, value: string): Promise<void> {
  await engine.run(
    'INSERT INTO meta (name, value, crc) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE SET value = ?2, crc = ?3',
    name,
    value,
    rowChecksum('meta', [name, value]),
  );
}

/** A write that proves that the disk takes one: it differs from the last, and it is synced. */
export async function probe({ writer }: { writer: SqlEngine }): Promise<void> {
  await writeMeta(writer, 'probe', String(Math.random()));
}

function damaged(name: string): HallError {
  return new HallError('spool.corrupt', { message: `The entry "${name}" of the spool is damaged.`, facts: { name } });
}
