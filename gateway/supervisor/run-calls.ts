/**
 * The calls of one run that wait for an answer: all of them end with the run.
 */
import { HallError } from '../kernel/errors.ts';

/** Why a run's signal aborts and its calls reject. */
export function stoppedError(): HallError {
  return new HallError('device.stopped');
}

/**
 * Returns a function that does some work and answers for it until `signal` aborts; from then on the answer is
 * `device.stopped`. One listener serves all calls, however many there are.
 *
 * A driver that does not look at an answer must not take the process down with an unhandled rejection, so every answer
 * counts as looked at.
 */
export function callsUntil(signal: AbortSignal): <T>(work: () => Promise<T>) => Promise<T> {
  const pending = new Set<(error: Error) => void>();
  const rejectAll = () => {
    for (const reject of pending) reject(stoppedError());
    pending.clear();
  };
  signal.addEventListener('abort', rejectAll, { once: true });
  return <T>(work: () => Promise<T>): Promise<T> => {
    const answer = new Promise<T>((resolve, reject) => {
      if (signal.aborted) throw stoppedError();
      pending.add(reject);
      const done = () => pending.delete(reject);
      void Promise.resolve().then(work).then(resolve, reject).finally(done);
    });
    answer.catch(() => undefined);
    return answer;
  };
}
