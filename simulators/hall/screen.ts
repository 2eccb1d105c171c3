/**
 * The demo's one calm screen, as pure lines: what stands in the hall, what waits, what the centre has, what came last.
 * A low terminal shows fewer of the newest events and addresses, and only then fewer devices.
 */
import { cut, pad } from './screen-columns.ts';
import { screenTexts, type Language, type ScreenTexts } from './screen-texts.ts';

export interface DeviceRow {
  id: string;
  /** Kind and place, in words. */
  what: string;
  presence: string;
  /** Why it is not online, in words; shown in place of `last`. */
  why?: string;
  last: string;
}

export interface EventRow {
  /** Local time of day. */
  time: string;
  device: string;
  text: string;
}

export interface AddressRow {
  what: string;
  address: string;
  /** A command to try; shown where the terminal is wide enough. */
  example?: string;
}

export interface ScreenView {
  language: Language;
  version: string;
  uptimeMs: number;
  /** Time of day in the hall, and how much faster than ours it passes. */
  hallTime: { text: string; speed: number };
  devices: readonly DeviceRow[];
  waiting: number;
  head: number;
  /** Key of the link texts: `up`, `down`, ... */
  link: string;
  centre: { events: number; gaps: number; repeats: number; disorder: number; p50Ms?: number; p99Ms?: number };
  truth: { made: number; arrived: number };
  newest: readonly EventRow[];
  addresses: readonly AddressRow[];
  /** How long key p pulls the uplink. */
  pulledForSeconds: number;
  /** What is being done to the hall right now, in words. */
  notice?: string;
}

const COLOURS = { green: '\u001b[32m', red: '\u001b[31m', yellow: '\u001b[33m', grey: '\u001b[90m', bold: '\u001b[1m' };
const RESET = '\u001b[0m';
const LABEL_COLUMNS = 12;
/** Title, heading of the table, three lines of summary, notice, keys, and the four blank lines between the parts. */
const FIXED_ROWS = 11;
const NEWEST_ROWS = { min: 1, max: 6 };
const ADDRESS_ROWS_MIN = 2;

/** Renders the screen for a terminal of `columns` x `rows`; with `colour` false it is plain text. */
export function renderScreen(view: ScreenView, columns: number, rows: number, colour: boolean): string[] {
  const texts = screenTexts(view.language);
  const paint: Paint = (style, text) => (colour ? `${COLOURS[style]}${text}${RESET}` : text);
  const share = shareRows(rows - FIXED_ROWS, view);
  const lines = [
    titleLine(view, texts, paint),
    '',
    ...deviceTable(view, texts, share.devices, paint),
    '',
    ...summaryLines(view, texts, paint),
    '',
    ...newestLines(view, texts, share.newest, paint),
    '',
    ...addressLines(view, texts, share.addresses, columns, paint),
    view.notice === undefined ? '' : paint('yellow', view.notice),
    paint('grey', texts.keys(view.pulledForSeconds)),
  ];
  return lines.slice(0, rows).map((line) => cut(line, columns));
}

type Paint = (style: keyof typeof COLOURS, text: string) => string;

/** Devices first, then addresses, then the newest events; each has at least a little. */
function shareRows(free: number, { devices, addresses }: ScreenView) {
  const atLeast = ADDRESS_ROWS_MIN + NEWEST_ROWS.min;
  const forDevices = Math.max(1, Math.min(devices.length, free - atLeast));
  const forAddresses = Math.min(addresses.length, Math.max(ADDRESS_ROWS_MIN, free - forDevices - NEWEST_ROWS.max));
  const forNewest = Math.max(NEWEST_ROWS.min, Math.min(NEWEST_ROWS.max, free - forDevices - forAddresses));
  return { devices: forDevices, addresses: forAddresses, newest: forNewest };
}

function titleLine(view: ScreenView, texts: ScreenTexts, paint: Paint): string {
  const title = paint('bold', `${texts.title} ${view.version}`);
  return `${title}  ${texts.hall} ${view.hallTime.text} (${view.hallTime.speed} ×) · ${texts.up} ${clockText(view.uptimeMs)}  ${paint('grey', texts.simulated)}`;
}

function deviceTable(view: ScreenView, texts: ScreenTexts, rowsMax: number, paint: Paint): string[] {
  const hidden = view.devices.length > rowsMax;
  const shown = view.devices.slice(0, hidden ? rowsMax - 1 : rowsMax);
  const whatColumns = view.language === 'zh' ? 25 : 21;
  const heading = `${pad(texts.device, 15)}${pad(texts.what, whatColumns)}${pad(texts.state, 10)}${texts.last}`;
  return [
    paint('grey', heading),
    ...shown.map((row) => {
      const state = `${dot(row.presence, paint)} ${pad(texts.presence[row.presence] ?? row.presence, 8)}`;
      return `${pad(row.id, 15)}${pad(row.what, whatColumns)}${state}${row.why === undefined ? row.last : paint('grey', row.why)}`;
    }),
    ...(hidden ? [paint('grey', `… +${view.devices.length - shown.length}`)] : []),
  ];
}

function summaryLines(view: ScreenView, texts: ScreenTexts, paint: Paint): string[] {
  const link = `${dot(view.link, paint)} ${texts.link[view.link] ?? view.link}`;
  const { events, gaps, repeats, disorder } = view.centre;
  const judged = dot(gaps + disorder === 0 ? 'up' : 'down', paint);
  return [
    `${label(texts.queue, paint)}${link} · ${texts.waiting(view.waiting)} · ${texts.head(view.head)}${latencyText(view, texts)}`,
    `${label(texts.centre, paint)}${judged} ${texts.verdict(events, gaps, repeats, disorder)}`,
    `${label(texts.truth, paint)}  ${texts.truthCounts(view.truth.made, view.truth.arrived)}`,
  ];
}

function newestLines(view: ScreenView, texts: ScreenTexts, rows: number, paint: Paint): string[] {
  return view.newest
    .slice(0, rows)
    .map(
      (row, index) => `${label(index === 0 ? texts.newest : '', paint)}${row.time}  ${pad(row.device, 15)}${row.text}`,
    );
}

function addressLines(view: ScreenView, texts: ScreenTexts, rows: number, columns: number, paint: Paint): string[] {
  return view.addresses.slice(0, rows).map(({ what, address, example }, index) => {
    const line = `${label(index === 0 ? texts.look : '', paint)}${pad(what, 18)}${address}`;
    const longer = example === undefined ? line : `${pad(line, 58)}${example}`;
    return cut(longer, columns) === longer ? longer : line;
  });
}

function label(text: string, paint: Paint): string {
  return paint('grey', pad(text, LABEL_COLUMNS));
}

function dot(state: string, paint: Paint): string {
  if (state === 'online' || state === 'up') return paint('green', '●');
  if (state === 'offline' || state === 'down' || state === 'killed') return paint('red', '●');
  return paint('yellow', '●');
}

function latencyText({ centre: { p50Ms, p99Ms } }: ScreenView, texts: ScreenTexts): string {
  if (p50Ms === undefined || p99Ms === undefined) return '';
  return ` · ${texts.latency(`${p50Ms.toFixed(0)} ms`, `${p99Ms.toFixed(0)} ms`)}`;
}

function clockText(uptimeMs: number): string {
  const seconds = Math.floor(uptimeMs / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
