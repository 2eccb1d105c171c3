/**
 * Why everything after the last receipt is to be sent again: the receipt is late, or the centre asked for it. Either
 * waits until nothing is under way, so that no late PUBACK is misread.
 */
export type ResendCause = 'receipt-late' | 'asked';

export interface SecondSending {
  /** Something is to be sent again: until then nothing new goes out. */
  pending(): boolean;
  want(cause: ResendCause, nowMs: number): void;
  /** The cause, once nothing is under way; it is settled with that. */
  take(inFlight: number): ResendCause | undefined;
}

/** However often the centre asks, what follows its receipt is sent again no more often than this. */
const ASKED_REST_MS = 1_000;

export function secondSending(): SecondSending {
  let wanted: ResendCause | undefined;
  let askedMs = -Infinity;
  return {
    pending: () => wanted !== undefined,
    want(cause, nowMs) {
      if (cause === 'asked') {
        if (nowMs - askedMs < ASKED_REST_MS) return;
        askedMs = nowMs;
      }
      wanted ??= cause;
    },
    take(inFlight) {
      if (inFlight > 0) return undefined;
      const cause = wanted;
      wanted = undefined;
      return cause;
    },
  };
}
