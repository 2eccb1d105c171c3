// A box that starts in 1970: what it shows of its devices is put right when its clock is.
import { expect, onTestFinished, test } from 'vitest';
import { testingSpool } from '../commands/testing-spool.ts';
import { systemClock } from '../kernel/clock.ts';
import { inventoryTopic, stateTopic } from '../kernel/topics.ts';
import { bell, goodBell, PLACE, superviseBells, until } from './testing-hall.ts';

test('a device that came online before the clock was set is shown with the true time, though it does not change', async () => {
  const machine = systemClock();
  let offMs = -machine.now();
  const clock = { ...machine, now: () => machine.now() + offMs, synced: () => offMs === 0 };
  const begunMs = machine.now();
  const { supervisor, retained } = superviseBells([bell('b1', goodBell)], await testingSpool(), { clock });
  onTestFinished(() => supervisor.close());
  const shown = (topic: string) => retained.get(topic) ?? '';
  const state = stateTopic(PLACE.hall, 'bell', 'b1');
  await until(
    () => shown(state).includes('"online"') && shown(inventoryTopic(PLACE)).includes('"online"'),
    'it is shown',
  );
  expect(shown(state)).toContain('"since":"1970');
  offMs = 0;
  await until(() => !shown(state).includes('1970') && !shown(inventoryTopic(PLACE)).includes('1970'), 'the true times');
  const { since, time, presence } = JSON.parse(shown(state)) as Record<'since' | 'time' | 'presence', string>;
  expect(presence).toBe('online');
  expect(Date.parse(since)).toBeGreaterThanOrEqual(begunMs - 1_000);
  expect(Date.parse(since)).toBeLessThanOrEqual(Date.parse(time));
});
