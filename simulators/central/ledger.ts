/**
 * The judge's memory: for every (epoch, sequence) the fingerprints of its id and body, and for every (source, id) where
 * it was seen. About 50 bytes an event, so that two million fit on a small machine.
 */
import type { ReceivedEvent } from './envelope-check.ts';
import { fingerprint } from './fingerprint.ts';
import { numberIndex } from './number-index.ts';

/** What one arrival was. */
export type Finding = 'first' | 'repeat' | 'conflict';

export interface Range {
  epoch: string;
  from: number;
  to: number;
}

export interface Conflict {
  epoch: string;
  sequence: number;
  why: 'another id at this sequence' | 'this id at another sequence' | 'another body for this id';
}

export interface Ledger {
  enter(event: ReceivedEvent, body: string): Finding;
  /** Sequences that are missing below the highest seen, without those that a lost or parked event explains. */
  gaps(): Range[];
  /** Sequences that the gateway said it lost or parked. */
  explained(): number;
  conflicts(): readonly Conflict[];
  counts(): { events: number; repeats: number; disorder: number };
  /** Newest epoch, and how far it is whole from 1 on: what a receipt may cover; `hole`: more came behind that. */
  receipt(): { epoch: string; through: number; hole: boolean } | undefined;
  has(source: string, id: string): boolean;
}

const LOST = 'hall.gateway.lost.v1';
const PARKED = 'hall.gateway.parked.v1';
const CONFLICTS_KEPT_MAX = 100;
const SEQUENCES_PER_EPOCH = 2 ** 40;

interface EpochPages {
  name: string;
  number: number;
  ids: Float64Array;
  bodies: Float64Array;
  highest: number;
  whole: number;
  /** Where the gateway is: the last arrival in its order. */
  at: number;
  /** It began again at a hole, and has to say everything up to here once more. */
  owedThrough: number;
  explained: Map<number, number>;
}

/**
 * An empty ledger. `startsAt: 'first-seen'` is for a judge who comes while the gateway has been running: what went before
 * is no gap.
 */
export function ledger(startsAt: 'one' | 'first-seen' = 'one'): Ledger {
  const epochs = new Map<string, EpochPages>();
  const places = numberIndex();
  const conflicts: Conflict[] = [];
  let events = 0;
  let repeats = 0;
  let disorder = 0;
  let newest: EpochPages | undefined;

  const pagesOf = ({ epoch, sequence }: ReceivedEvent): EpochPages => {
    let pages = epochs.get(epoch);
    if (!pages) {
      pages = newEpoch(epoch, epochs.size, startsAt === 'one' ? 0 : sequence - 1);
      epochs.set(epoch, pages);
    }
    newest = pages;
    return pages;
  };
  const conflict = (epoch: string, sequence: number, why: Conflict['why']): Finding => {
    if (conflicts.length < CONFLICTS_KEPT_MAX) conflicts.push({ epoch, sequence, why });
    return 'conflict';
  };
  const enterKnown = (pages: EpochPages, event: ReceivedEvent, id: number, body: number): Finding => {
    const { sequence, epoch } = event;
    if (pages.ids[sequence] !== id) {
      // A notice stands at the sequence of the event it speaks for; that event may have come through before.
      if (event.type === PARKED || event.type === LOST || pages.explained.has(sequence)) return repeat();
      return conflict(epoch, sequence, 'another id at this sequence');
    }
    return pages.bodies[sequence] === body ? repeat() : conflict(epoch, sequence, 'another body for this id');
  };
  const repeat = (): Finding => {
    repeats += 1;
    return 'repeat';
  };

  return {
    enter(event, body) {
      const pages = pagesOf(event);
      const id = fingerprint(event.id, fingerprint(event.source) | 0);
      const { sequence } = event;
      reserve(pages, sequence);
      const place = pages.number * SEQUENCES_PER_EPOCH + sequence;
      const seenAt = places.get(id);
      if (seenAt !== undefined && seenAt !== place) {
        return conflict(event.epoch, sequence, 'this id at another sequence');
      }
      const bodyPrint = fingerprint(body);
      if (!follows(pages, event)) disorder += 1;
      if (pages.ids[sequence] !== 0) return enterKnown(pages, event, id, bodyPrint);
      pages.ids[sequence] = id;
      pages.bodies[sequence] = bodyPrint;
      places.put(id, place);
      pages.highest = Math.max(pages.highest, sequence);
      explain(pages, event);
      advance(pages);
      events += 1;
      return 'first';
    },
    gaps: () => [...epochs.values()].flatMap(gapsOf),
    explained: () => [...epochs.values()].reduce((sum, pages) => sum + explainedRows(pages), 0),
    conflicts: () => conflicts,
    counts: () => ({ events, repeats, disorder: disorder + owing(epochs) }),
    receipt: () => newest && { epoch: newest.name, through: newest.whole, hole: newest.highest > newest.whole },
    has: (source, id) => places.get(fingerprint(id, fingerprint(source) | 0)) !== undefined,
  };
}

