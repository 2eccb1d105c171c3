/**
 * The real program over a hall's own hall.yaml, as a process that can be killed; and Mosquitto as a centre's broker that can
 * be killed as well.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { bundle } from '../../.ci/build.mjs';
import { ROOT } from '../../.ci/tree.ts';
import { until } from '../../simulators/kit/until.ts';
import { freePort, PASSWORD, type TestHall } from '../testing-gateway.ts';

/** Bundles the program for one test file; resolves with its path. */
export async function buildProgram(name: string): Promise<string> {
  const file = join(ROOT, '.cache', name, 'hall-gateway.mjs');
  await bundle('gateway/main.ts', file);
  return file;
}

export interface Process {
  /** What it has printed so far. */
  said(): string;
  /** Peak of its resident memory so far, in MiB (Linux). */
  peakMiB(): number;
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Runs `hall-gateway run` over the settings of `hall`; `nodeOptions` are those of Node's command line. */
export async function runProgram(file: string, hall: TestHall, nodeOptions: readonly string[] = []): Promise<Process> {
  const folder = await freshFolder();
  const settings = join(folder, 'hall.yaml');
  await writeFile(settings, hall.hallYaml);
  return startProcess(process.execPath, [...nodeOptions, file, 'run', settings], {
    ...process.env,
    DESK_PASSWORD: PASSWORD,
  });
}

export interface Mosquitto {
  readonly port: number;
  readonly url: string;
  start(): Promise<void>;
  /** Dies without a word; what it held in memory is gone. */
  kill(): Promise<void>;
}

/** A Mosquitto that keeps nothing on disk, on a port of its own; not started yet. */
export async function mosquittoAt(program: string): Promise<Mosquitto> {
  const folder = await freshFolder();
  const port = await freePort();
  const config = join(folder, 'mosquitto.conf');
  const lines = [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'max_queued_messages 0', 'log_type none'];
  if (process.getuid?.() === 0) lines.unshift('user root');
  await writeFile(config, `${lines.join('\n')}\n`);
  let running: Process | undefined;
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    async start() {
      running = startProcess(program, ['-c', config], process.env);
      await until('Mosquitto listens', () => listens(port));
    },
    async kill() {
      await running?.end('SIGKILL');
    },
  };
}

export interface Relay {
  readonly port: number;
  /** From now on nothing passes, though the connections stand. */
  freeze(): void;
  /** Cuts what stands, with everything that is on its way, and lets new connections through. */
  cut(): void;
}

/** A piece of network between somebody and `targetPort`. */
export async function startRelay(targetPort: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(one);
          other.destroy();
        });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => sockets.forEach((socket) => socket.destroy());
  onTestFinished(() => {
    cut();
    server.close();
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    freeze: () => sockets.forEach((socket) => socket.unpipe().pause()),
    cut,
  };
}

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trial-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function startProcess(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Process {
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const exited = once(child, 'exit');
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (said += text.toString()));
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
  };
  onTestFinished(() => end('SIGKILL'));
  return {
    said: () => said,
    peakMiB: () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1_024,
    end,
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ port, host: '127.0.0.1' }, () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}
