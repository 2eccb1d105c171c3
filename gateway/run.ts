/**
 * `hall-gateway run FILE`: reads the settings, opens the gateway, and closes it in order when the system says so.
 */
import { openGateway } from './compose.ts';
import { systemClock } from './kernel/clock.ts';
import type { AnyDriver } from './kernel/driver.ts';
import { isHallError } from './kernel/errors.ts';
import { errorRow } from './kernel/error-table.ts';
import { jsonLog, type Log } from './kernel/log.ts';
import { reportText } from './settings/check-report.ts';
import { languageOf } from './settings/check.ts';
import { readSettings } from './settings/read-settings.ts';

export interface RunOptions {
  version: string;
  drivers: readonly AnyDriver[];
  env: NodeJS.ProcessEnv;
}

/** sysexits.h: the configuration is wrong; a restart does not help. */
const EXIT_SETTINGS = 78;
const EXIT_FAILED = 1;
/** A close that hangs must not keep the box from restarting the gateway. */
const CLOSE_DEADLINE_MS = 15_000;
const SAME_REQUEST_MS = 1_000;

/** Runs until SIGTERM or SIGINT; resolves with the exit code. */
export async function runGateway(file: string, { version, drivers, env }: RunOptions): Promise<number> {
  const language = languageOf(undefined, env);
  const read = readSettings({ path: file, drivers, env });
  if (!read.ok) {
    process.stderr.write(reportText(file, read, language));
    return EXIT_SETTINGS;
  }
  const log = jsonLog(read.settings.gateway.logLevel);
  const stop = stopSignal(log);
  try {
    const opening = openGateway({ settings: read.settings, version, clock: systemClock(), log, env });
    // A disk that hangs while the gateway opens must not make it deaf to the wish that it stop.
    await Promise.race([opening, stop]);
    await stop;
    await closeInTime(async () => (await opening).close(), log);
    return 0;
  } catch (thrown) {
    log.error('gateway.failed', thrown);
    process.stderr.write(failureText(thrown, language));
    return EXIT_FAILED;
  }
}

/**
 * Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. So does an exception that nobody caught,
 * because nobody knows what it left half done; the next start begins with what is on disk. A rejection that nobody
 * awaited is one driver's carelessness and is only logged.
 */
function stopSignal(log: Log): Promise<void> {
  const tell = (event: string, thrown: unknown) =>
    log.error(event, thrown, { stack: thrown instanceof Error ? thrown.stack : undefined });
  process.on('uncaughtException', (thrown) => {
    tell('gateway.uncaught-exception', thrown);
    process.exit(EXIT_FAILED);
  });
  process.on('unhandledRejection', (thrown) => tell('gateway.unhandled-rejection', thrown));
  return new Promise((resolve) => {
    let askedMs = Infinity;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        // A terminal tells the whole group, and a parent may tell once more: only a later signal means "at once".
        if (performance.now() - askedMs > SAME_REQUEST_MS) process.exit(EXIT_FAILED);
        if (askedMs !== Infinity) return;
        askedMs = performance.now();
        log.info('gateway.stopping', { signal });
        resolve();
      });
    }
  });
}

async function closeInTime(close: () => Promise<void>, log: Log): Promise<void> {
  const timer = setTimeout(() => {
    log.warn('gateway.close-overdue', { deadlineMs: CLOSE_DEADLINE_MS });
    process.exit(EXIT_FAILED);
  }, CLOSE_DEADLINE_MS);
  await close();
  clearTimeout(timer);
}

function failureText(thrown: unknown, language: 'zh' | 'en'): string {
  if (!isHallError(thrown)) return `${String(thrown)}\n`;
  const row = errorRow(thrown.code)[language];
  return `${row.what} [${thrown.code}]\n  ${thrown.message}\n  → ${language === 'zh' ? row.hint : thrown.hint}\n`;
}
