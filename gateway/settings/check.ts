/**
 * `hall-gateway check FILE`: reads hall.yaml as the gateway would, and says what it found.
 */
import type { AnyDriver } from '../kernel/driver.ts';
import { reportText, type Language } from './check-report.ts';
import { readSettings } from './read-settings.ts';

export interface CheckOptions {
  drivers: readonly AnyDriver[];
  lang: Language;
  stdout: { write(text: string): unknown };
  /** For `{env: NAME}`; the process's own by default. */
  env?: Readonly<Record<string, string | undefined>>;
}

/** Exit codes of the command. */
export const CHECK_OK = 0;
export const CHECK_MISTAKES = 1;

/** Prints mistakes or an overview; resolves with the exit code. */
export function runCheck(path: string, { drivers, lang, stdout, env = process.env }: CheckOptions): Promise<number> {
  const result = readSettings({ path, drivers, env });
  stdout.write(reportText(path, result, lang));
  return Promise.resolve(result.ok ? CHECK_OK : CHECK_MISTAKES);
}

/** The language of the person at the terminal: `--lang`, else LC_ALL, LC_MESSAGES, LANG as POSIX orders them. */
export function languageOf(option: string | undefined, env: Readonly<Record<string, string | undefined>>): Language {
  const wanted = option ?? (env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '');
  return wanted.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
