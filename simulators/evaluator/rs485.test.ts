// The simulated bus, against bytes that were written by hand, seen through an ordinary socket.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import vectors from '../../devices/evaluator/frames.json' with { type: 'json' };
import { noByteFaults } from '../kit/faults.ts';
import { until } from '../kit/until.ts';
import { startEvaluatorBus, type EvaluatorBusOptions } from './rs485.ts';
import { telegramBytes, telegramReader, type Telegram } from './telegrams.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function busAndHost(options: Partial<EvaluatorBusOptions> = {}) {
  const bus = await startEvaluatorBus({
    addresses: [5, 6],
    port: { type: 'tcp' },
    repeatMs: 50,
    sendsMax: 4,
    ...options,
  });
  closers.push(() => bus.close());
  if (bus.line.type !== 'tcp') throw new Error('not reached: the bus was asked for TCP');
  const socket: Socket = connect(bus.line.port, bus.line.host);
  closers.push(() => socket.destroy());
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString('hex')));
  await once(socket, 'connect');
  const say = (hex: string) => socket.write(Buffer.from(hex, 'hex'));
  return { bus, say, heard: () => heard };
}

describe('the bus of evaluators', () => {
  it('sends the key of a citizen again and again until the host acknowledges it', async () => {
    const { bus, say, heard } = await busAndHost({ sendsMax: 50 });
    const outcome = bus.press(5, 3);
    await until('the telegram came twice', () => heard().startsWith('ff680303680511031916ff680303680511031916'));
    say('ff680303680501030916');
    await expect(outcome).resolves.toBe('acknowledged');
    expect(bus.truth).toMatchObject([{ address: 5, unit: 'evaluator', data: [3], outcome: 'acknowledged' }]);
  });

  it('wants the same telegram back for a key of the clerk', async () => {
    const { bus, say, heard } = await busAndHost({ sendsMax: 50 });
    const outcome = bus.callerKey(6, 'give-up');
    await until('the telegram came', () => heard().includes('ff680404680601060f1c16'));
    say('ff680404680601060f1c16');
    await expect(outcome).resolves.toBe('acknowledged');
  });

  it('gives up after its last attempt, and takes no key while one is not settled', async () => {
    const { bus, heard } = await busAndHost();
    const first = bus.press(5, 2);
    await expect(bus.press(5, 3)).resolves.toBe('ignored');
    await expect(first).resolves.toBe('given-up');
    expect(heard()).toBe('ff680303680511021816'.repeat(4));
    expect(bus.truth.map(({ data }) => data)).toEqual([[2]]);
  });

  it('is not content with an acknowledgement for another address or key', async () => {
    const { bus, say, heard } = await busAndHost();
    const outcome = bus.press(5, 3);
    await until('the telegram came', () => heard() !== '');
    say('ff680303680601030a16' + 'ff680303680501020816');
    await expect(outcome).resolves.toBe('given-up');
  });

  it('shows digits and stars, beeps and begins an evaluation, at the one address that was meant', async () => {
    const { bus, say } = await busAndHost();
    const device = bus.device(5);
    say('ff6808086805020a0a0a0002032a16');
    await until('the ticket shows', () => device.display === '   023');
    say('ff6808086805020001020a0a0a2816');
    await until('the waiting count shows', () => device.display === '012   ');
    say('ff680303680502050c16' + 'ff6802026805030816' + 'ff6803036805010b1116');
    await until('the rest is done', () => device.evaluating);
    expect([device.stars, device.beeps]).toEqual([5, 1]);
    expect(bus.device(6)).toMatchObject({ display: '      ', stars: 0, beeps: 0, evaluating: false });
  });

  it('spoils telegrams of two devices that speak at once, and hears both in the end', async () => {
    const { bus, say, heard } = await busAndHost({ sendsMax: 50 });
    const both = Promise.all([bus.press(5, 3), bus.press(6, 3)]);
    await until(
      'both came through',
      () => /ff680303680511031916/.test(heard()) && /ff680303680611031a16/.test(heard()),
    );
    expect(bus.collisions()).toBeGreaterThanOrEqual(2);
    say('ff680303680501030916' + 'ff680303680601030a16');
    await expect(both).resolves.toEqual(['acknowledged', 'acknowledged']);
  });

  it('hands out what the faults leave, and noise of its own', async () => {
    const { bus, heard } = await busAndHost({ faults: { ...noByteFaults(), drop: 1 } });
    await bus.press(5, 3);
    expect(heard()).toBe('');
    bus.faults.drop = 0;
    bus.noise(7);
    await until('noise came', () => heard().length === 14);
  });
});

describe("the simulator's own codec", () => {
  it.each(vectors.frames)('agrees with the sample "$name"', ({ hex, address, func, data }) => {
    const telegram: Telegram = { address, command: func, data: [...Buffer.from(data, 'hex')] };
    const heard: Telegram[] = [];
    const read = telegramReader((each) => void heard.push(each));
    for (const byte of Buffer.from(hex, 'hex')) read(Uint8Array.of(byte));
    expect(heard).toEqual([telegram]);
    expect(Buffer.from(telegramBytes(telegram)).toString('hex')).toBe(hex);
  });

  it.each(vectors.damaged)('hears nothing in "$name", and the next telegram', ({ hex }) => {
    const heard: Telegram[] = [];
    const read = telegramReader((telegram) => void heard.push(telegram));
    read(Buffer.from(hex, 'hex'));
    expect(heard).toEqual([]);
    // Twice: what half a telegram hides is heard when it comes again.
    for (let time = 0; time < 2; time += 1) read(Buffer.from('ff6802026805030816', 'hex'));
    expect(heard).toContainEqual({ address: 5, command: 3, data: [] });
  });
});
