/** Connections that come and go leave nothing behind: an outage of a week makes tens of thousands of them. */
import { getEventListeners } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { startCentralBroker } from '../../simulators/central/central-broker.ts';
import { HallError } from '../kernel/errors.ts';
import { uplinkSchema } from './uplink-settings.ts';
import { openWire, type WireOptions } from './wire.ts';

const optionsFor = (url: string, signal: AbortSignal): WireOptions => ({
  settings: uplinkSchema.parse({ url }),
  clientId: 'gw1',
  will: { topic: 'status', payload: 'offline' },
  signal,
  onAck: () => undefined,
  onMessage: () => Promise.resolve(),
});

it('forgets a connection that could not be made', async () => {
  const server = createServer().listen(0);
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  const { signal } = new AbortController();
  const options = optionsFor(`mqtt://127.0.0.1:${port}`, signal);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await expect(openWire(options)).rejects.toMatchObject({ code: 'uplink.unreachable' });
  }
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('forgets a connection that was lost', async () => {
  const broker = await startCentralBroker();
  const { signal } = new AbortController();
  const wire = await openWire(optionsFor(broker.url, signal));
  wire.drop(new HallError('uplink.lost'));
  await wire.dropped;
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  await broker.close();
});
