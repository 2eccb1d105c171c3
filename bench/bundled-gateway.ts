/**
 * The gateway as it runs on a box: bundled into one file, in a process of its own, with the settings of a bench hall.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from '../.ci/build.mjs';
import type { EvaluatorBusSimulator } from '../simulators/evaluator/rs485.ts';
import type { SimulatedClock } from '../simulators/fingerprint-clock/clock.ts';
import { boxEnvironment, boxOptions } from '../simulators/hall/box-options.ts';
import { BENCH_CACHE } from './work-folder.ts';

export const HALL = 'bench';

export interface BenchHall {
  folder: string;
  brokerPort: number;
  /** Absent: a hall without a centre. */
  centreUrl?: string;
  buses: readonly BenchBus[];
  clocks: readonly SimulatedClock[];
}

export interface BenchBus {
  name: string;
  bus: EvaluatorBusSimulator;
  addresses: readonly number[];
}

export interface RunningGateway {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Id of the evaluator with this address on this bus. */
export function evaluatorId(busName: string, address: number): string {
  return `${busName}-${address}`;
}

/** Bundles the gateway as it is in the tree now; resolves with what follows `node` on the box. */
export async function bundledGateway(): Promise<string[]> {
  const file = join(BENCH_CACHE, 'hall-gateway.mjs');
  await bundle('gateway/main.ts', file);
  await bundle('firmware-bridge/firmata/runner.ts', join(BENCH_CACHE, 'board-runner.mjs'));
  return [...boxOptions(), file, 'run'];
}

/** Writes hall.yaml and resolves with its path. JSON is YAML. */
export async function writeSettings(hall: BenchHall): Promise<string> {
  const file = join(hall.folder, 'hall.yaml');
  const settings = {
    hall: { id: HALL, name: '测试政务大厅' },
    gateway: { id: 'gw-1', dataDirectory: join(hall.folder, 'data') },
    broker: { listen: `127.0.0.1:${hall.brokerPort}`, loopbackAnonymous: true },
    ...(hall.centreUrl !== undefined && { uplink: { url: hall.centreUrl } }),
    lines: Object.fromEntries(hall.buses.map(({ name, bus }) => [name, bus.line])),
    devices: [...hall.buses.flatMap(evaluatorEntries), ...hall.clocks.map(clockEntry)],
  };
  await writeFile(file, JSON.stringify(settings, null, 2));
  return file;
}

/** Starts the gateway; its log goes to `gateway.log` in `folder`. */
export function startGateway(command: readonly string[], settingsFile: string, folder: string): RunningGateway {
  const log = createWriteStream(join(folder, 'gateway.log'), { flags: 'a' });
  const child = spawn(process.execPath, [...command, settingsFile], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: boxEnvironment(),
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(process.stderr, { end: false });
  const exited = once(child, 'exit').finally(() => log.end());
  if (child.pid === undefined) throw new Error('the gateway could not be started');
  return {
    pid: child.pid,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Every press is to be an event: no key is taken for a second thought about the mark before it. */
function evaluatorEntries({ name, addresses }: BenchBus) {
  return addresses.map((address) => ({
    id: evaluatorId(name, address),
    ...{ kind: 'evaluator', wire: 'rs485', line: name, address, keys: 'five-key', sameEvaluationMs: 0 },
  }));
}

function clockEntry({ host, port }: SimulatedClock, index: number) {
  return { id: `clock-${index + 1}`, kind: 'fingerprint-clock', wire: 'zk', host, port };
}
