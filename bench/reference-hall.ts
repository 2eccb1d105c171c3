/**
 * The reference hall at the peak hour of a normal day, at its own pace: what the gateway needs, and how soon a call from the
 * centre stands on a board. All 375 devices are simulated, in another process; the centre gives receipts and judges.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '../gateway/kernel/waiting.ts';
import { PEAK_HOUR_SHARE } from '../simulators/hall/day-curve.ts';
import { readHallFile } from '../simulators/hall/hall-file.ts';
import { writeReferenceHall } from '../simulators/hall/reference-hall.ts';
import { seededRandom } from '../simulators/kit/random.ts';
import { callBoards } from './board-calls.ts';
import { bundledGateway } from './bundled-gateway.ts';
import type { Measurement, Size } from './figure.ts';
import { whenOnline } from './online-devices.ts';
import { usageOfTree } from './process-usage.ts';
import { mean, percentile } from './statistics.ts';
import { throwUnlessTrue } from './truth-figures.ts';
import { standWholeHall, type WholeHall } from './whole-hall.ts';
import { withWorkFolder } from './work-folder.ts';

const SIZES = {
  full: { warmUpSeconds: 60, sampledSeconds: 600, calls: 524, peakCalls: 30 },
  quick: { warmUpSeconds: 1, sampledSeconds: 5, calls: 20, peakCalls: 5 },
};
const SEED = 1;
const NORMAL_DAY_VISITS = 2_500;
const STAFF = 300;
const PEAK_HOUR = 10;
const CALLS_PER_SECOND = (NORMAL_DAY_VISITS * PEAK_HOUR_SHARE) / 3_600;
const SAMPLE_MS = 1_000;
/** Each board is asked so often, and as good as never. */
const POLLED_MS = 1_000;
const UNPOLLED_MS = 3_600_000;
const BUDGET = { rssMB: 120, cpuPercent: 10, callMs: 150, pollingRatio: 1.25 };

export async function benchReferenceHall(size: Size): Promise<Measurement[]> {
  const command = await bundledGateway();
  return withWorkFolder(async (folder) => {
    const hall = await standWholeHall({ write: writeReferenceHall, folder, command, seed: SEED });
    const measurements = await measured(hall, size).catch(async (thrown: unknown) => {
      await hall.end();
      throw thrown;
    });
    throwUnlessTrue(await hall.end());
    return measurements;
  });
}

async function measured(hall: WholeHall, size: Size): Promise<Measurement[]> {
  const { warmUpSeconds, sampledSeconds, calls, peakCalls } = SIZES[size];
  const { devices } = await readHallFile(hall.written.file);
  const boards = devices.filter(({ kind, window }) => kind === 'led-board' && window !== undefined).map(({ id }) => id);
  const random = seededRandom(SEED);
  const gateway = hall.startGateway();
  await whenOnline(hall);
  const peak = hall.devices.live(peakHour());
  await sleep(warmUpSeconds * 1_000);
  const needs = await sampled(() => gateway.pid, sampledSeconds);
  const alone = await callBoards({ hall, boards, random, calls });
  const busy = await callBoards({ hall, boards, random, calls: peakCalls, perSecond: CALLS_PER_SECOND });
  hall.devices.rest();
  await peak;
  const quiet = await callsWithPolls(hall, UNPOLLED_MS, { boards, calls });
  const polled = await callsWithPolls(hall, POLLED_MS, { boards, calls });
  return [...needFigures(needs, sampledSeconds), ...callFigures({ alone, busy, quiet, polled })];
}

function peakHour() {
  const pace = { fromHour: PEAK_HOUR, throughHour: 24, speed: 1, faultsPerHour: 0, hooks: [] };
  return { seed: SEED, visits: NORMAL_DAY_VISITS, staff: STAFF, ...pace };
}

