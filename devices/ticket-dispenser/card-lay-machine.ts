/**
 * One card laid on the reader is one card, however long it lies there. Some readers go on finding a card that was read,
 * others (SAM_V as it comes) say "no card" until it is presented again; this table serves both.
 *
 *   empty --found--> reading --read----> lying --absent--> empty
 *                            --failed--> empty (and tried again); after `ATTEMPTS_MAX` refused --absent--> empty
 *
 * The same card that comes back sooner than `sameCardMs` was never taken away (the radio field flickers), and neither was
 * one that is found lying there first thing after the reader was out of reach or the gateway was restarted.
 */
import type { HallError } from '../../gateway/kernel/errors.ts';
import type { Step } from '../../gateway/kernel/machine.ts';
import type { PresentedCard } from './presented-card.ts';

/** The card that was read last, and when it was last known to lie there. */
export interface LastCard {
  /** What was told of it, as JSON text: enough to know it again within minutes. */
  told: string;
  /** Monotonic milliseconds. */
  seenMs: number;
}

export interface CardLay {
  phase: 'empty' | 'reading' | 'lying' | 'refused';
  failures: number;
  last: LastCard | undefined;
  /** Nothing was heard of the place since the reader was out of reach. */
  resuming: boolean;
  sameCardMs: number;
}

export type LayInput =
  | { kind: 'absent' }
  | { kind: 'found'; atMs: number }
  | { kind: 'read'; card: PresentedCard; atMs: number }
  | { kind: 'failed'; reason: HallError }
  | { kind: 'interrupted' };

export type LayEffect =
  | { kind: 'count'; card: PresentedCard; last: LastCard }
  | { kind: 'give-up'; reason: HallError }
  | { kind: 'removed-early' };

export const ATTEMPTS_MAX = 3;
/** After this long a card that lies there again may have been away. */
export const RESUME_MAX_MS = 600_000;

/** An empty place, or one on which `last` may still lie. */
export function cardLay(sameCardMs: number, last?: LastCard): CardLay {
  return { phase: 'empty', failures: 0, last, resuming: last !== undefined, sameCardMs };
}

export function layTransition(lay: CardLay, input: LayInput): Step<CardLay, LayEffect> {
  switch (input.kind) {
    case 'absent':
      return {
        state: { ...lay, phase: 'empty', failures: 0, resuming: false },
        effects: lay.phase === 'empty' && lay.failures > 0 ? [{ kind: 'removed-early' }] : [],
      };
    case 'found':
      return found(lay, input.atMs);
    case 'read':
      return read(lay, input.card, input.atMs);
    case 'failed':
      return failed(lay, input.reason);
    case 'interrupted':
      return {
        state: { ...lay, phase: 'empty', failures: 0, resuming: lay.resuming || lay.phase === 'lying' },
        effects: [],
      };
  }
}

function found(lay: CardLay, atMs: number): Step<CardLay, LayEffect> {
  if (lay.phase === 'empty') return { state: { ...lay, phase: 'reading' }, effects: [] };
  const last = lay.phase === 'lying' && lay.last ? { ...lay.last, seenMs: atMs } : lay.last;
  return { state: { ...lay, last }, effects: [] };
}

function read(lay: CardLay, card: PresentedCard, atMs: number): Step<CardLay, LayEffect> {
  const last: LastCard = { told: JSON.stringify(card), seenMs: atMs };
  return {
    state: { ...lay, phase: 'lying', failures: 0, last, resuming: false },
    effects: neverLeft(lay, last) ? [] : [{ kind: 'count', card, last }],
  };
}

function neverLeft({ last, resuming, sameCardMs }: CardLay, now: LastCard): boolean {
  if (last?.told !== now.told) return false;
  return now.seenMs - last.seenMs < (resuming ? RESUME_MAX_MS : sameCardMs);
}

function failed(lay: CardLay, reason: HallError): Step<CardLay, LayEffect> {
  const failures = lay.failures + 1;
  if (failures < ATTEMPTS_MAX) return { state: { ...lay, phase: 'empty', failures }, effects: [] };
  return { state: { ...lay, phase: 'refused', failures: 0 }, effects: [{ kind: 'give-up', reason }] };
}
