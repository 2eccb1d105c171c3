/**
 * A hall.yaml lived for a day: its devices stand up, people and the calling programme act, things break if wanted, and the API
 * is open. Opens in order, ends in reverse order at the signal.
 */
import { seededRandom } from '../kit/random.ts';
import { startHallApi } from './api.ts';
import { watchCables } from './cables.ts';
import { startCallingProgramme, type CallingProgramme } from './calling-programme.ts';
import { DAY_MS } from './day-curve.ts';
import { planDay } from './day.ts';
import { scheduleFaults } from './fault-schedule.ts';
import { startFaults, type FaultEntry } from './faults.ts';
import { readHallFile } from './hall-file.ts';
import { startLife, type LifeCounts } from './life.ts';
import { pause } from './pause.ts';
import { standUpHall } from './standing.ts';
import type { Happening, StandIn } from './stand-in.ts';
import { openTruth } from './truth.ts';

export interface HallRunOptions {
  path: string;
  env: NodeJS.ProcessEnv;
  /** 0: a free one. */
  apiPort: number;
  /** Where the truth is written as JSON lines; absent: in memory only. */
  record: string | undefined;
  /** Simulated seconds a second. */
  speed: number;
  seed: number;
  visitsPerDay: number;
  /** Milliseconds after midnight. */
  fromMs: number;
  /** 0: nothing breaks. */
  faultsPerHour: number;
  signal: AbortSignal;
  say: HallSayings;
}

/** What a person is told while it runs. */
export interface HallSayings {
  standing(devices: readonly StandIn[], api: string): void;
  programme(programme: Pick<CallingProgramme, 'place'>): void;
  link(up: boolean): void;
  happened(happening: Happening): void;
  broke(entry: FaultEntry): void;
}

export interface HallRunEnd {
  counts: LifeCounts;
  happenings: number;
  /** False: somebody stopped it. */
  dayOver: boolean;
}

const STAFF_MAX = 300;
/** A hall has about so many people at work for each window. */
const STAFF_PER_WINDOW = 2;

/** @throws Error in words when the file is wrong, an address or port cannot be had, or the record cannot be written. */
export async function runHall(options: HallRunOptions): Promise<HallRunEnd> {
  const { say, seed, signal } = options;
  const file = await readHallFile(options.path);
  const closers: (() => Promise<void>)[] = [];
  const opened = <T extends { close(): Promise<void> }>(part: T): T => {
    closers.push(() => part.close());
    return part;
  };
  try {
    const truth = opened(await openTruth(options.record));
    const onHappening = (happening: Happening) => {
      truth.enter(happening);
      say.happened(happening);
    };
    const hall = opened(await standUpHall({ file, seed, onHappening }));
    const cables = watchCables(hall.devices);
    const title = `${file.hall.id} · ${cables.devices.length}`;
    const api = opened(await startHallApi({ title, cables, truth }, options.apiPort));
    say.standing(cables.devices, api.url);
    const programme = opened(await startCallingProgramme({ file, env: options.env, onLink: (up) => say.link(up) }));
    say.programme(programme);
    const counts = await live(options, cables.devices, programme);
    return { counts, happenings: truth.happenings.length, dayOver: !signal.aborted };
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** The day and its faults until midnight, when everything is put right; the hall stands also when nobody is there. */
async function live(
  options: HallRunOptions,
  devices: readonly StandIn[],
  programme: CallingProgramme,
): Promise<LifeCounts> {
  const { seed, speed, fromMs, faultsPerHour, signal } = options;
  const random = seededRandom(seed);
  const windows = new Set(devices.map(({ entry }) => entry.window).filter(Boolean));
  const staff = Math.min(STAFF_MAX, Math.max(1, windows.size * STAFF_PER_WINDOW));
  const entries = devices.map(({ entry }) => entry);
  const actors = planDay({ devices: entries, random: random.fork(), visits: options.visitsPerDay, staff });
  const plan = scheduleFaults({ devices, random: random.fork(), perHour: faultsPerHour, fromMs });
  const dayOver = new AbortController();
  const untilEnd = AbortSignal.any([signal, dayOver.signal]);
  const onEntry = (entry: FaultEntry) => options.say.broke(entry);
  const faults = startFaults({ plan, devices, speed, fromMs, signal: untilEnd, onEntry });
  const { sendCommand } = programme;
  const life = startLife({ actors, devices, sendCommand, speed, fromMs, signal });
  const counts = await life.over;
  await pause((DAY_MS - life.nowMs()) / speed, signal);
  dayOver.abort();
  await faults.over;
  return counts;
}
