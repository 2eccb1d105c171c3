// A busy hall on one bad bus: sixteen windows press at once, telegrams collide, bits flip, acknowledgements get lost, and
// every press of a person is one event, in that person's order.
import { afterEach, describe, expect, it } from 'vitest';
import { lineSettingsSchema } from '../../gateway/kernel/line-settings.ts';
import { noByteFaults } from '../../simulators/kit/faults.ts';
import { seededRandom } from '../../simulators/kit/random.ts';
import { until } from '../../simulators/kit/until.ts';
import { startEvaluatorBus } from '../../simulators/evaluator/rs485.ts';
import { recordingHall, type SharedThings } from '../recording-hall.ts';
import { evaluator, type Evaluator } from './kind.ts';
import { rs485 } from './rs485.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const ADDRESSES = Array.from({ length: 16 }, (_, index) => index + 1);
/** No two neighbours are the same, so that a repetition cannot be taken for the next press, nor hide one. */
const KEYS = ['call-next', 'recall', 'call-next', 'pause'] as const;

describe('a busy bus', () => {
  it('makes one event of each press, in order, through collisions, noise and lost acknowledgements', async () => {
    const random = seededRandom(5);
    const bus = await startEvaluatorBus({
      addresses: ADDRESSES,
      port: { type: 'tcp' },
      faults: { ...noByteFaults(), split: 'random', corrupt: 0.005, drop: 0.002 },
      baudRate: 38_400,
      repeatMs: 150,
      sendsMax: 200,
      seed: 5,
    });
    closers.push(() => bus.close());
    const lines = { 'bus-a': lineSettingsSchema.parse(bus.line) };
    const shared: SharedThings = new Map();
    const windows = ADDRESSES.map((address) => {
      const seen = recordingHall<Evaluator>(evaluator, { device: `evaluator-${address}`, lines, shared });
      const over = rs485.run(rs485.config.parse({ line: 'bus-a', address }), seen.hall);
      closers.push(async () => {
        seen.stop();
        await over;
      });
      bus.device(address).node.use({ name: 'misses one frame in five', hear: () => random.chance(0.2) });
      return { address, seen };
    });
    await until('all are up', () => windows.every(({ seen }) => seen.presence.state === 'silent'));

    await Promise.all(
      windows.map(async ({ address }) => {
        for (const key of KEYS) await bus.callerKey(address, key);
      }),
    );

    expect(bus.truth).toHaveLength(ADDRESSES.length * KEYS.length);
    expect(bus.collisions()).toBeGreaterThan(10);
    for (const { address, seen } of windows) {
      const recorded = seen.store.occurrences.map(({ data }) => data['key']);
      expect(recorded, `window ${address}`).toEqual(KEYS);
    }
  });
});
