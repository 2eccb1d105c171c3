/** The centre's broker: each fault is seen by a plain MQTT client. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectAsync, type MqttClient } from 'mqtt';
import { until } from '../kit/until.ts';
import { startCentralBroker, type CentralBroker } from './central-broker.ts';
import { startCommandSender } from './command-sender.ts';

describe('the central broker', () => {
  let broker: CentralBroker;
  let client: MqttClient;

  beforeEach(async () => {
    broker = await startCentralBroker();
    client = await connectAsync(broker.url, { clientId: 'a', reconnectPeriod: 0 });
  });
  afterEach(async () => {
    await client.endAsync(true);
    await broker.close();
  });

  /** Publishes; resolves at the PUBACK. */
  const publish = (topic = 't') => client.publishAsync(topic, '{}', { qos: 1 });
  const settledIn = async (work: Promise<unknown>, ms: number) =>
    Promise.race([work.then(() => true), new Promise<boolean>((resolve) => setTimeout(() => resolve(false), ms))]);

  it('acknowledges, and forwards to subscribers', async () => {
    const heard: string[] = [];
    client.on('message', (topic) => void heard.push(topic));
    await client.subscribeAsync('t');
    await publish();
    await until('the message', () => heard.length === 1);
    expect(broker.clientIds()).toEqual(['a']);
  });

  it('refuses with the CONNACK code it is told', async () => {
    broker.faults.refuse = 3;
    await expect(connectAsync(broker.url, { reconnectPeriod: 0 }, false)).rejects.toMatchObject({ code: 3 });
  });

  it('asks for user name and password when it knows some', async () => {
    const guarded = await startCentralBroker({ users: { hall: 'secret' } });
    await expect(connectAsync(guarded.url, { username: 'hall', password: 'x' }, false)).rejects.toMatchObject({
      code: 4,
    });
    const friend = await connectAsync(guarded.url, { username: 'hall', password: 'secret' });
    await friend.endAsync(true);
    await guarded.close();
  });

  it('acknowledges and forgets', async () => {
    const heard: string[] = [];
    client.on('message', (topic) => void heard.push(topic));
    await client.subscribeAsync('#');
    broker.faults.forget = (topic) => topic === 'gone';
    await publish('gone');
    await publish('kept');
    await until('the other message', () => heard.length === 1);
    expect(heard).toEqual(['kept']);
  });

  it('swallows the next PUBACK only', async () => {
    broker.faults.swallowPubacks = 1;
    const first = publish();
    await publish();
    expect(await settledIn(first, 50)).toBe(false);
    first.catch(() => undefined);
  });

  it('freezes and thaws', async () => {
    broker.faults.frozen = true;
    const work = publish();
    expect(await settledIn(work, 50)).toBe(false);
    broker.faults.frozen = false;
    await work;
  });

  it('answers late', async () => {
    broker.faults.delayMs = 60;
    const startedMs = performance.now();
    await publish();
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(55);
  });

  it('cuts the connection for a message it cannot bear', async () => {
    broker.faults.dieOf = (_topic, payload) => payload.length > 10;
    client.publish('t', 'x'.repeat(11), { qos: 1 }, () => undefined);
    await until('the cut', () => !client.connected);
  });

  it('goes away and comes back on the same port', async () => {
    await broker.down();
    await until('the cut', () => !client.connected);
    await expect(connectAsync(broker.url, { reconnectPeriod: 0 }, false)).rejects.toThrow();
    await broker.up();
    const again = await connectAsync(broker.url);
    expect(broker.connections()).toBe(2);
    expect(broker.kick()).toBe(1);
    await again.endAsync(true);
  });
});

describe('the command sender', () => {
  it('resolves with every result up to the final one, and names what came when none is final', async () => {
    const broker = await startCentralBroker();
    const gateway = await connectAsync(broker.url);
    const answer = (data: object) =>
      gateway.publishAsync('hall/v1/demo/led-board/b1/result/show-text', JSON.stringify({ data }));
    gateway.on('message', (_topic, payload) => {
      const command = JSON.parse(payload.toString()) as { id: string; data: { text: string } };
      const base = { commandId: command.id, command: 'show-text' };
      void answer({ ...base, status: 'accepted' }).then(async () => {
        if (command.data.text !== 'silence')
          await answer({ ...base, status: 'done', output: { shown: command.data.text } });
      });
    });
    await gateway.subscribeAsync('hall/v1/demo/+/+/command/+');
    const sender = await startCommandSender({ url: broker.url, hall: 'demo' });
    const results = await sender.sendCommand('led-board', 'b1', 'show-text', { text: '请稍候' });
    expect(results.map(({ status }) => status)).toEqual(['accepted', 'done']);
    expect(results[1]?.output).toEqual({ shown: '请稍候' });
    const unanswered = sender.sendCommand('led-board', 'b1', 'show-text', { text: 'silence' }, { timeoutMs: 100 });
    await expect(unanswered).rejects.toThrow(/heard: accepted/);
    await sender.close();
    await gateway.endAsync(true);
    await broker.close();
  });
});
