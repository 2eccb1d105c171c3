// Commands that must not be carried out: each is answered on record, and the device hears nothing.
import { randomUUID } from 'node:crypto';
import { connectAsync } from 'mqtt';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../../simulators/kit/until.ts';
import { openHall, PASSWORD } from '../testing-gateway.ts';

const BEEP = 'hall/v1/north/evaluator/evaluator-1/command/beep';

test('a command that is repeated, late, retained, forged or poisoned is carried out once or not at all, and on record', async () => {
  const hall = await openHall();
  const gateway = await hall.open();
  await until('the bus is up', () => hall.logged('line.up'));
  await until('the link is up', () => hall.logged('uplink.up'));
  const centre = await connectAsync(hall.centre.url);
  onTestFinished(() => centre.endAsync(true));
  const send = (payload: string, retain = false) => centre.publishAsync(BEEP, payload, { qos: 1, retain });
  const results = (id: string | null) =>
    hall.received.filter(({ data }) => data['commandId'] === id).map(({ data }) => data['status']);
  const answered = async (id: string | null, statuses: string[]) => {
    await until(`${statuses.join()} for ${id}`, () => results(id).length >= statuses.length);
    expect(results(id)).toEqual(statuses);
  };

  const [once, late, retained] = [randomUUID(), randomUUID(), randomUUID()];
  await send(JSON.stringify({ id: once, data: {} }));
  await answered(once, ['accepted', 'done']);
  await send(JSON.stringify({ id: once, data: {} }));
  await send(JSON.stringify({ id: late, data: {}, expiresAt: '2026-01-01T00:00:00Z' }));
  await answered(late, ['expired']);
  await send('{"id":"poisoned","data":{},"__proto__":{"admin":true}}');
  await answered(null, ['rejected']);
  // As it stands in the broker when the gateway comes: a command from who knows when.
  await centre.publishAsync(BEEP, JSON.stringify({ id: retained, data: {} }), { qos: 1, retain: true });
  hall.centre.kick('hall-north-gw-1');
  await until('the retained one is refused', () => results(retained).includes('rejected'));

  const forger = await connectAsync(`mqtt://127.0.0.1:${gateway.brokerPort}`, { reconnectPeriod: 0 });
  onTestFinished(() => forger.endAsync(true));
  forger.on('error', () => undefined);
  const cutOff = new Promise<void>((resolve) => forger.once('close', () => resolve()));
  forger.publish(BEEP, JSON.stringify({ id: 'forged', data: {} }), { qos: 1 }, () => undefined);
  await cutOff;
  await until('the forger is on record', () => hall.lines.some(({ event }) => event === 'broker.refused'));

  const desk = await hall.desk(gateway.brokerPort);
  await desk.publishAsync(BEEP, JSON.stringify({ id: 'last', data: {} }), { qos: 1 });
  await answered('last', ['accepted', 'done']);
  expect(results(once)).toEqual(['accepted', 'done']);
  expect(results('forged')).toEqual([]);
  expect(hall.bus.device(1).beeps).toBe(2);
  expect(hall.consumer.verdict()).toMatchObject({ ok: true });
  expect(JSON.stringify(hall.lines)).not.toContain(PASSWORD);
});
