// One bus with many devices: who speaks when, and what is not worth hearing.
import { afterEach, describe, expect, it } from 'vitest';
import { collectingLog } from '../../gateway/kernel/log.ts';
import { lineSettingsSchema } from '../../gateway/kernel/line-settings.ts';
import type { Channel } from '../../simulators/kit/channel.ts';
import { startTcpPeer } from '../../simulators/kit/tcp-peer.ts';
import { until } from '../../simulators/kit/until.ts';
import { recordingHall, type SharedThings } from '../recording-hall.ts';
import { evaluator, type Evaluator } from './kind.ts';
import { openEvaluatorBus } from './rs485-bus.ts';
import { beepFrame, encodeFrame, frameDecoder, ticketFrame, type Frame } from './rs485-codec.ts';
import { rs485 } from './rs485.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** The far end of the bus: raw bytes, so that nothing stands between the test and the wire. */
async function farEnd(onConnection: (channel: Channel) => void = () => undefined) {
  const channels: Channel[] = [];
  const peer = await startTcpPeer({
    onConnection(channel) {
      channels.push(channel);
      onConnection(channel);
    },
  });
  closers.push(() => peer.close());
  const settings = lineSettingsSchema.parse({ type: 'tcp', host: peer.host, port: peer.port });
  const frames = () => frameDecoder().push(Buffer.concat(peer.received.entries));
  const say = (hex: string) => channels.at(-1)?.write(Buffer.from(hex, 'hex'));
  return { peer, settings, frames, say };
}

async function openBus(end: Awaited<ReturnType<typeof farEnd>>) {
  const log = collectingLog();
  const bus = openEvaluatorBus(end.settings, log);
  closers.push(() => bus.close());
  await until('the bus is up', () => log.lines.some(({ event }) => event === 'line.up') && end.peer.clients() === 1);
  return { bus, log };
}

const COMMAND = { lane: 'command', turnaroundMs: 5 } as const;
const PRESS_5 = 'ff680303680511031916';
const PRESS_9 = 'ff680303680911031d16';

describe('a bus', () => {
  it('lets addresses take turns, and acknowledgements go first', async () => {
    const end = await farEnd();
    const { bus } = await openBus(end);
    const five = Array.from({ length: 8 }, (_, digit) => bus.say(ticketFrame(5, String(digit)), COMMAND));
    const six = bus.say(beepFrame(6), COMMAND);
    const seven = bus.say(beepFrame(7), { ...COMMAND, lane: 'acknowledgement' });
    await Promise.all([...five, six, seven]);
    await until('all frames came', () => end.frames().length === 10);
    expect(end.frames().map(({ address }) => address)).toEqual([5, 7, 5, 6, 5, 5, 5, 5, 5, 5]);
  });

  it('sends one frame at a time, with the time that each takes at 9600 baud', async () => {
    const end = await farEnd();
    const { bus } = await openBus(end);
    const beganMs = performance.now();
    await Promise.all([1, 2, 3, 4].map((address) => bus.say(ticketFrame(address, '023'), COMMAND)));
    // Fourteen or fifteen bytes of ten bits, four times, and three gaps.
    expect(performance.now() - beganMs).toBeGreaterThan(4 * 14 + 3 * 5);
  });

  it('refuses a flood of commands for one address, and no other address suffers', async () => {
    const end = await farEnd();
    const { bus } = await openBus(end);
    const flood = await Promise.allSettled([
      ...Array.from({ length: 30 }, () => bus.say(beepFrame(5), COMMAND)),
      bus.say(beepFrame(6), COMMAND),
    ]);
    const refused = flood.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(10);
    expect(refused[0]).toMatchObject({ reason: { code: 'evaluator.bus-crowded' } });
    expect(flood.at(-1)?.status).toBe('fulfilled');
  });

  it('tells those who wait to speak that the line dropped', async () => {
    const end = await farEnd();
    const { bus } = await openBus(end);
    const waiting = Promise.allSettled(Array.from({ length: 10 }, () => bus.say(beepFrame(5), COMMAND)));
    await end.peer.pullCable();
    const results = await waiting;
    expect(results.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'line.lost' } });
    await expect(bus.say(beepFrame(5), COMMAND)).rejects.toMatchObject({ code: /^line\./ });
  });

  it('names an address that nobody has, once', async () => {
    const end = await farEnd();
    const { bus, log } = await openBus(end);
    for (let time = 0; time < 3; time += 1) end.say(PRESS_9);
    await until('all were counted', () => bus.counters().unowned === 3);
    expect(
      log.lines.filter(({ event }) => event === 'bus.address-unknown').map(({ facts }) => facts['address']),
    ).toEqual([9]);
  });

  it('does not take its own frames for presses when the adapter hears itself', async () => {
    const end = await farEnd((channel) => channel.onData((chunk) => channel.write(chunk)));
    const { bus } = await openBus(end);
    const heard: Frame[] = [];
    bus.join(5, { onFrame: (frame) => void heard.push(frame), onUp: () => undefined, onDown: () => undefined });
    const press: Frame = { address: 5, func: 1, data: Uint8Array.of(0x0c) };
    await bus.say(press, { ...COMMAND, lane: 'acknowledgement' });
    await until('the echo came back', () => bus.counters().ownEchoes === 1);
    expect(heard).toEqual([]);
    end.say(Buffer.from(encodeFrame(press)).toString('hex'));
    await until('the next press is heard', () => heard.length === 1);
  });

  it('counts noise and tells of it sparingly', async () => {
    const end = await farEnd();
    const { bus, log } = await openBus(end);
    for (let time = 0; time < 4; time += 1) end.say('0102030405060708');
    await until('all was skipped', () => bus.counters().skippedBytes === 32);
    await until('it was told', () => log.lines.some(({ event }) => event === 'bus.noise'));
    expect(log.lines.filter(({ event }) => event === 'bus.noise').length).toBeLessThanOrEqual(2);
  });
});

