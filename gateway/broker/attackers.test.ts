// What somebody on the hall's LAN can send, and what it does not do to the others.
import { describe, expect, it } from 'vitest';
import { CALLER, COMMAND, CONNECTED, DEVICE, OTHER, PING, login, start } from './testing-broker.ts';
import { connectPacket, delivery, packet, publishPacket, rawClient, subscribePacket } from './raw-client.ts';

describe('what must survive', () => {
  it('a packet of 200 MB before CONNECT is closed at once, and memory stays flat', async () => {
    const { broker } = await start();
    const before = process.memoryUsage().rss;
    const attacker = await rawClient(broker.port);
    attacker.send(Buffer.from('108080e45f', 'hex'));
    for (let sent = 0; sent < 3_200; sent += 1) {
      attacker.send(Buffer.alloc(64 * 1024));
      await new Promise((turn) => setImmediate(turn));
    }
    await attacker.closed();
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
    expect(broker.status().refused['violation']).toBe(1);
  });

  it('a packet over the limit after CONNECT is closed', async () => {
    const { broker } = await start();
    const device = await login(broker.port, DEVICE);
    device.send(publishPacket('device/box-1/up', 'x'.repeat(65_536)));
    await device.closed();
  });

  it('3,000 damaged packets leave the broker alive', async () => {
    const { broker } = await start();
    const sound = [
      connectPacket(DEVICE),
      publishPacket('device/box-1/up', 'x', { qos: 2 }),
      subscribePacket(1, ['device/box-1/#', 1]),
      packet(0xa2, [0, 1, 0, 1, 97]),
      Buffer.from('62020001', 'hex'),
    ];
    let seed = 7;
    const random = (below: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % below;
    for (let client = 0; client < 60; client += 1) {
      const attacker = client % 2 ? await login(broker.port, DEVICE) : await rawClient(broker.port);
      for (let count = 0; count < 50; count += 1) {
        const bytes = Buffer.from(sound[random(sound.length)]!);
        for (let hits = 0; hits <= random(3); hits += 1) bytes[random(bytes.length)] = random(256);
        attacker.send(bytes);
      }
      attacker.close();
    }
    const device = await login(broker.port, OTHER);
    device.send(publishPacket('device/box-2/up', 'x', { qos: 1 }));
    expect(await device.read(4)).toBe('40020001');
  });

  it('2,000 idle sockets do not keep a device out', async () => {
    const { broker } = await start({ limits: { connectionsPerAddressMax: 2_000 } });
    const idle = [];
    for (let count = 0; count < 2_000; count += 1)
      idle.push(rawClient(broker.port, '127.0.0.2').catch(() => undefined));
    const sockets = await Promise.all(idle);
    expect(broker.status().pending).toBeLessThanOrEqual(128);
    await login(broker.port, DEVICE);
    for (const socket of sockets) socket?.close();
  });

  it('one address gets no more sockets than its share, and an idle socket is dropped in time', async () => {
    const { broker } = await start({ limits: { connectionsPerAddressMax: 3, connectTimeoutMs: 200 } });
    const sockets = await Promise.all([1, 2, 3, 4, 5].map(() => rawClient(broker.port, '127.0.0.2')));
    await Promise.all(sockets.map((socket) => socket.closed()));
    expect(broker.status().refused).toEqual({ 'too-many-sockets': 2, 'no-connect': 3 });
  });

  it.each([
    ['time-out', { drainTimeoutMs: 300, outputQueueBytesMax: 2 ** 30 }],
    ['length of its queue', { drainTimeoutMs: 600_000 }],
  ])('a frozen subscriber is dropped by the %s, and the others go on', async (_limit, limits) => {
    const { broker } = await start({ limits });
    const topic = 'hall/v1/h/evaluator/e/event/x';
    const frozen = await rawClient(broker.port);
    frozen.send(connectPacket({ id: 'frozen' }));
    frozen.send(subscribePacket(1, [topic, 0]));
    expect(await frozen.read(9)).toBe(`${CONNECTED}9003000100`);
    frozen.freeze();
    const good = await login(broker.port, CALLER);
    good.send(subscribePacket(1, [topic, 0]));
    expect(await good.read(5)).toBe('9003000100');
    const payload = 'x'.repeat(32 * 1024);
    for (let count = 0; broker.clients() === 2 && count < 2_000; count += 1) {
      broker.publish(topic, payload, { qos: 0 });
      await good.read(delivery(topic, payload).length / 2);
    }
    expect(broker.clients()).toBe(1);
    frozen.close();
  });

  it('nobody listens to everything, and a device hears its own topics only', async () => {
    const { broker } = await start();
    const device = await login(broker.port, DEVICE);
    const filters = ['#', '$SYS/#', '+/box-1/up', 'device/box-2/#', 'hall/v1/h/#', 'device/box-1/#'];
    device.send(subscribePacket(1, ...filters.map((filter): [string, number] => [filter, 1])));
    expect(await device.read(10)).toBe('90080001808080808001');
    const caller = await login(broker.port, CALLER);
    caller.send(
      subscribePacket(1, ['#', 0], ['hall/v1/h/+/+/command/+', 0], ['device/box-1/#', 0], ['hall/v1/h/#', 1]),
    );
    expect(await caller.read(8)).toBe('9006000180808001');
  });

  it('a client id of somebody else is refused, and its owner stays', async () => {
    const { broker } = await start();
    const device = await login(broker.port, DEVICE);
    const thief = await rawClient(broker.port);
    thief.send(connectPacket({ ...OTHER, id: 'box-1' }));
    expect(await thief.closed()).toBe('20020002');
    const nobody = await rawClient(broker.port);
    nobody.send(connectPacket({ id: 'box-1' }));
    expect(await nobody.closed()).toBe('20020002');
    device.send(PING);
    expect(await device.read(2)).toBe('d000');
  });

  it('a device that speaks as another, or in the name of the gateway, is disconnected and not heard', async () => {
    const heard: string[] = [];
    const onDeviceMessage = (device: string, rest: string) => Promise.resolve(void heard.push(`${device}/${rest}`));
    const { broker } = await start({ onDeviceMessage });
    broker.publish('device/box-1/display', 'hello');
    for (const topic of ['device/box-2/up', 'device/box-1/display', '$SYS/x', 'hall/v1/h/evaluator/box-1/state']) {
      const device = await login(broker.port, DEVICE);
      device.send(publishPacket(topic, 'x', { qos: 1 }));
      expect(await device.closed()).toBe('');
    }
    const willing = await rawClient(broker.port);
    willing.send(connectPacket({ ...DEVICE, will: { topic: 'device/box-2/up', payload: 'x' } }));
    expect(await willing.closed()).toBe('20020005');
    expect(heard).toEqual([]);
  });

  it('100 wrong passwords close the address, even to the right one, and no other address', async () => {
    const { broker, events } = await start({ limits: { connectionsPerAddressMax: 200 } });
    const codes = new Map<string, number>();
    for (let tries = 0; tries < 100; tries += 1) {
      const guesser = await rawClient(broker.port, '127.0.0.3');
      guesser.send(connectPacket({ ...DEVICE, password: `guess-${tries}` }));
      const answer = await guesser.closed();
      codes.set(answer, (codes.get(answer) ?? 0) + 1);
    }
    expect(Object.fromEntries(codes)).toEqual({ '20020004': 10, '20020003': 90 });
    const right = await rawClient(broker.port, '127.0.0.3');
    right.send(connectPacket(DEVICE));
    expect(await right.closed()).toBe('20020003');
    await login(broker.port, DEVICE);
    expect(events().filter((event) => event === 'broker.address-throttled')).toHaveLength(1);
  });

  it('without an account only the box itself is let in, to listen', async () => {
    const { broker } = await start();
    const stranger = await rawClient(broker.port, '127.0.0.2');
    stranger.send(connectPacket({ id: 'stranger' }));
    expect(await stranger.closed()).toBe('20020005');
    const local = await rawClient(broker.port);
    local.send(connectPacket({ id: 'local' }));
    expect(await local.read(4)).toBe(CONNECTED);
    local.send(publishPacket(COMMAND, '{}', { qos: 1 }));
    expect(await local.closed()).toBe('');
  });
});
