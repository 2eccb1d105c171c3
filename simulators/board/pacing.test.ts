import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startPacing } from './pacing.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

function paced() {
  const steps: number[] = [];
  const pacing = startPacing((ms) => void steps.push(ms));
  return { steps, pacing, passedMs: () => steps.reduce((sum, ms) => sum + ms, 0) };
}

it('goes in large steps while nothing is under way, and misses no time', () => {
  const { steps, pacing, passedMs } = paced();
  vi.advanceTimersByTime(1_000);
  steps.splice(0);
  vi.advanceTimersByTime(2_000);
  expect(steps.length).toBeLessThanOrEqual(50);
  expect(passedMs()).toBe(2_000);
  pacing.stop();
  vi.advanceTimersByTime(1_000);
  expect(passedMs()).toBe(2_000);
});

it('is at the present moment when something comes, and goes in small steps for a while', () => {
  const { steps, pacing, passedMs } = paced();
  vi.advanceTimersByTime(1_000);
  const idle = steps.length;
  vi.advanceTimersByTime(13);
  pacing.stir();
  expect(passedMs()).toBe(1_013);
  expect(steps).toHaveLength(idle + 1);
  vi.advanceTimersByTime(40);
  expect(steps).toHaveLength(idle + 11);
  expect(Math.max(...steps.slice(-10))).toBe(4);
});

it('has one timer, though the board speaks while its time goes on', () => {
  const pacing = startPacing(() => pacing.stir());
  vi.advanceTimersByTime(1_000);
  expect(vi.getTimerCount()).toBe(1);
  pacing.stop();
  expect(vi.getTimerCount()).toBe(0);
});

it('stands still while the machine is busy', () => {
  const { steps, pacing } = paced();
  const now = performance.now();
  vi.spyOn(performance, 'now').mockReturnValue(now + 5_000);
  pacing.stir();
  expect(steps).toEqual([100]);
});
