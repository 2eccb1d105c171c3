// Somebody who only holds a door open must not keep the gateway from stopping in time.
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { until } from '../../simulators/kit/until.ts';
import { HOST, start } from './testing-broker.ts';

const IN_TIME_MS = 3_000;

it('a socket that never says a word on the WebSocket port is cut when the broker closes', async () => {
  const { broker } = await start({ websocket: { host: HOST, port: 0 } });
  const idle = connect({ host: HOST, port: broker.websocketPort ?? 0 });
  idle.on('error', () => undefined);
  onTestFinished(() => void idle.destroy());
  await once(idle, 'connect');
  await until('it is noticed', () => broker.status().pending === 1);
  const begunMs = performance.now();
  await broker.close();
  expect(performance.now() - begunMs).toBeLessThan(IN_TIME_MS);
});
