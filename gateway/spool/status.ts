/**
 * The spool's status as the health report and the console show it.
 */
import type { HallError } from '../kernel/errors.ts';
import type { Ledger } from './ledger.ts';
import { PAGE_BYTES, type SpoolLimits } from './limits.ts';
import type { SpoolStatus } from './port.ts';

export interface StatusSources {
  /** Undefined until the file could be read for the first time. */
  ledger: Ledger | undefined;
  limits: SpoolLimits;
  waiting: number;
  trouble: HallError | undefined;
}

const UNKNOWN = {
  epoch: '',
  head: 0,
  confirmed: 0,
  oldestUnsentMs: undefined,
  pagesUsed: 0,
  quotaStep: 0,
  lost: 0,
} as const;

export function statusOf({ ledger, limits, waiting, trouble }: StatusSources): SpoolStatus {
  const { epoch, head, confirmed, oldestUnsentMs, pagesUsed, quotaStep, lost } = ledger ?? UNKNOWN;
  return {
    epoch,
    head,
    confirmed,
    depth: head - confirmed,
    oldestUnsentMs,
    bytes: pagesUsed * PAGE_BYTES,
    quotaBytes: limits.quotaBytes,
    quotaStep,
    waiting,
    lost,
    trouble,
  };
}
