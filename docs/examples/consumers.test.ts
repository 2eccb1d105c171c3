/**
 * Both example consumers, run as the programs that they are, against a real broker.
 */
import { Aedes } from 'aedes';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connectAsync } from 'mqtt';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { requirePythonModule } from '../../simulators/kit/tools.ts';

const python = requirePythonModule('paho.mqtt.client');
const EPOCH = '01JWK3N6V0A7B9C2D4E6F8G0HJ';
const NEXT_EPOCH = '01JWP00000000000000000000A';
const RECEIPTS = 'hall/v1/h1/gateway/g1/receipt';
const WAIT = { timeout: 20_000, interval: 20 };
const EVENT_TOPIC = 'hall/v1/h1/evaluator/e1/event/hall.evaluation.submitted.v1';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Line {
  what: string;
  sequence?: number;
  from?: number;
  through?: number;
}

function event(sequence: number, more: object = {}) {
  return {
    specversion: '1.0',
    id: `id-${sequence}`,
    source: '/halls/h1/gateways/g1/evaluator/e1',
    type: 'hall.evaluation.submitted.v1',
    sequence: String(sequence).padStart(16, '0'),
    epoch: EPOCH,
    data: {},
    ...more,
  };
}

async function startBroker(): Promise<number> {
  const aedes = await Aedes.createBroker();
  const server = createServer(aedes.handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  closers.push(() => new Promise<void>((resolve) => aedes.close(resolve)));
  return (server.address() as AddressInfo).port;
}

/** Starts a program and collects the JSON lines that it prints. */
function start(command: string, args: string[]): Line[] {
  const lines: Line[] = [];
  const child: ChildProcess = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout) createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line) as Line));
  closers.push(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  return lines;
}

const consumers = [
  {
    name: 'consumer.ts',
    command: (port: number) =>
      start(process.execPath, ['--import', 'tsx', file('consumer.ts'), `mqtt://127.0.0.1:${port}`]),
  },
  ...(python
    ? [
        {
          name: 'consumer.py',
          command: (port: number) => start(python, [file('consumer.py'), '127.0.0.1', String(port)]),
        },
      ]
    : []),
];

function file(name: string): string {
  return join(import.meta.dirname, name);
}

describe.each(consumers)('$name', ({ command }) => {
  it('stores each event once, sees a hole, and sends receipts that never jump over it', async () => {
    const port = await startBroker();
    const central = await connectAsync(`mqtt://127.0.0.1:${port}`);
    closers.push(() => central.endAsync(true));
    const receipts: number[] = [];
    const receiptsAfterSalvage: number[] = [];
    await central.subscribeAsync(RECEIPTS, { qos: 1 });
    central.on('message', (_, payload) => {
      const { epoch, through } = JSON.parse(payload.toString()) as { epoch: string; through: number };
      (epoch === EPOCH ? receipts : receiptsAfterSalvage).push(through);
    });
    const lines = command(port);
    const publish = (topic: string, message: unknown) =>
      central.publishAsync(topic, JSON.stringify(message), { qos: 1 });

    // The consumer's subscription has begun once it hears something; a repeat costs nothing.
    await vi.waitUntil(async () => {
      await publish(EVENT_TOPIC, event(1));
      return lines.length > 0;
    }, WAIT);
    await publish(EVENT_TOPIC, event(2));
    await publish(EVENT_TOPIC, event(2));
    await publish('hall/v1/h1/gateway/g1/backlog', [event(3), event(4)]);
    await publish('hall/v1/h1/evaluator/e1/result/beep', event(5, { type: 'hall.command.done.v1' }));
    const lost = {
      type: 'hall.gateway.lost.v1',
      data: { from: 6, through: 8, count: 3, reason: 'quota', class: 'telemetry' },
    };
    await publish('hall/v1/h1/gateway/g1/event/hall.gateway.lost.v1', event(6, lost));
    await publish(EVENT_TOPIC, event(9));
    await publish(EVENT_TOPIC, event(11));
    await vi.waitUntil(() => lines.some(({ what }) => what === 'hole') && receipts.includes(9), WAIT);
    expect(Math.max(...receipts)).toBe(9);
    await publish(EVENT_TOPIC, event(10));
    await vi.waitUntil(() => receipts.includes(11), WAIT);

    // After a salvage, events that the consumer has come again, in a new epoch and under new sequences.
    await publish(EVENT_TOPIC, event(1, { id: 'id-10', epoch: NEXT_EPOCH }));
    await publish(EVENT_TOPIC, event(2, { id: 'id-11', epoch: NEXT_EPOCH }));
    await vi.waitUntil(() => receiptsAfterSalvage.includes(2), WAIT);

    const stored = lines.filter(({ what }) => what === 'stored').map(({ sequence }) => sequence);
    expect(stored).toEqual([1, 2, 3, 4, 5, 6, 9, 11, 10]);
    expect(lines.filter(({ what }) => what === 'hole')).toEqual([{ what: 'hole', from: 10, through: 10 }]);
    expect(lines).toContainEqual({ what: 'repeat', sequence: 2, type: 'hall.evaluation.submitted.v1' });
  });
});
