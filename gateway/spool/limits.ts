/**
 * Every bound of the spool, with the value that the reference hall runs with.
 */
export interface SpoolLimits {
  /** Room for the database file, its write-ahead log, and a reserve as large as the log. */
  quotaBytes: number;
  /** Events in one group commit; one larger append makes a group of its own. */
  groupRowsMax: number;
  /** Appends in the waiting room; later calls wait outside, in order. */
  waitingAppendsMax: number;
  /** `data` of one event as JSON text, in UTF-8. */
  eventBytesMax: number;
  /** How long rows with a doubtful time are held back from who would read them, in the hope that the clock is set. */
  clockPatienceMs: number;
  /** How often a held-back spool looks at the clock. */
  clockPollMs: number;
  /** Pause between two tries while the disk refuses. */
  retryMs: number;
  /** How long `close` tries to commit what waits. */
  closePatienceMs: number;
  /** Natural keys kept for each source, the newest of them. */
  keysPerSourceMax: number;
}

export const DEFAULT_LIMITS: Omit<SpoolLimits, 'quotaBytes'> = {
  groupRowsMax: 512,
  waitingAppendsMax: 4096,
  eventBytesMax: 262_144,
  clockPatienceMs: 600_000,
  clockPollMs: 1_000,
  retryMs: 1_000,
  closePatienceMs: 3_000,
  keysPerSourceMax: 1_000_000,
};

/** SQLite's own default; a group of 64 small events fills about six. */
export const PAGE_BYTES = 4096;

const WAL_PAGES_MIN = 64;
/**
 * 8 MiB of log between checkpoints: a page that was appended to a hundred times in the log is written once to the table,
 * which is what spares an SD card.
 */
const WAL_PAGES_MAX = 2048;
/** Part of the quota that the log may take; the reserve takes as much again. */
const WAL_SHARE = 1 / 32;
/** The least database in which upkeep can still work. */
const DATABASE_PAGES_MIN = 64;

export interface PageBudget {
  databasePagesMax: number;
  walPages: number;
}

/** How the quota is divided between the database file and its log. */
export function pageBudget(quotaBytes: number): PageBudget {
  const pages = Math.floor(quotaBytes / PAGE_BYTES);
  const walPages = Math.min(WAL_PAGES_MAX, Math.max(WAL_PAGES_MIN, Math.floor(pages * WAL_SHARE)));
  return { databasePagesMax: Math.max(DATABASE_PAGES_MIN, pages - 2 * walPages), walPages };
}
