/**
 * Waits for what a printer says: each question listens before it is asked, so that no answer is too quick for it.
 */
import { textOf } from '../../gateway/kernel/errors.ts';
import { sleep } from '../../gateway/kernel/waiting.ts';
import type { PrinterAnswer } from './escpos-answers.ts';

export interface Ear {
  hear(answer: PrinterAnswer): void;
  /**
   * Sends, and resolves with the first answer that fits.
   *
   * @throws what `send` throws, or the reason of `stop`.
   */
  answerTo(
    send: () => Promise<void>,
    fits: (answer: PrinterAnswer) => boolean,
    stop: AbortSignal,
  ): Promise<PrinterAnswer>;
  /** Resolves when no answer of this kind has come for `quietMs`; it looks `looksMax` times at most. */
  quiet(kind: PrinterAnswer['kind'], quietMs: number, looksMax: number, signal: AbortSignal): Promise<void>;
}

type Listener = (answer: PrinterAnswer) => void;

export function printerEar(): Ear {
  const listeners = new Set<Listener>();
  return {
    hear(answer) {
      for (const listener of [...listeners]) listener(answer);
    },
    answerTo: (send, fits, stop) =>
      new Promise((resolve, reject) => {
        const finish = (settle: () => void) => {
          listeners.delete(listener);
          stop.removeEventListener('abort', onAbort);
          settle();
        };
        const listener: Listener = (answer) => {
          if (fits(answer)) finish(() => resolve(answer));
        };
        const onAbort = () => finish(() => reject(stop.reason as Error));
        stop.addEventListener('abort', onAbort, { once: true });
        listeners.add(listener);
        if (stop.aborted) onAbort();
        else send().catch((thrown: unknown) => finish(() => reject(asError(thrown))));
      }),
    async quiet(kind, quietMs, looksMax, signal) {
      let heard = 0;
      const count: Listener = (answer) => void (heard += answer.kind === kind ? 1 : 0);
      listeners.add(count);
      try {
        for (let look = 0, before = -1; look < looksMax && before !== heard; look += 1) {
          before = heard;
          await sleep(quietMs, signal);
        }
      } finally {
        listeners.delete(count);
      }
    },
  };
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(textOf(thrown));
}
