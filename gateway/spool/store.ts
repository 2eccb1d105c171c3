/**
 * An opened database: two connections (one writes, one reads, so that reading never waits for an fsync), the ledger, and
 * the files beside it. `store-opening.ts` opens one.
 */
import type { Boot } from './boot-time.ts';
import type { SqlEngine } from './engine.ts';
import type { HeadMarkWriter } from './head-mark.ts';
import type { Ledger } from './ledger.ts';
import type { SalvageReport } from './salvage.ts';

export interface Store {
  readonly writer: SqlEngine;
  readonly reader: SqlEngine;
  readonly ledger: Ledger;
  readonly headMark: HeadMarkWriter;
  readonly boots: Map<number, Boot & { bootId: string }>;
  /** Number of this boot; in `boots` once a row needs it. */
  readonly boot: number;
  readonly quotaBytes: number;
  /** What was salvaged when it was opened. */
  readonly salvaged: SalvageReport | undefined;
  /** Moves the log into the database file and gives its room back. */
  checkpoint(): Promise<void>;
  close(): Promise<void>;
}
