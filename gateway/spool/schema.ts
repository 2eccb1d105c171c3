/**
 * The tables, and the steps that lead to them. Each step is one transaction together with its number, so a power cut
 * between two of them is continued at the next start, and a cut inside one never happened.
 */
import { HallError } from '../kernel/errors.ts';
import type { SqlEngine } from './engine.ts';

/**
 * 1. Ordinary rowid tables throughout: their leaf pages can be read without SQLite when the file is broken (`salvage.ts`).
 *    `natural_key` keeps the order of arrival in its rowid, which is what its retention goes by.
 */
const STEPS: readonly string[] = [
  `CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL, crc INTEGER NOT NULL);
   CREATE TABLE boot (number INTEGER PRIMARY KEY, boot TEXT NOT NULL UNIQUE, shift INTEGER, crc INTEGER NOT NULL);
   CREATE TABLE event (sequence INTEGER PRIMARY KEY, class INTEGER NOT NULL, boot INTEGER, monotonic INTEGER,
     topic TEXT NOT NULL, body TEXT NOT NULL, crc INTEGER NOT NULL);
   CREATE INDEX event_of_boot ON event (boot, sequence) WHERE boot IS NOT NULL;`,
  `CREATE TABLE cursor (number INTEGER PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
     head INTEGER NOT NULL, crc INTEGER NOT NULL, UNIQUE (owner, name));
   CREATE TABLE natural_key (number INTEGER PRIMARY KEY, source INTEGER NOT NULL, hash TEXT NOT NULL, id TEXT NOT NULL,
     sequence INTEGER NOT NULL, crc INTEGER NOT NULL, UNIQUE (source, hash));`,
  `CREATE TABLE quarantine (number INTEGER PRIMARY KEY, found TEXT NOT NULL, sequence INTEGER, class, boot, monotonic,
     topic, body, crc);`,
];

export const SCHEMA_VERSION = STEPS.length;

/**
 * Brings the file to `SCHEMA_VERSION`.
 *
 * @throws HallError `spool.from-the-future` for a file that a newer gateway has written.
 */
export async function migrate(engine: SqlEngine, file: string): Promise<void> {
  const [row] = await engine.all('PRAGMA user_version');
  const found = Number(row?.['user_version']);
  if (found > SCHEMA_VERSION) throw fromTheFuture(file, found);
  for (let step = found; step < SCHEMA_VERSION; step += 1) {
    await engine.exec(`BEGIN IMMEDIATE; ${STEPS[step] ?? ''} PRAGMA user_version = ${step + 1}; COMMIT;`);
  }
}

function fromTheFuture(file: string, found: number): HallError {
  return new HallError('spool.from-the-future', {
    message: `${file} has format ${found}; this gateway knows formats up to ${SCHEMA_VERSION}.`,
    facts: { file, found, known: SCHEMA_VERSION },
  });
}
