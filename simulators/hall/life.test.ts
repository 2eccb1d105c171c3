// A day carried out: what the wires could not tell apart is not done so fast that they would have to.
import { expect, test } from 'vitest';
import { startLife } from './life.ts';
import type { StandIn } from './stand-in.ts';

const SETTLES_MS = 400;
const SAME_PERSON_MS = 1_100;

/** A clock that is done with a punch only after a while, as one whose cable is out. */
function slowClock(punches: { fromMs: number; throughMs: number }[]): StandIn {
  const still = () => Promise.resolve();
  return {
    entry: { id: 'clock-1', kind: 'fingerprint-clock', wire: 'zk' },
    speaks: [],
    hands: {
      punch: {
        summary: { en: 'somebody punches', zh: '打卡' },
        async act() {
          const fromMs = performance.now();
          await new Promise((resolve) => setTimeout(resolve, SETTLES_MS));
          punches.push({ fromMs, throughMs: performance.now() });
        },
      },
    },
    ...{ pullCable: still, plugIn: still },
  };
}

test('nobody repeats a gesture until the device can tell it from the last one, counted from when that was over', async () => {
  const punches: { fromMs: number; throughMs: number }[] = [];
  const deed = { by: 'person' as const, device: 'clock-1', hand: 'punch', input: { userId: '1001' } };
  const life = startLife({
    actors: [
      {
        name: 'clock-1',
        steps: [
          { atMs: 0, deed },
          { atMs: 1, deed },
        ],
      },
    ],
    devices: [slowClock(punches)],
    sendCommand: () => Promise.resolve('done'),
    speed: 1_000,
    signal: new AbortController().signal,
  });
  expect((await life.over).done).toBe(2);
  const [first, second] = punches;
  expect((second?.fromMs ?? 0) - (first?.throughMs ?? Infinity)).toBeGreaterThanOrEqual(SAME_PERSON_MS - 5);
});