function newEpoch(name: string, number: number, whole: number): EpochPages {
  const size = 4_096;
  const [ids, bodies] = [new Float64Array(size), new Float64Array(size)];
  return { name, number, ids, bodies, highest: whole, whole, at: whole, owedThrough: 0, explained: new Map() };
}

function reserve(pages: EpochPages, sequence: number): void {
  if (sequence < pages.ids.length) return;
  const size = Math.max(sequence + 1, Math.ceil(pages.ids.length * 1.5));
  for (const column of ['ids', 'bodies'] as const) {
    const wider = new Float64Array(size);
    wider.set(pages[column]);
    pages[column] = wider;
  }
}

/**
 * A gateway sends strictly in order; what a broker lost in between is a hole. It may begin again at the first event that the
 * centre misses, and then says everything from there on once more. True when this arrival is where it may be.
 */
function follows(pages: EpochPages, event: ReceivedEvent): boolean {
  const { at, whole, highest, ids } = pages;
  const { sequence } = event;
  const first = (ids[sequence] ?? 0) === 0;
  const known = (ids[at + 1] ?? 0) !== 0;
  // A repetition says nothing about the order, unless the gateway is on its way through what it owes.
  if (!first && sequence !== at + 1) return true;
  pages.at = Math.max(sequence, endOfNotice(event));
  if (sequence > at) return sequence === at + 1 || !known;
  pages.owedThrough = highest;
  return sequence === whole + 1;
}

/** Epochs in which what was begun again was not said to its end. */
function owing(epochs: ReadonlyMap<string, EpochPages>): number {
  return [...epochs.values()].filter(({ at, owedThrough }) => at < owedThrough).length;
}

/** The last sequence that a notice of lost events speaks for; 0 for other events. */
function endOfNotice({ type, data }: ReceivedEvent): number {
  return type === LOST && typeof data['through'] === 'number' ? data['through'] : 0;
}

/** Notes the range that a lost or parked event speaks for. */
function explain(pages: EpochPages, { type, sequence, data }: ReceivedEvent): void {
  if (type === PARKED) pages.explained.set(sequence, sequence);
  if (type !== LOST) return;
  const { from, through } = data;
  if (typeof from === 'number' && typeof through === 'number' && from <= through) pages.explained.set(from, through);
}

function advance(pages: EpochPages): void {
  for (;;) {
    const next = pages.whole + 1;
    const explainedTo = pages.explained.get(next);
    if (explainedTo !== undefined) pages.whole = explainedTo;
    else if ((pages.ids[next] ?? 0) !== 0) pages.whole = next;
    else return;
  }
}

function gapsOf(pages: EpochPages): Range[] {
  const gaps: Range[] = [];
  const covered = [...pages.explained].sort(([a], [b]) => a - b);
  const isExplained = (sequence: number) => covered.some(([from, to]) => from <= sequence && sequence <= to);
  for (let sequence = pages.whole + 1; sequence <= pages.highest; sequence += 1) {
    if (pages.ids[sequence] !== 0 || isExplained(sequence)) continue;
    const last = gaps.at(-1);
    if (last && last.to === sequence - 1) last.to = sequence;
    else gaps.push({ epoch: pages.name, from: sequence, to: sequence });
  }
  return gaps;
}

function explainedRows(pages: EpochPages): number {
  let rows = 0;
  for (const [from, to] of pages.explained) rows += to - from + 1;
  return rows;
}
