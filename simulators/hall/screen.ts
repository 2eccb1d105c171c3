/**
 * The demo's one calm screen, as pure lines: what stands in the hall, what waits, what the centre has, what came last.
 */
import stringWidth from 'string-width';
import { screenTexts, type Language, type ScreenTexts } from './screen-texts.ts';

export interface DeviceRow {
  id: string;
  /** Kind and wire: `evaluator/rs485`. */
  what: string;
  presence: string;
  last: string;
}

export interface EventRow {
  /** Local time of day. */
  time: string;
  device: string;
  text: string;
}

export interface ScreenView {
  language: Language;
  version: string;
  hall: string;
  uptimeMs: number;
  devices: readonly DeviceRow[];
  waiting: number;
  head: number;
  /** Key of the link texts: `up`, `down`, ... */
  link: string;
  centre: { events: number; gaps: number; repeats: number; disorder: number; p50Ms?: number; p99Ms?: number };
  truth: { made: number; arrived: number };
  newest: readonly EventRow[];
  addresses: readonly { what: string; address: string }[];
  /** What is being done to the hall right now, in words. */
  notice?: string;
}

const COLOURS = { green: '\u001b[32m', red: '\u001b[31m', yellow: '\u001b[33m', grey: '\u001b[90m', bold: '\u001b[1m' };
const RESET = '\u001b[0m';
const ESCAPE = '\u001b';
const COLOUR_OR_CHARACTER = new RegExp(`${ESCAPE}\\[\\d+m|.`, 'gu');

/** Renders the screen for a terminal of `columns` x `rows`; with `colour` false it is plain text. */
export function renderScreen(view: ScreenView, columns: number, rows: number, colour: boolean): string[] {
  const texts = screenTexts(view.language);
  const paint = (style: keyof typeof COLOURS, text: string) => (colour ? `${COLOURS[style]}${text}${RESET}` : text);
  const label = (text: string) => paint('grey', pad(text, 14));
  const footer = [
    '',
    ...view.addresses.map(
      ({ what, address }, index) => `${label(index === 0 ? texts.look : '')}${pad(what, 26)}${address}`,
    ),
    '',
    view.notice === undefined ? paint('grey', texts.keys) : paint('yellow', view.notice),
  ];
  const summary = [
    `${label(texts.queue)}${dot(view.link, paint)} ${texts.link[view.link] ?? view.link} · ${texts.waiting(view.waiting)} · ${texts.head(view.head)}`,
    `${label(texts.centre)}${verdictLine(view, texts)}`,
    `${label('')}${texts.truth(view.truth.made, view.truth.arrived)}`,
  ];
  const header = [
    `${paint('bold', `${texts.title} ${view.version}`)}  ${view.hall}  ${texts.up} ${clockText(view.uptimeMs)}  ${paint('grey', texts.simulated)}`,
    '',
  ];
  const free = Math.max(4, rows - header.length - summary.length - footer.length - 3);
  const newestRows = Math.max(2, Math.min(6, Math.floor(free / 3)));
  const table = deviceTable(view, texts, Math.max(2, free - newestRows), paint);
  const newest = view.newest
    .slice(0, newestRows)
    .map((row, index) => `${label(index === 0 ? texts.newest : '')}${row.time}  ${pad(row.device, 16)}${row.text}`);
  return [...header, ...table, '', ...summary, '', ...newest, ...footer].map((line) => cut(line, columns));
}

type Paint = (style: keyof typeof COLOURS, text: string) => string;

function deviceTable(view: ScreenView, texts: ScreenTexts, rowsMax: number, paint: Paint): string[] {
  const shown = view.devices.slice(0, rowsMax - 1);
  const hidden = view.devices.length - shown.length;
  const lines = [paint('grey', `${pad(texts.device, 18)}${pad('', 26)}${pad(texts.state, 10)}${texts.last}`)];
  for (const row of shown) {
    const state = `${dot(row.presence, paint)} ${pad(texts.presence[row.presence] ?? row.presence, 8)}`;
    lines.push(`${pad(row.id, 18)}${pad(row.what, 26)}${state}${row.last}`);
  }
  if (hidden > 0) lines.push(paint('grey', `… +${hidden}`));
  return lines;
}

function dot(state: string, paint: Paint): string {
  if (state === 'online' || state === 'up') return paint('green', '●');
  if (state === 'offline' || state === 'down' || state === 'killed') return paint('red', '●');
  return paint('yellow', '●');
}

function verdictLine(view: ScreenView, texts: ScreenTexts): string {
  const { events, gaps, repeats, disorder, p50Ms, p99Ms } = view.centre;
  const counts = texts.verdict(events, gaps, repeats, disorder);
  if (p50Ms === undefined || p99Ms === undefined) return counts;
  return `${counts} · ${texts.latency(`${p50Ms.toFixed(0)} ms`, `${p99Ms.toFixed(0)} ms`)}`;
}

function clockText(uptimeMs: number): string {
  const seconds = Math.floor(uptimeMs / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** Text padded to `width` columns; a Chinese character takes two. */
function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(1, width - stringWidth(text)));
}

/** The line cut to the terminal's width; colour codes take no column. */
function cut(line: string, columns: number): string {
  if (stringWidth(line) <= columns) return line;
  let width = 0;
  let end = 0;
  let colours = '';
  for (const [piece] of line.matchAll(COLOUR_OR_CHARACTER)) {
    if (piece.startsWith(ESCAPE)) colours = RESET;
    else if (width + stringWidth(piece) > columns - 1) break;
    else width += stringWidth(piece);
    end += piece.length;
  }
  return `${line.slice(0, end)}…${colours}`;
}
