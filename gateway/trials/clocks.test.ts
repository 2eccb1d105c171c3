// A board without a clock of its own, and clocks that jump: what the centre is told has its order and its true time.
import { expect, test } from 'vitest';
import { until } from '../../simulators/kit/until.ts';
import { systemClock, type Clock } from '../kernel/clock.ts';
import { openHall } from '../testing-gateway.ts';

/** The machine's clock, off by `offMs` until somebody puts it right. */
function wrongClock(offMs: number): Clock & { offMs: number } {
  const machine = systemClock();
  const clock = {
    ...machine,
    offMs,
    now: () => machine.now() + clock.offMs,
    synced: () => clock.offMs === 0,
  };
  return clock;
}

test('a box that starts in 1970 collects, tells the centre nothing, and sends the true times once its clock is set', async () => {
  const time = wrongClock(-Date.now());
  const hall = await openHall({ time });
  await hall.open();
  const beforeMs = Date.now();
  for (const key of [5, 4, 3]) expect(await hall.bus.press(1, key)).toBe('acknowledged');
  const afterMs = Date.now();
  await until('the link is up', () => hall.logged('uplink.up'));
  await until('the centre sees a box without the time', () =>
    JSON.stringify([hall.consumer.latest('hall/v1/north/gateway/gw-1/health')]).includes('"synced":false'),
  );
  expect(hall.received).toEqual([]);
  time.offMs = 0;
  await hall.judged(3);
  for (const { time: told } of hall.recordsAtCentre()) {
    expect(Date.parse(told)).toBeGreaterThanOrEqual(beforeMs - 1);
    expect(Date.parse(told)).toBeLessThanOrEqual(afterMs + 1);
  }
});

test('a clock that jumps years to and fro changes neither the order nor the link', async () => {
  const time = { ...wrongClock(0), synced: () => true };
  const machine = systemClock();
  let offMs = 0;
  time.now = () => machine.now() + offMs;
  const hall = await openHall({ time });
  await hall.open();
  const levels = [5, 4, 3, 2, 1, 5, 4, 3];
  for (const [nth, key] of levels.entries()) {
    offMs = [0, 5, -5, 20][nth % 4]! * 365 * 86_400_000;
    expect(await hall.bus.press(2, key)).toBe('acknowledged');
  }
  await hall.judged(levels.length);
  expect(hall.recordsAtCentre().map(({ data }) => data['level'])).toEqual(levels);
  expect(hall.lines.filter(({ event }) => event === 'uplink.down')).toEqual([]);
});