/** Calls, one at a time, with a gateway that asks every board for its health so often and has nothing else to do. */
async function callsWithPolls(
  hall: WholeHall,
  pollMs: number,
  { boards, calls }: { boards: readonly string[]; calls: number },
): Promise<number[]> {
  await hall.stopGateway();
  const settings = await readHallFile(hall.written.file);
  const devices = settings.devices.map((entry) => (entry.kind === 'led-board' ? { ...entry, pollMs } : entry));
  const file = join(hall.folder, `polled-${pollMs}.yaml`);
  await writeFile(file, JSON.stringify({ ...settings, devices }));
  hall.startGateway(file);
  await whenOnline(hall);
  return callBoards({ hall, boards, random: seededRandom(SEED), calls });
}

interface Needs {
  rssMB: number[];
  cpuPercent: number;
}

async function sampled(pid: () => number | undefined, seconds: number): Promise<Needs> {
  const look = () => {
    const process = pid();
    if (process === undefined) throw new Error('the gateway is gone');
    return usageOfTree(process);
  };
  const [first, startedMs] = [await look(), performance.now()];
  const rssMB = [first.rssMB];
  let { cpuMs } = first;
  while (performance.now() - startedMs < seconds * 1_000) {
    await sleep(SAMPLE_MS);
    const now = await look();
    rssMB.push(now.rssMB);
    ({ cpuMs } = now);
  }
  return { rssMB, cpuPercent: ((cpuMs - first.cpuMs) / (performance.now() - startedMs)) * 100 };
}

function needFigures({ rssMB, cpuPercent }: Needs, seconds: number): Measurement[] {
  const note = `375 devices, ${seconds} s at the pace of the peak hour of a day with ${NORMAL_DAY_VISITS} visits, all processes of the gateway, started as the service unit does`;
  const memory = { unit: 'MB RSS', budget: { of: 'value', atMost: BUDGET.rssMB }, note } as const;
  return [
    { name: 'reference hall, memory at its highest', value: Math.max(...rssMB), ...memory },
    { name: 'reference hall, memory on average', value: mean(rssMB), ...memory },
    {
      ...{ name: 'reference hall, processor', value: cpuPercent, unit: '% of a core', note },
      budget: { of: 'value', atMost: BUDGET.cpuPercent },
    },
  ];
}

interface CallTimes {
  alone: number[];
  busy: number[];
  quiet: number[];
  polled: number[];
}

function callFigures({ alone, busy, quiet, polled }: CallTimes): Measurement[] {
  const budget = { of: 'value', atMost: BUDGET.callMs } as const;
  const lively = `the 131 window boards in random order while the peak hour goes on; no board's wire is timed, so nothing is deducted`;
  const p50 = (times: readonly number[]) => ({ value: percentile(times, 50), unit: 'ms' });
  const p99 = (times: readonly number[]) => ({ value: percentile(times, 99), unit: 'ms' });
  const note = `${alone.length} calls, one at a time; ${lively}`;
  const atPeak = `${busy.length} calls at ${CALLS_PER_SECOND.toFixed(2)} a second; ${lively}`;
  const asked = `${polled.length} calls, one at a time, every board asked for its health each ${POLLED_MS} ms; without: each hour`;
  return [
    { name: 'call from the centre to the board, p50', ...p50(alone), note },
    { name: 'call from the centre to the board, p99', ...p99(alone), budget, note },
    { name: "call from the centre to the board at the peak's rate, p50", ...p50(busy), note: atPeak },
    { name: "call from the centre to the board at the peak's rate, p99", ...p99(busy), budget, note: atPeak },
    {
      ...{ name: 'call while all boards are polled, p50', ...p50(polled), note: asked },
      ...{ peer: { name: 'without polls', value: percentile(quiet, 50) } },
      budget: { of: 'ratio', atMost: BUDGET.pollingRatio },
    },
    {
      ...{ name: 'call while all boards are polled, p99', ...p99(polled), budget, note: asked },
      ...{ peer: { name: 'without polls', value: percentile(quiet, 99) } },
    },
  ];
}
