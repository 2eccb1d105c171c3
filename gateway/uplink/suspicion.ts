/**
 * Finding the message that a broker dies of. A connection that was cut before anything was acknowledged makes us
 * careful: from then on one message is under way at a time, so that the next cut points at one message. What was alone
 * under way at `triesMax` cuts in a row is convicted, if the connection lasted until it went. Silence and time-outs convict nobody: a frozen broker is no proof.
 */
import type { RetainedMessage } from './retained-flights.ts';

export interface Autopsy {
  /** Sequences of the events under way when the other side cut the connection: oldest first. */
  eventsInFlight: { count: number; first: number | undefined; through: number };
  retainedInFlight: readonly RetainedMessage[];
  /** PUBACKs of events on this connection. */
  eventsAcked: number;
}

export type Verdict =
  | { kind: 'none' }
  /** `reasonCode`: what the broker said of it (MQTT 5); absent: it cut the connection. */
  | { kind: 'event'; sequence: number; reasonCode?: number }
  | { kind: 'retained'; message: RetainedMessage };

export interface Suspicion {
  /** One message at a time while events up to here are sent. */
  carefulThrough(): number;
  /** One retained message at a time. */
  carefulRetained(): boolean;
  /** How long a connection must last by itself before one that is accused already goes over it. */
  calmMs(): number;
  /** Times the size of a batch was halved. */
  batchHalvings(): number;
  /** All retained messages came through: no more care is needed for them. */
  retainedPassed(): void;
  cut(autopsy: Autopsy): Verdict;
  /** The broker refused the message that ends with this event: an exact charge, unless it was a batch. */
  refused(sequence: number, reasonCode: number): Verdict;
}

/** MQTT 5 section 3.4.2.1: not authorised, packet identifier in use, quota exceeded. */
const NOT_THE_MESSAGE: ReadonlySet<number> = new Set([0x87, 0x91, 0x97]);

/** False when the refusal speaks of the gateway or of the broker: then every event would be refused. */
export function blamesTheMessage(reasonCode: number): boolean {
  return !NOT_THE_MESSAGE.has(reasonCode);
}

/** A link that drops by itself does so within this time sooner or later; one that lasts is cut by the message. */
const CALM_MS = 1_000;
const BATCH_HALVINGS_MAX = 8;

export function suspicion(triesMax: number): Suspicion {
  let carefulThrough = 0;
  let carefulRetained = false;
  let halvings = 0;
  let accused: string | undefined;
  let strikes = 0;

  const strike = (key: string, verdict: Verdict): Verdict => {
    strikes = accused === key ? strikes + 1 : 1;
    accused = key;
    if (strikes < triesMax) return { kind: 'none' };
    accused = undefined;
    return verdict;
  };

  return {
    carefulThrough: () => carefulThrough,
    carefulRetained: () => carefulRetained,
    calmMs: () => (accused === undefined ? 0 : CALM_MS),
    batchHalvings: () => halvings,
    retainedPassed: () => void (carefulRetained = false),
    refused(sequence, reasonCode) {
      if (!blamesTheMessage(reasonCode)) return { kind: 'none' };
      if (sequence <= carefulThrough) return strike(`event ${sequence}`, { kind: 'event', sequence, reasonCode });
      carefulThrough = sequence;
      return { kind: 'none' };
    },
    cut({ eventsInFlight, retainedInFlight, eventsAcked }) {
      const underWay = eventsInFlight.count + retainedInFlight.length;
      // Cut with nothing under way: the link drops by itself, and what was charged before proves nothing.
      if (underWay === 0) accused = undefined;
      const [message] = retainedInFlight;
      if (underWay === 1 && message) return strike(`retained ${message[0]}`, { kind: 'retained', message });
      if (retainedInFlight.length > 0) carefulRetained = true;
      const { count, first, through } = eventsInFlight;
      if (underWay === 1 && first !== undefined && first === through) {
        carefulThrough = Math.max(carefulThrough, through);
        return strike(`event ${first}`, { kind: 'event', sequence: first });
      }
      if (count > 0 && eventsAcked === 0) {
        carefulThrough = Math.max(carefulThrough, through);
        halvings = Math.min(BATCH_HALVINGS_MAX, halvings + 1);
      }
      return { kind: 'none' };
    },
  };
}
