// The gateway's process and the centre's broker die together, again and again, in the middle of everything.
import { beforeAll, describe, expect, test } from 'vitest';
import { startConsumer } from '../../simulators/central/consumer.ts';
import { requireTool } from '../../simulators/kit/tools.ts';
import { seededRandom } from '../../simulators/kit/random.ts';
import { until } from '../../simulators/kit/until.ts';
import { openHall } from '../testing-gateway.ts';
import { buildProgram, mosquittoAt, runProgram, startRelay, type Mosquitto } from './testing-program.ts';

const SEED = 5;
const KILLS = 4;
const PUNCHES_A_LIFE = 300;
const mosquitto = requireTool('mosquitto');

let program: string;
beforeAll(async () => {
  program = await buildProgram('trial-kills');
});

/** A hall whose consumer listens to the broker over a line that can stand still. */
async function hallBehind(broker: Mosquitto, confirm: 'puback' | 'receipt') {
  await broker.start();
  const relay = await startRelay(broker.port);
  const hall = await openHall({
    uplink: { url: broker.url, confirm, receiptTimeoutMs: 2_000 },
    judge: { url: `mqtt://127.0.0.1:${relay.port}`, receipts: { everyMs: 20 } },
  });
  const punch = (count: number) => {
    for (let nth = 0; nth < count; nth += 1) {
      hall.clock.punch('1001', { time: clockText(hall.clock.body.truth.length) });
    }
  };
  const ready = () => until('the clock is online', () => hall.clock.talks().some(({ talk }) => talk.listening), 30_000);
  return { hall, relay, punch, ready };
}

describe.skipIf(!mosquitto)('when gateway and broker are killed together', () => {
  test('receipts bring every record that a device was told is safe, and each once', async () => {
    const broker = await mosquittoAt(mosquitto ?? '');
    const { hall, relay, punch, ready } = await hallBehind(broker, 'receipt');
    const random = seededRandom(SEED);
    let gateway = await runProgram(program, hall);
    await ready();
    for (let kill = 0; kill < KILLS; kill += 1) {
      const arrived = hall.recordsAtCentre().length;
      const press = hall.bus.press(1 + (kill % 2), 1 + (kill % 5));
      punch(1);
      await until('something arrives', () => hall.recordsAtCentre().length > arrived, 30_000);
      relay.freeze();
      const before = hall.clock.acknowledged();
      const some = random.int(1, PUNCHES_A_LIFE - 1);
      punch(PUNCHES_A_LIFE);
      await until('some are on disk', () => hall.clock.acknowledged() >= before + some, 30_000);
      await Promise.all([gateway.end('SIGKILL'), broker.kill()]);
      relay.cut();
      await broker.start();
      gateway = await runProgram(program, hall);
      expect(await press).toBe('acknowledged');
    }
    await hall.judged(KILLS * (PUNCHES_A_LIFE + 2), 60_000);
  }, 120_000);

  test('PUBACKs alone are caught losing records, so that the trial can fail', async () => {
    const broker = await mosquittoAt(mosquitto ?? '');
    const { hall, relay, punch, ready } = await hallBehind(broker, 'puback');
    await runProgram(program, hall);
    await ready();
    relay.freeze();
    const witness = await startConsumer({ url: broker.url, hall: 'north', startsAt: 'first-seen' });
    punch(PUNCHES_A_LIFE);
    await until('the broker has taken them', () => witness.events() >= PUNCHES_A_LIFE, 30_000);
    await witness.close();
    await broker.kill();
    relay.cut();
    await broker.start();
    await until('a later record', () => {
      punch(1);
      return hall.recordsAtCentre().length > 0;
    });
    expect(hall.consumer.verdict().gaps).not.toEqual([]);
  }, 60_000);
});

function clockText(nth: number): string {
  return new Date(Date.UTC(2026, 5, 1, 8, 0, nth)).toISOString().slice(0, 19);
}
