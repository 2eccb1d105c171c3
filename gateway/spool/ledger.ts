/**
 * Where the spool stands, as numbers in memory. They follow what is durable and are changed by the writer alone.
 */
import type { QuotaStep } from './port.ts';

export interface Ledger {
  epoch: string;
  /** Newest durable sequence. */
  head: number;
  /** Everything up to here is safe with the centre. */
  confirmed: number;
  /** Rows up to here have left the table; follows `confirmed` in bounded steps. */
  deletedThrough: number;
  /** Highest sequence that was handed out by `read` since the start. */
  readThrough: number;
  /** Events given up since this epoch began. */
  lost: number;
  oldestUnsentMs: number | undefined;
  /** How often telemetry was chosen to go; a read during which this has changed is made again. */
  drops: number;
  /** Settles when what was chosen last has gone. */
  dropping: Promise<void> | undefined;
  /** No telemetry stands in the table up to here. */
  telemetrySearchedThrough: number;
  pagesUsed: number;
  pagesMax: number;
  quotaStep: QuotaStep;
}
