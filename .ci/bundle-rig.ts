/**
 * A hall of one evaluator around the bundled gateway: the far end of its RS-485 bus, a centre, and the gateway as a process.
 * Everything below is bytes and MQTT; no code of the gateway is used to check the gateway.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aedes } from 'aedes';

export interface Arrived {
  topic: string;
  retained: boolean;
  body: unknown;
}

/** A TCP port of this machine that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0);
  server.close();
  await once(server, 'close');
  return port;
}

/** The far end of the bus: a serial server that one gateway is connected to. */
export async function startBus() {
  const server = createServer();
  let socket: Socket | undefined;
  let heard = '';
  server.on('connection', (next) => {
    socket = next;
    next.on('data', (bytes) => (heard += bytes.toString('hex'))).on('error', () => undefined);
  });
  const port = await listen(server, 0);
  return {
    port,
    connected: () => socket !== undefined && !socket.destroyed,
    press: (hex: string) => socket?.write(Buffer.from(hex, 'hex')),
    /** Everything that the gateway has said, in hex. */
    heard: () => heard,
    async close() {
      socket?.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A central broker that keeps what arrives. */
export async function startCentre(port: number) {
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle);
  const arrived: Arrived[] = [];
  broker.on('publish', ({ topic, retain, payload }, client) => {
    if (client) arrived.push({ topic, retained: retain, body: JSON.parse(payload.toString()) as unknown });
  });
  await listen(server, port);
  return {
    arrived,
    async close() {
      broker.close();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The gateway's folder: its hall.yaml and its data. */
export async function makeHall(ports: { bus: number; centre: number; local: number }) {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  const file = join(folder, 'hall.yaml');
  const settings = {
    hall: { id: 'north', name: '北区政务服务大厅' },
    gateway: { id: 'gw-1', dataDirectory: join(folder, 'data') },
    broker: { listen: `127.0.0.1:${ports.local}` },
    uplink: { url: `mqtt://127.0.0.1:${ports.centre}`, backoff: { firstMs: 50, maxMs: 200 } },
    lines: { 'bus-a': { type: 'tcp', host: '127.0.0.1', port: ports.bus } },
    devices: [{ id: 'evaluator-5', kind: 'evaluator', wire: 'rs485', line: 'bus-a', address: 5 }],
  };
  await writeFile(file, JSON.stringify(settings));
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Starts `command` and keeps what it says, for the message of a test that fails. */
export function startProcess([program, ...args]: readonly [string, ...string[]]) {
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (said += text.toString()));
  return {
    said: () => said,
    running: () => child.exitCode === null && child.signalCode === null,
    /** Resolves with the exit code; null when a signal ended it. */
    end(signal: NodeJS.Signals) {
      child.kill(signal);
      return exited;
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
