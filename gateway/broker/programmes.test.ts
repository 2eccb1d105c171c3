// What programmes and devices that use the broker as it is meant see of it.
import { createServer } from 'node:net';
import mqtt from 'mqtt';
import { describe, expect, it } from 'vitest';
import { CALLER, COMMAND, CONNECTED, DEVICE, HOST, PING, login, start } from './testing-broker.ts';
import { connectPacket, publishPacket, rawClient, subscribePacket } from './raw-client.ts';

describe('programmes of the hall', () => {
  it('a command that the account allows reaches the gateway with its user, and no subscriber', async () => {
    const commands: unknown[] = [];
    const onCommand = (command: unknown) => Promise.resolve(void commands.push(command));
    const { broker } = await start({ onCommand });
    const caller = await login(broker.port, CALLER);
    caller.send(subscribePacket(1, ['hall/v1/h/#', 1]));
    await caller.read(5);
    caller.send(publishPacket(COMMAND, '{}', { qos: 1, retain: true }));
    expect(await caller.read(4)).toBe('40020001');
    caller.send(PING);
    expect(await caller.read(2)).toBe('d000');
    expect(commands).toEqual([{ topic: COMMAND, payload: Buffer.from('{}'), retain: true, user: 'caller' }]);
    caller.send(publishPacket('hall/v1/h/led-board/b/command/show', '{}', { qos: 1 }));
    await caller.closed();
    expect(commands).toHaveLength(1);
  });

  it('a session is never kept: clean session 0 is served with session present 0', async () => {
    const { broker } = await start();
    for (let visit = 0; visit < 2; visit += 1) {
      const device = await rawClient(broker.port);
      device.send(connectPacket({ ...DEVICE, clean: false }));
      expect(await device.read(4)).toBe(CONNECTED);
      device.send(PING);
      expect(await device.read(2)).toBe('d000');
      if (visit === 0) device.send(subscribePacket(1, ['device/box-1/#', 1]));
      if (visit === 0) await device.read(5);
      device.close();
      broker.publish('device/box-1/display', 'while away');
    }
  });

  it('mqtt.js over WebSocket gets states and says messages', async () => {
    const heard: string[] = [];
    const { broker } = await start({
      websocket: { host: HOST, port: 0 },
      onDeviceMessage: (_device, rest, payload) => Promise.resolve(void heard.push(`${rest} ${payload.length}`)),
    });
    broker.publish('device/box-1/display', 'hello', { retain: true });
    const client = mqtt.connect(`ws://${HOST}:${broker.websocketPort}`, {
      clientId: 'box-1',
      username: 'box-1',
      password: 'box-password',
      reconnectPeriod: 0,
    });
    const hello = new Promise((done) => client.on('message', (_topic, payload) => done(payload.toString())));
    await client.subscribeAsync('device/box-1/#', { qos: 1 });
    expect(await hello).toBe('hello');
    await client.publishAsync('device/box-1/up', 'x'.repeat(50_000), { qos: 2 });
    expect(heard).toEqual(['up 50000']);
    await client.endAsync();
  });

  it('a port that is taken is said with the port and what to change', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, HOST, done));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(start({ listen: { host: HOST, port } })).rejects.toMatchObject({
      code: 'broker.port-taken',
      facts: { port },
      hint: expect.stringContaining('hall.yaml'),
    });
    await new Promise((done) => server.close(done));
  });
});
