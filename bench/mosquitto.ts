/**
 * Mosquitto as peer or as centre, a process of its own. Persistence and TCP_NODELAY are off, as in its default settings,
 * unless the benchmark says otherwise.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { requireTool } from '../simulators/kit/tools.ts';
import { until } from '../simulators/kit/until.ts';

export interface Mosquitto {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

export interface MosquittoOptions {
  folder: string;
  /** Absent: a free one. */
  port?: number;
  /** Further lines of its configuration file. */
  lines?: readonly string[];
}

/** @throws Error when Mosquitto is not installed: a benchmark without its peer means nothing. */
export async function startMosquitto({ folder, lines = [], ...options }: MosquittoOptions): Promise<Mosquitto> {
  const program = requireTool('mosquitto');
  if (program === undefined) throw new Error('install Debian package mosquitto to run this benchmark');
  const port = options.port ?? (await freePort());
  const file = join(folder, `mosquitto-${port}.conf`);
  await writeFile(file, [`listener ${port} 127.0.0.1`, 'allow_anonymous true', ...lines, ''].join('\n'));
  const child = spawn(program, ['-c', file], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  await until('Mosquitto listens', () => listens(port));
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** A TCP port of this machine that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Does somebody listen on this port? */
export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ port, host: '127.0.0.1' });
    probe.once('error', () => resolve(false));
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
  });
}
