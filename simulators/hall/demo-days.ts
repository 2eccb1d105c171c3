/**
 * One day after the other in the demo hall, each beginning when the doors have just opened, with its faults if it shall have
 * some.
 */
import type { CommandSender } from '../central/command-sender.ts';
import { seededRandom } from '../kit/random.ts';
import { planDay } from './day.ts';
import { HOUR_MS } from './day-curve.ts';
import { scheduleFaults } from './fault-schedule.ts';
import { startFaults, type FaultHooks } from './faults.ts';
import type { HallFile } from './hall-file.ts';
import { startLife, type Life } from './life.ts';
import type { StandIn } from './stand-in.ts';

export interface DaysOptions {
  file: HallFile;
  devices: readonly StandIn[];
  programme: Pick<CommandSender, 'sendCommand'>;
  visitsPerDay: number;
  speed: number;
  seed: number;
  /** Absent: nothing goes wrong by itself. */
  faults?: FaultHooks;
  signal: AbortSignal;
}

/** The morning's first visitors are at the windows, and the staff still punches. */
const BEGINS_MS = 9.2 * HOUR_MS;
const ENDS_MS = 17.5 * HOUR_MS;
const FAULTS_PER_HOUR = 12;
const STAFF = 60;
const MS_PER_SECOND = 1_000;
const SECONDS_PER_DAY = 86_400;

export interface Days {
  /** Resolves when every deed that had begun is done. */
  over: Promise<void>;
  /** Milliseconds after midnight in the hall. */
  nowMs(): number;
}

/** Lives until the signal. */
export function liveDays(options: DaysOptions): Days {
  let today: Life | undefined;
  const live = async () => {
    const { signal, visitsPerDay } = options;
    // A kiosk prints no number twice on one date, and the demo may run several times on one.
    let firstTicket = Math.floor(Date.now() / MS_PER_SECOND) % SECONDS_PER_DAY;
    for (let day = 0; visitsPerDay > 0 && !isAborted(signal); day += 1) {
      await liveDay(options, day, firstTicket, (life) => (today = life));
      firstTicket += visitsPerDay;
    }
  };
  return { over: live(), nowMs: () => today?.nowMs() ?? BEGINS_MS };
}

async function liveDay(
  options: DaysOptions,
  day: number,
  firstTicket: number,
  onDay: (life: Life) => void,
): Promise<void> {
  const { file, devices, programme, visitsPerDay, speed, seed, faults, signal } = options;
  const random = seededRandom(seed + day);
  const plan = { devices: file.devices, random: random.fork(), visits: visitsPerDay, staff: STAFF, firstTicket };
  const times = { fromMs: BEGINS_MS, throughMs: ENDS_MS };
  const life = startLife({
    ...{ devices, speed, signal, ...times },
    actors: planDay(plan),
    sendCommand: async (kind, device, command, data) =>
      (await programme.sendCommand(kind, device, command, data)).at(-1)?.status ?? 'unanswered',
  });
  onDay(life);
  const schedule = { devices, random: random.fork(), perHour: FAULTS_PER_HOUR, ...times };
  const trouble = faults
    ? startFaults({ plan: scheduleFaults(schedule), devices, speed, signal, fromMs: BEGINS_MS, hooks: faults })
    : undefined;
  await Promise.all([life.over, trouble?.over]);
}

/** A call, because the compiler believes that a property read twice has not changed in between. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
