/**
 * Natural keys: what was said once makes no second event. They outlive the events, because a clock's log may be read
 * again from its beginning years later.
 */
import { createHash } from 'node:crypto';
import { rowChecksum } from './checksum.ts';
import type { SqlEngine } from './engine.ts';

/** A key as the table holds it: 48 bits of the source's hash, 128 bits of the key's own. */
export interface KeyName {
  source: number;
  hash: string;
}

export interface KeyRow extends KeyName {
  id: string;
  sequence: number;
}

const SOURCE_DIGITS = 12;
const HASH_DIGITS = 32;

export function keyName(source: string, naturalKey: string): KeyName {
  return { source: Number.parseInt(digest(source, SOURCE_DIGITS), 16), hash: digest(naturalKey, HASH_DIGITS) };
}

/** Text that tells keys apart in a map. */
export function keyText({ source, hash }: KeyName): string {
  return `${source}/${hash}`;
}

export function keyChecksum({ source, hash, id, sequence }: KeyRow): number {
  return rowChecksum('key', [source, hash, id, sequence]);
}

/** Those of `names` that are on record, by `keyText`. A damaged row is as good as none. */
export async function knownKeys(engine: SqlEngine, names: readonly KeyName[]): Promise<Map<string, KeyRow>> {
  const rows = await engine.all(
    `SELECT source, hash, id, sequence, crc FROM natural_key
     WHERE (source, hash) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1))`,
    JSON.stringify(names.map(({ source, hash }) => [source, hash])),
  );
  const known = new Map<string, KeyRow>();
  for (const row of rows) {
    const key = {
      source: Number(row['source']),
      hash: String(row['hash']),
      id: String(row['id']),
      sequence: Number(row['sequence']),
    };
    if (row['crc'] === keyChecksum(key)) known.set(keyText(key), key);
  }
  return known;
}

export async function insertKeys(engine: SqlEngine, keys: readonly KeyRow[]): Promise<void> {
  await engine.run(
    `INSERT OR REPLACE INTO natural_key (source, hash, id, sequence, crc)
     SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?1)`,
    JSON.stringify(keys.map((key) => [key.source, key.hash, key.id, key.sequence, keyChecksum(key)])),
  );
}

/** How many keys of a source may go at once, so that the search for the oldest is not made for every new one. */
const DROP_SHARE = 0.01;

export interface KeyRetention {
  /** Counts what was inserted and removes the oldest of a source that has too many; within the group's transaction. */
  afterInsert(engine: SqlEngine, keys: readonly KeyRow[]): Promise<void>;
  /** After a rollback the counts are not known any more. */
  forget(): void;
}

/** Keeps at least `keysPerSourceMax` keys of each source, and at most a hundredth more; the oldest go first. */
export function keyRetention(keysPerSourceMax: number): KeyRetention {
  const surplusMax = Math.max(1, Math.floor(keysPerSourceMax * DROP_SHARE));
  const counts = new Map<number, number>();
  return {
    async afterInsert(engine, keys) {
      for (const [source, added] of countBySource(keys)) {
        const known = counts.get(source);
        const count = known === undefined ? await countKeys(engine, source) : known + added;
        const surplus = count - keysPerSourceMax;
        const removed = surplus > surplusMax ? await dropOldest(engine, source, surplus) : 0;
        counts.set(source, count - removed);
      }
    },
    forget: () => counts.clear(),
  };
}

function countBySource(keys: readonly KeyRow[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { source } of keys) counts.set(source, (counts.get(source) ?? 0) + 1);
  return counts;
}

async function countKeys(engine: SqlEngine, source: number): Promise<number> {
  const [row] = await engine.all('SELECT count(*) AS keys FROM natural_key WHERE source = ?1', source);
  return Number(row?.['keys']);
}

function dropOldest(engine: SqlEngine, source: number, surplus: number): Promise<number> {
  return engine.run(
    // The unary plus keeps the planner on the rowid order, which is the order of arrival.
    `DELETE FROM natural_key WHERE number IN
       (SELECT number FROM natural_key WHERE +source = ?1 ORDER BY number LIMIT ?2)`,
    source,
    surplus,
  );
}

function digest(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
