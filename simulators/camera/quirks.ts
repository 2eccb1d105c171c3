/**
 * How a camera misbehaves: knobs that a test or a person may turn while it runs.
 */
export interface CameraQuirks {
  /** Only answers to these operations are spoiled (`snapshot` is one of them); undefined: all. */
  operations: ReadonlySet<string> | undefined;
  answerDelayMs: number;
  /** How the bytes of an answer leave. */
  pieces: 'whole' | 'every-byte';
  encoding: 'content-length' | 'chunked';
  /**
   * What is answered instead: a document of many megabytes, entities that grow to gigabytes, ten thousand elements inside
   * each other, half of the XML as a complete answer, a connection that ends in mid-answer, a web page.
   */
  answer: 'honest' | 'huge' | 'billion-laughs' | 'deep' | 'truncated' | 'cut-off' | 'web-page';
  contentLength: 'honest' | 'too-long' | 'too-short';
  /** Operations that this firmware does not have. */
  unsupported: ReadonlySet<string>;
  /** PullMessages never waits, as some firmwares do: a trap for a client that asks again at once. */
  pullAnswersAtOnce: boolean;
  /** False: only Renew prolongs a subscription. */
  pullExtends: boolean;
  /** A new subscriber is told how things stand only when it asks (SetSynchronizationPoint). */
  silentStart: boolean;
  /** Every event is told twice. */
  repeatEvents: boolean;
}

export function noQuirks(): CameraQuirks {
  return {
    operations: undefined,
    answerDelayMs: 0,
    pieces: 'whole',
    encoding: 'content-length',
    answer: 'honest',
    contentLength: 'honest',
    unsupported: new Set(),
    pullAnswersAtOnce: false,
    pullExtends: true,
    silentStart: false,
    repeatEvents: false,
  };
}
