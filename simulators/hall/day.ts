/**
 * A day of the hall as a plan, before anything happens: who comes when, takes a ticket, is called, served and asked; who
 * punches; what cameras see. The same seed and hall make the same day. Every actor (a window, a kiosk, a clock, a camera) has
 * steps of its own, in order; what is late for one is late for nobody else.
 */
import type { Random } from '../kit/random.ts';
import { arrivals, DAY_MS, HOUR_MS } from './day-curve.ts';
import type { DeviceEntry } from './hall-file.ts';
import { staffOf, type Person } from './people.ts';

/** What somebody does: a hand at a device, or a command of the calling programme. */
export type Deed =
  | { by: 'person'; device: string; hand: string; input: Record<string, unknown> }
  | { by: 'programme'; device: string; kind: string; command: string; data: Record<string, unknown> };

export interface Step {
  /** Milliseconds after midnight. */
  atMs: number;
  deed: Deed;
}

export interface Actor {
  name: string;
  /** In order of time. */
  steps: Step[];
}

export interface DayOptions {
  devices: readonly DeviceEntry[];
  random: Random;
  visits: number;
  staff: number;
  /** Numbers of the day's tickets begin here (1): a kiosk prints no number twice on one date. */
  firstTicket?: number;
  /** Motions that each camera sees in an hour of the day. */
  motionsPerHour?: number;
}

/** Words on the screen of a tablet for a mark of 1 or 2. */
const REASONS = ['等候时间长', '服务态度不好', '一次没有说清'];
/** What the kiosks offer, and the letter of its tickets. */
export const BUSINESSES = [
  { letter: 'A', code: 'SS01', name: '社保业务' },
  { letter: 'B', code: 'HJ01', name: '户籍业务' },
  { letter: 'C', code: 'BDC1', name: '不动产登记' },
  { letter: 'D', code: 'SW01', name: '税务业务' },
];
/** Marks as people give them: mostly good. */
const MARKS = [5, 5, 5, 5, 5, 5, 4, 4, 4, 3, 2, 1];
const RATED = 0.6;
const WITH_CARD = 0.4;
/** Wire of hall boards: keys and lamps, no printer and no display of tickets. */
const PANEL_ONLY = 'firmata';
/** Wire whose evaluators share their address with the clerk's caller. */
const WITH_CALLER = 'rs485';
const AT_KIOSK_MS = 4_000;
const WALK_TO_WINDOW_MS = 20_000;
const SERVICE_MS = { min: 180_000, spread: 900_000 };
const THINKS_MS = { min: 2_000, spread: 8_000 };
const MOTIONS_PER_HOUR = 2;
const MOTION_MS = { min: 2_000, spread: 20_000 };
/** In, out, in, out; hours of the day. */
const PUNCH_HOURS = [8.75, 12.1, 12.9, 17.1];
const PUNCH_SPREAD_MS = 600_000;

interface Window {
  number: string;
  evaluator: DeviceEntry | undefined;
  board: DeviceEntry | undefined;
  steps: Step[];
  freeMs: number;
}

export function planDay(options: DayOptions): Actor[] {
  const { devices, random } = options;
  const of = (kind: string) => devices.filter((entry) => entry.kind === kind);
  return [
    ...visitActors(of('ticket-dispenser'), windowsOf(devices), options, random.fork()),
    ...punchActors(of('fingerprint-clock'), staffOf(options.staff), random.fork()),
    ...of('camera').map((camera) => cameraActor(camera, options.motionsPerHour ?? MOTIONS_PER_HOUR, random.fork())),
  ].filter(({ steps }) => steps.length > 0);
}

/** Every window that has an evaluator or a board. */
function windowsOf(devices: readonly DeviceEntry[]): Window[] {
  const windows = new Map<string, Window>();
  for (const entry of devices) {
    if (entry.window === undefined || (entry.kind !== 'evaluator' && entry.kind !== 'led-board')) continue;
    const empty: Window = { number: entry.window, evaluator: undefined, board: undefined, steps: [], freeMs: 0 };
    const window = windows.get(entry.window) ?? empty;
    windows.set(entry.window, window);
    if (entry.kind === 'evaluator') window.evaluator = entry;
    else window.board = entry;
  }
  return [...windows.values()];
}

/** Kiosks give out numbers as people come; the window that is free first calls. */
function visitActors(
  kiosks: readonly DeviceEntry[],
  windows: Window[],
  { visits, firstTicket = 1 }: DayOptions,
  random: Random,
): Actor[] {
  const desks = kiosks.map((entry) => ({ entry, steps: [] as Step[], freeMs: 0 }));
  if (windows.length === 0) return [];
  for (const [index, comesMs] of arrivals(visits, random).entries()) {
    const business = random.pick(BUSINESSES);
    const ticketNumber = `${business.letter}${String(firstTicket + index).padStart(4, '0')}`;
    if (desks.length > 0) {
      const desk = random.pick(desks);
      const takesMs = Math.max(comesMs, desk.freeMs);
      desk.steps.push(...ticketSteps(desk.entry, takesMs, ticketNumber, business, random));
      desk.freeMs = takesMs + AT_KIOSK_MS;
    }
    const window = windows.reduce((first, other) => (other.freeMs < first.freeMs ? other : first));
    serve(window, Math.max(comesMs + WALK_TO_WINDOW_MS, window.freeMs), ticketNumber, random);
  }
  return [
    ...desks.map(({ entry, steps }) => ({ name: entry.id, steps })),
    ...windows.map(({ number, steps }) => ({ name: `window ${number}`, steps })),
  ];
}

