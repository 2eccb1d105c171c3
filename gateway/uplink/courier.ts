/**
 * The courier's book: which message ids are under way, which prefix of the rows is acknowledged. Pure bookkeeping, one
 * book a connection; ids run round in a range of their own, so that they never meet those of mqtt.js or of retained
 * messages.
 */
export interface IdRange {
  first: number;
  last: number;
}

export interface CourierBook {
  /** Messages without PUBACK. */
  inFlight(): number;
  /** Highest sequence that was handed to the wire. */
  sentThrough(): number;
  /** Everything up to here was handed to the wire, or is spoken for by what was. */
  coveredThrough(): number;
  /** Everything up to here has its PUBACK, or is spoken for by what has. */
  ackedThrough(): number;
  /**
   * Enters a message with the rows up to `throughSequence`, which speaks for everything up to `covers`; returns its id.
   */
  post(throughSequence: number, nowMs: number, covers?: number): number;
  /** Enters a PUBACK; false when the id is not under way (a stray or second one). */
  ack(messageId: number, nowMs: number): boolean;
  /** Highest sequence of the message with this id, while it is under way. */
  sequenceOf(messageId: number): number | undefined;
  /** How long the oldest message has been waiting for its turn to be acknowledged; 0 when none is. */
  waitingMs(nowMs: number): number;
  /** Starts again after `sequence`. Only when nothing is under way. */
  rewind(sequence: number): void;
}

/** A fresh book that starts after `sequence`. The range must hold more ids than the window allows messages. */
export function courierBook(range: IdRange, sequence: number): CourierBook {
  const size = range.last - range.first + 1;
  const through = new Float64Array(size);
  const covered = new Float64Array(size);
  const acked = new Uint8Array(size);
  let head = 0;
  let count = 0;
  let headSinceMs = 0;
  let sent = sequence;
  let sentCovers = sequence;
  let confirmed = sequence;

  const advance = (nowMs: number) => {
    while (count > 0 && acked[head] === 1) {
      confirmed = covered[head] ?? confirmed;
      acked[head] = 0;
      head = (head + 1) % size;
      count -= 1;
    }
    headSinceMs = nowMs;
  };
  const slotOf = (messageId: number): number | undefined => {
    const slot = messageId - range.first;
    if (slot < 0 || slot >= size) return undefined;
    return (slot - head + size) % size < count && acked[slot] === 0 ? slot : undefined;
  };

  return {
    inFlight: () => count,
    sentThrough: () => sent,
    coveredThrough: () => sentCovers,
    ackedThrough: () => confirmed,
    post(throughSequence, nowMs, covers = throughSequence) {
      const slot = (head + count) % size;
      if (count === 0) headSinceMs = nowMs;
      through[slot] = throughSequence;
      covered[slot] = covers;
      acked[slot] = 0;
      count += 1;
      sent = throughSequence;
      sentCovers = covers;
      return range.first + slot;
    },
    ack(messageId, nowMs) {
      const slot = slotOf(messageId);
      if (slot === undefined) return false;
      acked[slot] = 1;
      if (slot === head) advance(nowMs);
      return true;
    },
    sequenceOf(messageId) {
      const slot = slotOf(messageId);
      return slot === undefined ? undefined : through[slot];
    },
    waitingMs: (nowMs) => (count === 0 ? 0 : nowMs - headSinceMs),
    rewind(to) {
      sent = to;
      sentCovers = to;
      confirmed = to;
    },
  };
}