describe('devices on one bus', () => {
  const start = async (addresses: readonly number[], settings: Record<string, unknown> = {}) => {
    const end = await farEnd();
    const shared: SharedThings = new Map();
    const halls = addresses.map((address) => {
      const seen = recordingHall<Evaluator>(evaluator, {
        device: `evaluator-${address}`,
        lines: { 'bus-a': end.settings },
        shared,
      });
      const over = rs485.run(rs485.config.parse({ line: 'bus-a', address, ...settings }), seen.hall);
      closers.push(async () => {
        seen.stop();
        await over;
      });
      return seen;
    });
    await until('all are up', () => halls.every(({ presence }) => presence.state === 'silent'));
    return { end, halls, shared };
  };

  it('share one line, hear only their own frames, and the last one closes it', async () => {
    const { end, halls, shared } = await start([5, 6, 7]);
    expect(end.peer.accepted()).toBe(1);
    end.say(PRESS_5);
    await until('device 5 is online', () => halls[0]?.presence.state === 'online');
    expect(halls.map(({ store }) => store.occurrences.length)).toEqual([1, 0, 0]);
    expect(halls[0]?.identity).toEqual({ address: 'bus-a#5' });
    halls[0]?.stop();
    halls[1]?.stop();
    end.say(PRESS_9);
    expect(end.peer.clients()).toBe(1);
    halls[2]?.stop();
    await until('the line is closed', () => end.peer.clients() === 0);
    expect(shared.size).toBe(0);
  });

  it('are all offline with the reason when the line drops, and silent when it is back', async () => {
    const { end, halls } = await start([5, 6]);
    await end.peer.pullCable();
    await until('all are offline', () => halls.every(({ presence }) => presence.state === 'offline'));
    expect(halls.map(({ presence }) => presence)).toMatchObject([
      { reason: { code: 'line.lost' } },
      { state: 'offline' },
    ]);
    await end.peer.plugIn();
    await until('all are back', () => halls.every(({ presence }) => presence.state === 'silent'));
    expect(halls[0]?.presence).toMatchObject({ reason: { code: 'evaluator.not-heard' } });
  });

  it('are silent when no key came for the set time', async () => {
    const { end, halls } = await start([5], { silentAfterMs: 200 });
    end.say(PRESS_5);
    await until('online', () => halls[0]?.presence.state === 'online');
    await until('silent', () => halls[0]?.presence.state === 'silent');
  });
});