function ticketSteps(
  { id, kind, wire }: DeviceEntry,
  atMs: number,
  ticketNumber: string,
  { code, name }: { code: string; name: string },
  random: Random,
): Step[] {
  const person = (hand: string, input: Record<string, unknown>): Deed => ({ by: 'person', device: id, hand, input });
  const card = random.chance(WITH_CARD) ? [{ atMs, deed: person('card', { person: random.int(0, 1_000) }) }] : [];
  const press = { atMs: atMs + 1_000, deed: person('press', { business: code }) };
  // A panel of a hall board has no printer: the queue system tells the number another way.
  if (wire === PANEL_ONLY) return [press];
  const data = { ticketNumber, businessType: { code, name }, issuedAt: ISSUED_AT_NOW, source: 'onsite' };
  const print: Deed = { by: 'programme', device: id, kind, command: 'print-ticket', data };
  return [...card, press, { atMs: atMs + 1_500, deed: print }];
}

/** Stands for the moment at which the command is sent. */
export const ISSUED_AT_NOW = 'now';

/** Call, show, serve, ask, and the citizen's mark or none. */
function serve(window: Window, calledMs: number, ticketNumber: string, random: Random): void {
  const { evaluator, board, number, steps } = window;
  const doneMs = calledMs + SERVICE_MS.min + random.int(0, SERVICE_MS.spread);
  const programme = (entry: DeviceEntry, command: string, data: Record<string, unknown>): Deed => {
    return { by: 'programme', device: entry.id, kind: entry.kind, command, data };
  };
  if (evaluator) {
    if (evaluator.wire === WITH_CALLER)
      steps.push({ atMs: calledMs, deed: person(evaluator, 'call', { key: 'call-next' }) });
    if (evaluator.wire !== PANEL_ONLY) {
      steps.push({ atMs: calledMs + 100, deed: programme(evaluator, 'show-ticket', { ticketNumber }) });
    }
  }
  if (board) {
    const call = { ticketNumber, window: number };
    steps.push({ atMs: calledMs + 100, deed: programme(board, 'show-call', call) });
  }
  const ratesMs = doneMs + THINKS_MS.min + random.int(0, THINKS_MS.spread);
  if (evaluator) {
    steps.push({ atMs: doneMs, deed: programme(evaluator, 'start-evaluation', { ticketNumber }) });
    const level = random.pick(MARKS);
    const reasons = level <= 2 ? [random.pick(REASONS)] : [];
    if (random.chance(RATED)) steps.push({ atMs: ratesMs, deed: person(evaluator, 'rate', { level, reasons }) });
  }
  window.freeMs = ratesMs + WALK_TO_WINDOW_MS;
}

function person({ id }: DeviceEntry, hand: string, input: Record<string, unknown>): Deed {
  return { by: 'person', device: id, hand, input };
}

/** Everybody four times, each at a clock of the day's choice. */
function punchActors(clocks: readonly DeviceEntry[], staff: readonly Person[], random: Random): Actor[] {
  if (clocks.length === 0) return [];
  const actors = new Map(clocks.map((clock) => [clock.id, { name: clock.id, steps: [] as Step[] }]));
  for (const { userId } of staff) {
    for (const [index, hour] of PUNCH_HOURS.entries()) {
      const clock = random.pick(clocks);
      const atMs = hour * HOUR_MS + random.int(-PUNCH_SPREAD_MS, PUNCH_SPREAD_MS);
      actors.get(clock.id)?.steps.push({ atMs, deed: person(clock, 'punch', { userId, punch: index % 2 }) });
    }
  }
  for (const { steps } of actors.values()) steps.sort((a, b) => a.atMs - b.atMs);
  return [...actors.values()];
}

/** By day motion comes and goes; at night it is rare. */
function cameraActor(camera: DeviceEntry, perHour: number, random: Random): Actor {
  const steps: Step[] = [];
  const motion = (on: boolean): Deed => person(camera, 'motion', { on });
  for (let atMs = random.int(0, HOUR_MS); atMs < DAY_MS;) {
    const endMs = atMs + MOTION_MS.min + random.int(0, MOTION_MS.spread);
    steps.push({ atMs, deed: motion(true) }, { atMs: endMs, deed: motion(false) });
    const open = atMs > 8 * HOUR_MS && atMs < 18 * HOUR_MS;
    atMs = endMs + random.int(0, (2 * HOUR_MS) / perHour) * (open ? 1 : NIGHT_FACTOR);
  }
  return { name: camera.id, steps };
}

const NIGHT_FACTOR = 8;
