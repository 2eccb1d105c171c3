/**
 * What the spool's tests share: a fresh folder, a clock in the hand, and events to put in.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../kernel/clock.ts';
import { envelopeSchema, type Draft, type Envelope } from '../kernel/event.ts';
import { collectingLog } from '../kernel/log.ts';
import type { OpenEngine } from './engine.ts';
import { coveredBy, type Spool, type StoredEvent } from './port.ts';
import { openSpool, type SpoolOptions } from './spool.ts';
import { openSqlite3 } from './sqlite3-engine.ts';

export const PLACE = { hall: 'north', gateway: 'box-1' };
export const CLOCK_SOURCE = '/halls/north/gateways/box-1/fingerprint-clock/door';
export const QUOTA_BYTES = 16 * 1024 * 1024;

export interface HandClock extends Clock {
  wallMs: number;
  sinceBootMs: number;
  bootId: string;
  right: boolean;
  /** Time passes, on the wall and since boot. */
  pass(ms: number): void;
}

export function handClock(wallMs = Date.UTC(2026, 5, 1, 8)): HandClock {
  const clock: HandClock = {
    wallMs,
    sinceBootMs: 5_000,
    bootId: 'boot-a',
    right: true,
    now: () => clock.wallMs,
    monotonicMs: () => clock.sinceBootMs,
    synced: () => clock.right,
    pass(ms) {
      clock.wallMs += ms;
      clock.sinceBootMs += ms;
    },
  };
  return clock;
}

export function freshFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'spool-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function spoolOptions(directory: string, changes: Partial<SpoolOptions> = {}): SpoolOptions {
  return {
    directory,
    place: PLACE,
    clock: handClock(),
    log: collectingLog(),
    quotaBytes: QUOTA_BYTES,
    retryMs: 20,
    clockPollMs: 10,
    ...changes,
  };
}

export function openTestSpool(directory: string, changes: Partial<SpoolOptions> = {}): Promise<Spool> {
  return openSpool(spoolOptions(directory, changes));
}

export function draft(n: number, changes: Partial<Draft> = {}): Draft {
  return {
    topic: 'hall/v1/north/evaluator/w1/event/hall.evaluation.submitted.v1',
    source: '/halls/north/gateways/box-1/evaluator/w1',
    type: 'hall.evaluation.submitted.v1',
    class: 'record',
    data: { n, window: '1', level: 5 },
    ...changes,
  };
}

export function drafts(count: number, changes: Partial<Draft> = {}): Draft[] {
  return Array.from({ length: count }, (_, index) => draft(index, changes));
}

export interface BreakingDisk {
  openEngine: OpenEngine;
  /** The next commit of events is answered with "the file is broken". */
  breakOnce(): void;
}

/** A disk that calls its file broken when told to; with `took`, after it has carried the commit out all the same. */
export function breakingDisk({ took = false } = {}): BreakingDisk {
  let breaking = false;
  return {
    breakOnce: () => void (breaking = true),
    openEngine: async (file) => {
      const engine = await openSqlite3(file);
      const run: typeof engine.run = async (sql, ...values) => {
        const breaks = breaking && sql.startsWith('INSERT INTO event');
        if (breaks) breaking = false;
        const changes = !breaks || took ? await engine.run(sql, ...values) : 0;
        if (breaks) throw Object.assign(new Error('SQLITE_CORRUPT: staged'), { code: 'SQLITE_CORRUPT' });
        return changes;
      };
      return { ...engine, run };
    },
  };
}

/** Everything that waits for the centre, read in chunks as the uplink does. */
export async function readAll(spool: Spool, rowsMax = 500): Promise<StoredEvent[]> {
  const all: StoredEvent[] = [];
  for (;;) {
    const events = await spool.read({ after: all.map(coveredBy).at(-1) ?? 0, rowsMax, bytesMax: 1_000_000 });
    if (events.length === 0) return all;
    all.push(...events);
  }
}

/** The envelope, proved to fit the contract. */
export function envelopeOf(event: StoredEvent | undefined): Envelope {
  return envelopeSchema.parse(JSON.parse(event?.body ?? 'null'));
}

/** Sequences that a consumer of these events knows about: each event's own, and the range of a lost one. */
export function accountedFor(events: readonly StoredEvent[]): number[] {
  return events.flatMap((event) => {
    const { type, data } = envelopeOf(event);
    if (type !== 'hall.gateway.lost.v1') return [event.sequence];
    const from = Number(data['from']);
    return Array.from({ length: Number(data['through']) - from + 1 }, (_, index) => from + index);
  });
}

export function upTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
