/**
 * Waiting with a limit: every wait in the gateway takes a signal and has a deadline with a name.
 */
import type { HallError } from './errors.ts';

/** Resolves after `delayMs`; rejects with the signal's reason as soon as it aborts, and leaves no timer behind. */
export function sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(reasonOf(signal));
      return;
    }
    const onAbort = () => {
      clearTimeout(timer);
      reject(reasonOf(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, delayMs);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/**
 * Races `work` against a deadline and a signal. The loser's result is ignored, never an unhandled rejection.
 *
 * @throws what `late` makes when the deadline passes; the signal's reason when it aborts first.
 */
export function withDeadline<T>(
  work: Promise<T>,
  deadlineMs: number,
  late: () => HallError,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    const onAbort = () => finish(() => reject(reasonOf(signal)));
    const timer = setTimeout(() => finish(() => reject(late())), deadlineMs);
    work.then(
      (value) => finish(() => resolve(value)),
      (thrown: unknown) => finish(() => reject(thrown instanceof Error ? thrown : new Error(String(thrown)))),
    );
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** A promise together with its two handles (Node 20 has no `Promise.withResolvers`). */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

export function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** Runs a disposer once, however often it is called; later calls get the first call's promise. */
export function once(dispose: () => Promise<void>): () => Promise<void> {
  let first: Promise<void> | undefined;
  return () => (first ??= dispose());
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('aborted');
}
