/**
 * What the page asks for once a second: the newest happenings in words, how many of each there were lately, and which devices
 * are in trouble.
 */
import type { Cables } from './cables.ts';
import { TROUBLE_WORDS, wordsOf, type Words } from './hand-words.ts';
import { happeningWords } from './happening-words.ts';
import type { Happening } from './stand-in.ts';

interface NewsLine {
  /** As in `/truth`. */
  number: number;
  device: string;
  atMs: number;
  words: Words;
}

export interface News {
  /** Number of the newest happening; 0 when there is none. */
  newest: number;
  /** Oldest first, at most `NEWS_LINES_MAX`; what was before them is left out. */
  lines: NewsLine[];
  /** By the names of `LATELY`. */
  lately: Record<string, number>;
  /** Troubles by device; a device without any is not named. */
  troubles: Record<string, (Words & { name: string })[]>;
}

const NEWS_LINES_MAX = 60;
/** The window of the counts. */
export const LATELY_MINUTES = 5;
const MINUTE_MS = 60_000;
/** Looked back at most, however much happens. */
const LOOKED_BACK_MAX = 5_000;

/** What is counted, in the order in which it is shown. */
export const LATELY: readonly { name: string; what: string; words: Words }[] = [
  { name: 'tickets', what: 'hall.ticket.printed.v1', words: { zh: '出票', en: 'tickets' } },
  { name: 'shown', what: 'board.shows', words: { zh: '屏幕更新', en: 'board texts' } },
  { name: 'marks', what: 'hall.evaluation.submitted.v1', words: { zh: '评价', en: 'marks' } },
  { name: 'punches', what: 'hall.attendance.punched.v1', words: { zh: '打卡', en: 'punches' } },
  { name: 'motions', what: 'hall.camera.motion.v1', words: { zh: '移动', en: 'motions' } },
];

/** @param since Number of the last happening that the page has; more than there are: the hall is a new one. */
export function newsSince(since: number, happenings: readonly Happening[], cables: Cables, nowMs = Date.now()): News {
  const known = since > happenings.length ? 0 : since;
  const first = Math.max(known, happenings.length - NEWS_LINES_MAX);
  const lines = happenings.slice(first).map((happening, index) => ({
    ...{ number: first + index + 1, device: happening.device, atMs: happening.atMs },
    words: happeningWords(happening),
  }));
  return { newest: happenings.length, lines, lately: countsOf(happenings, nowMs), troubles: troublesOf(cables) };
}

function countsOf(happenings: readonly Happening[], nowMs: number): Record<string, number> {
  const sinceMs = nowMs - LATELY_MINUTES * MINUTE_MS;
  const recent = happenings.slice(-LOOKED_BACK_MAX).filter(({ atMs }) => atMs >= sinceMs);
  const count = (wanted: string) =>
    recent.filter(({ what, data }) => what === wanted && data['phase'] !== 'ended').length;
  return Object.fromEntries(LATELY.map(({ name, what }) => [name, count(what)]));
}

function troublesOf(cables: Cables): News['troubles'] {
  const namesOf = (id: string) => [...(cables.isOut(id) ? ['cable'] : []), ...cables.troublesOf(id)];
  const all = cables.devices.map(({ entry: { id } }) => [id, namesOf(id)] as const);
  const named = (name: string) => ({ name, ...wordsOf(TROUBLE_WORDS, name) });
  return Object.fromEntries(all.filter(([, names]) => names.length > 0).map(([id, names]) => [id, names.map(named)]));
}
