/**
 * People in the demo hall, seeded: at every window a clerk calls the next ticket, serves, asks for an evaluation, and the
 * citizen presses a key or walks away; staff punch at the clocks. What truly happened goes into the tally.
 */
import type { CommandSender } from '../central/command-sender.ts';
import type { Random } from '../kit/random.ts';
import { evaluatorId } from './demo-settings.ts';
import { STAFF, type StandingHall } from './standing-hall.ts';
import type { Tally } from './tally.ts';

export interface VisitsOptions {
  hall: StandingHall;
  windows: readonly number[];
  /** The calling programme's connection to the local broker. */
  programme: Pick<CommandSender, 'sendCommand'>;
  tally: Tally;
  random: Random;
  perMinute: number;
  signal: AbortSignal;
}

/** Happenings of one visit: the caller's key and the evaluation. */
const HAPPENINGS_A_VISIT = 2;
const WALKS_AWAY = 0.1;
const PUNCH_SHARE = 0.2;
const MS_PER_MINUTE = 60_000;
/** The same key again sooner than this is one press to the bus (its frames carry no number), so nobody is that quick. */
const BETWEEN_VISITS_MS = 3_500;
const LEVELS = [5, 5, 5, 5, 4, 4, 4, 3, 2, 1];

/** What identifies a happening, as truth and as it arrives. Presses at one window are alike, so they are counted. */
export function callIdentity(device: string): string {
  return `${device} call-next`;
}
export function evaluationIdentity(device: string, level: number): string {
  return `${device} level ${level}`;
}
export function punchIdentity(device: string, userId: string, deviceTime: string): string {
  return `${device} ${userId} ${deviceTime}`;
}

/** Lives until the signal; resolves when every visit that had begun is over. */
export async function liveVisits(options: VisitsOptions): Promise<void> {
  const { windows, perMinute, random } = options;
  if (perMinute === 0) return;
  const visitsAMinute = (perMinute * (1 - PUNCH_SHARE)) / HAPPENINGS_A_VISIT;
  const visitEveryMs = (MS_PER_MINUTE * windows.length) / visitsAMinute;
  const punchEveryMs = MS_PER_MINUTE / (perMinute * PUNCH_SHARE);
  await Promise.all([
    ...windows.map((window) => serveWindow(options, window, visitEveryMs, random.fork())),
    punchNowAndThen(options, punchEveryMs, random.fork()),
  ]);
}

async function serveWindow(options: VisitsOptions, window: number, everyMs: number, random: Random): Promise<void> {
  let served = 0;
  while (await pause(Math.max(BETWEEN_VISITS_MS, everyMs * (0.5 + random.next())), options.signal)) {
    served += 1;
    await oneVisit(options, window, `A${String((window * 100 + served) % 1000).padStart(3, '0')}`, random);
  }
}

async function oneVisit(options: VisitsOptions, window: number, ticketNumber: string, random: Random): Promise<void> {
  const { hall, programme, tally, signal } = options;
  const device = evaluatorId(window);
  tally.made(callIdentity(device));
  await hall.bus.callerKey(window, 'call-next');
  const command = (name: string, data: Record<string, unknown>) =>
    programme.sendCommand('evaluator', device, name, data).then(
      (results) => results.at(-1)?.status === 'done',
      () => false,
    );
  await command('show-ticket', { ticketNumber });
  await pause(1_000 + random.int(0, 1_000), signal);
  const asked = await command('start-evaluation', { ticketNumber });
  if (!asked || random.chance(WALKS_AWAY)) return;
  await pause(500 + random.int(0, 1_500), signal);
  const level = random.pick(LEVELS);
  tally.made(evaluationIdentity(device, level));
  await hall.bus.press(window, level);
}

async function punchNowAndThen({ hall, tally, signal }: VisitsOptions, everyMs: number, random: Random): Promise<void> {
  const seen = new Set<string>();
  while (await pause(everyMs * (0.5 + random.next()), signal)) {
    const { entry, clock } = random.pick(hall.clocks);
    const { userId } = random.pick(STAFF);
    const identity = punchIdentity(entry.id, userId, clock.body.time());
    // The clock cannot tell two punches of one person in one second apart, so nobody does that here.
    if (seen.has(identity)) continue;
    seen.add(identity);
    const punch = clock.punch(userId);
    tally.made(punchIdentity(entry.id, userId, punch.time));
  }
}

/** False when the signal ended the pause. */
function pause(delayMs: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve(!signal.aborted);
    };
    const timer = setTimeout(done, delayMs);
    signal.addEventListener('abort', done);
  });
}
