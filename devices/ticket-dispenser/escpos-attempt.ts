/**
 * Sends one ticket and watches the printer until it proves it, shows a trouble, or takes too long.
 */
import { deferred, sleep } from '../../gateway/kernel/waiting.ts';
import type { PrinterSession } from './escpos-session.ts';
import type { EscposConfig } from './escpos-settings.ts';
import { tangibleTrouble, type TangibleTrouble } from './escpos-status.ts';

export type AttemptFailure = TangibleTrouble | 'unconfirmed';

const WATCH_MS = 500;

/** Resolves with undefined when the printer proved it; never rejects. Bytes may have gone out in any case. */
export async function attempt(
  session: PrinterSession,
  bytes: Uint8Array,
  { printTimeoutMs, realTimeStatus }: Pick<EscposConfig, 'printTimeoutMs' | 'realTimeStatus'>,
): Promise<AttemptFailure | undefined> {
  const over = new AbortController();
  const outcome = deferred<AttemptFailure | undefined>();
  const onLost = () => outcome.resolve('unconfirmed');
  session.over.addEventListener('abort', onLost, { once: true });
  if (session.over.aborted) onLost();
  const timer = setTimeout(() => outcome.resolve('unconfirmed'), printTimeoutMs);
  session.print(bytes, over.signal).then(
    () => outcome.resolve(undefined),
    () => outcome.resolve('unconfirmed'),
  );
  void watch(session, realTimeStatus, over.signal, (trouble) => outcome.resolve(trouble));
  const result = await outcome.promise;
  clearTimeout(timer);
  session.over.removeEventListener('abort', onLost);
  over.abort(new Error('the attempt is over'));
  return result;
}

/** Looks at the printer's condition while it prints, and asks for it where it can be asked at once. */
async function watch(
  session: PrinterSession,
  realTimeStatus: boolean,
  over: AbortSignal,
  onTrouble: (trouble: TangibleTrouble) => void,
): Promise<void> {
  while (!isAborted(over)) {
    await sleep(WATCH_MS, over).catch(() => undefined);
    // No answer is no news: the question behind the ticket has a time-out of its own.
    if (realTimeStatus && !isAborted(over)) await session.refresh().catch(() => undefined);
    const trouble = tangibleTrouble(session.condition);
    if (trouble !== undefined) onTrouble(trouble);
  }
}

/** A call, because the compiler believes that a property read twice has not changed in between. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
