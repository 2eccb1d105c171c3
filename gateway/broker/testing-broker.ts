/**
 * A broker with two devices, a calling programme and nothing behind it, for tests.
 */
import { afterEach, expect } from 'vitest';
import { collectingLog } from '../kernel/log.ts';
import { Secret } from '../kernel/secret.ts';
import { startBroker, type BrokerOptions, type LocalBroker } from './broker.ts';
import { connectPacket, rawClient } from './raw-client.ts';

export const HOST = '127.0.0.1';
export const DEVICE = { id: 'box-1', user: 'box-1', password: 'box-password' };
export const OTHER = { id: 'box-2', user: 'box-2', password: 'other-password' };
export const CALLER = { id: 'caller', user: 'caller', password: 'caller-password' };
export const CONNECTED = '20020000';
export const PING = Buffer.from('c000', 'hex');
export const COMMAND = 'hall/v1/h/evaluator/box-1/command/show-text';

const running: LocalBroker[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((broker) => broker.close()));
});

export async function start(options: Partial<BrokerOptions> = {}) {
  const log = collectingLog();
  const broker = await startBroker({
    listen: { host: HOST, port: 0 },
    place: { hall: 'h', gateway: 'g' },
    accounts: [
      { role: 'device', user: 'box-1', device: 'box-1', password: new Secret('box-password') },
      { role: 'device', user: 'box-2', device: 'box-2', password: new Secret('other-password') },
      { role: 'software', user: 'caller', commands: ['evaluator/*'], password: new Secret('caller-password') },
    ],
    log,
    onDeviceMessage: () => Promise.resolve(),
    onCommand: () => Promise.resolve(),
    ...options,
  });
  running.push(broker);
  return { broker, log, events: () => log.lines.map((line) => line.event) };
}

export async function login(port: number, who: typeof DEVICE, from?: string) {
  const client = await rawClient(port, from);
  client.send(connectPacket(who));
  expect(await client.read(4)).toBe(CONNECTED);
  return client;
}
