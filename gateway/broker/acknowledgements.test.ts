// When a publisher gets its PUBACK or PUBREC, and when it does not.
import { describe, expect, it, vi } from 'vitest';
import { deferred } from '../kernel/waiting.ts';
import { DEVICE, PING, login, start } from './testing-broker.ts';
import { publishPacket } from './raw-client.ts';

describe('acknowledgements', () => {
  it('PUBACK comes only after the message is on disk', async () => {
    const disk = deferred<void>();
    const { broker } = await start({ onDeviceMessage: () => disk.promise });
    const device = await login(broker.port, DEVICE);
    device.send(publishPacket('device/box-1/up', 'x', { qos: 1 }));
    device.send(PING);
    expect(await device.read(2)).toBe('d000');
    disk.resolve();
    expect(await device.read(4)).toBe('40020001');
  });

  it('the broker closes in time while a message still waits for the disk', { timeout: 5_000 }, async () => {
    const { broker } = await start({ onDeviceMessage: () => new Promise<void>(() => undefined) });
    const device = await login(broker.port, DEVICE);
    device.send(publishPacket('device/box-1/up', 'x', { qos: 1 }));
    device.send(PING);
    expect(await device.read(2)).toBe('d000');
    await broker.close();
  });

  it('PUBREC comes only after the message is on disk, and a repetition meanwhile is recorded once', async () => {
    const disk = deferred<void>();
    const record = vi.fn(() => disk.promise);
    const { broker } = await start({ onDeviceMessage: record });
    const device = await login(broker.port, DEVICE);
    for (const dup of [false, true]) device.send(publishPacket('device/box-1/up', 'x', { qos: 2, id: 3, dup }));
    device.send(PING);
    expect(await device.read(2)).toBe('d000');
    await vi.waitFor(() => expect(record).toHaveBeenCalledTimes(1));
    disk.resolve();
    expect(await device.read(4)).toBe('50020003');
    device.send(Buffer.from('62020003', 'hex'));
    expect(await device.read(4)).toBe('70020003');
    expect(record).toHaveBeenCalledTimes(1);
  });

  it('a message that is not recorded gets no PUBACK, nor do those after it, and the device is disconnected', async () => {
    const first = deferred<void>();
    const works = [first.promise, Promise.resolve()];
    const { broker } = await start({ onDeviceMessage: () => works.shift() ?? Promise.resolve() });
    const device = await login(broker.port, DEVICE);
    for (const id of [1, 2]) device.send(publishPacket('device/box-1/up', 'x', { qos: 1, id }));
    await vi.waitFor(() => expect(works).toHaveLength(0));
    first.reject(new Error('disk'));
    expect(await device.closed()).toBe('');
    expect(broker.status().refused['not-recorded']).toBe(1);
  });

  it('a message of QoS 0 that is not recorded takes no other with it', async () => {
    const { broker } = await start({
      onDeviceMessage: (_device, _rest, payload) =>
        String(payload) === 'heartbeat' ? Promise.reject(new Error('not understood')) : Promise.resolve(),
    });
    const device = await login(broker.port, DEVICE);
    device.send(publishPacket('device/box-1/up', 'heartbeat', { qos: 0 }));
    device.send(publishPacket('device/box-1/up', 'press', { qos: 1, id: 7 }));
    expect(await device.read(4)).toBe('40020007');
    expect(broker.status().refused['not-recorded']).toBe(1);
  });

  it('PUBACKs keep the order of the messages though the disk does not', async () => {
    const slow = deferred<void>();
    const works = [slow.promise, Promise.resolve()];
    const { broker } = await start({ onDeviceMessage: () => works.shift() ?? Promise.resolve() });
    const device = await login(broker.port, DEVICE);
    for (const id of [1, 2]) device.send(publishPacket('device/box-1/up', 'x', { qos: 1, id }));
    await vi.waitFor(() => expect(works).toHaveLength(0));
    slow.resolve();
    expect(await device.read(8)).toBe('4002000140020002');
  });

  it('a device that says more than the disk takes is not read further', async () => {
    const disk = deferred<void>();
    const record = vi.fn(() => disk.promise);
    const { broker } = await start({ onDeviceMessage: record, limits: { publishWindow: 4 } });
    const device = await login(broker.port, DEVICE);
    for (let id = 1; id <= 40; id += 1) device.send(publishPacket('device/box-1/up', 'x', { qos: 1, id }));
    await vi.waitFor(() => expect(record).toHaveBeenCalledTimes(4));
    disk.resolve();
    await device.read(160);
    expect(record).toHaveBeenCalledTimes(40);
  });
});
