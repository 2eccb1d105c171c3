// When the time of an evaluation runs out: at the tablet, while it is away, and while the gateway is switched off.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Clock } from '../../gateway/kernel/clock.ts';
import { recordingHall, recordingStore, type RecordingStore } from '../recording-hall.ts';
import { evaluator } from './kind.ts';
import { tabletEvaluations } from './mqtt-evaluations.ts';
import { TABLET_CURSOR, tabletMemoryFrom } from './mqtt-memory.ts';
import { REASONS } from './mqtt-messages.ts';
import { RETURN_MS, TRANSIT_MS } from './mqtt-outcomes.ts';
import { openNotebook } from './notebook.ts';

const TIMEOUT_MS = 30_000;
const GRACE_MS = 300_000;

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 5, 1) }));
afterEach(() => void vi.useRealTimers());

const clock: Clock = { now: () => Date.now(), monotonicMs: () => Date.now(), bootId: 'one', synced: () => true };

async function run(store: RecordingStore, connected = true) {
  const seen = recordingHall(evaluator, { window: '1', store, clock });
  const said: { name: string; body: unknown }[] = [];
  const tablet = {
    connected,
    ask: () => Promise.resolve({ ref: 'any', ok: true }),
    tell: (name: string, body: unknown) => Promise.resolve(void said.push({ name, body })),
    takeAsAnswer: () => undefined,
  };
  const notebook = await openNotebook(seen.hall, TABLET_CURSOR, tabletMemoryFrom);
  const session = tabletEvaluations({
    hall: seen.hall,
    notebook,
    tablet,
    reasons: { 1: [...REASONS], 2: [...REASONS] },
    graceMs: GRACE_MS,
    answerMs: 4_000,
    onChange: () => undefined,
  });
  const be = (now: boolean) => {
    tablet.connected = now;
    session.presence(now);
  };
  const press = (elapsedMs: number) =>
    session.submit({ id: 'message-1', evaluationId: notebook.memory.evaluation?.id ?? id, level: 5, elapsedMs });
  let id = '';
  const begin = async () => {
    await session.begin({ visitId: 'v-1' }, TIMEOUT_MS / 1_000, seen.hall.signal);
    id = notebook.memory.evaluation?.id ?? '';
  };
  const stop = () => {
    seen.stop();
    session.stop();
  };
  return { session, said, be, press, begin, stop };
}

const ends = (store: RecordingStore) =>
  store.occurrences
    .filter(({ type }) => type !== 'evaluation.requested')
    .map(({ type, data }) => data['reason'] ?? type);

describe('an evaluation whose time runs out', () => {
  test('is not rated, once, and leaves the screen', async () => {
    const store = recordingStore();
    const { begin, said, press } = await run(store);
    await begin();
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS + TRANSIT_MS - 1);
    expect(ends(store)).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ends(store)).toEqual(['time-out']);
    expect(said.at(-1)).toEqual({ name: 'prompt', body: undefined });
    expect(await press(TIMEOUT_MS - 5)).toMatchObject({ reason: { code: 'evaluator.evaluation-over' } });
    await vi.advanceTimersByTimeAsync(GRACE_MS * 2);
    expect(ends(store)).toEqual(['time-out']);
  });

  test('while the tablet is away waits for the mark that it has taken in time', async () => {
    const store = recordingStore();
    const { begin, be, press } = await run(store);
    await begin();
    be(false);
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS + GRACE_MS - 1_000);
    be(true);
    expect(await press(20_000)).toMatchObject({ result: 'recorded' });
    await vi.advanceTimersByTimeAsync(GRACE_MS * 2);
    expect(ends(store)).toEqual(['evaluation.submitted']);
  });

  test('while the tablet is away is not rated when it returns with nothing', async () => {
    const store = recordingStore();
    const { begin, be } = await run(store);
    await begin();
    be(false);
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS * 2);
    be(true);
    await vi.advanceTimersByTimeAsync(RETURN_MS - 1);
    expect(ends(store)).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ends(store)).toEqual(['time-out']);
  });

  test('is not rated when the tablet stays away, and a mark that comes still later is refused', async () => {
    const store = recordingStore();
    const { begin, be, press } = await run(store);
    await begin();
    be(false);
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS + TRANSIT_MS + GRACE_MS);
    expect(ends(store)).toEqual(['time-out']);
    be(true);
    expect(await press(20_000)).toMatchObject({ reason: { code: 'evaluator.evaluation-over' } });
    expect(ends(store)).toEqual(['time-out']);
  });

  test('while the gateway is switched off is not rated after the restart, once', async () => {
    const store = recordingStore();
    const first = await run(store);
    await first.begin();
    await vi.advanceTimersByTimeAsync(10_000);
    first.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ends(store)).toEqual([]);
    const second = await run(store, false);
    second.session.resume();
    second.be(true);
    await vi.advanceTimersByTimeAsync(RETURN_MS);
    expect(ends(store)).toEqual(['time-out']);
    second.stop();
    const third = await run(store);
    third.session.resume();
    await vi.advanceTimersByTimeAsync(GRACE_MS * 2);
    expect(ends(store)).toEqual(['time-out']);
  });

  test('while the gateway is switched off for an hour has the mark that the tablet kept', async () => {
    const store = recordingStore();
    const first = await run(store);
    await first.begin();
    await vi.advanceTimersByTimeAsync(10_000);
    first.stop();
    await vi.advanceTimersByTimeAsync(3_600_000);
    const second = await run(store, false);
    second.session.resume();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ends(store)).toEqual([]);
    second.be(true);
    expect(await second.press(12_000)).toMatchObject({ result: 'recorded' });
    await vi.advanceTimersByTimeAsync(GRACE_MS * 2);
    expect(ends(store)).toEqual(['evaluation.submitted']);
  });

  test('while the gateway is switched off is not rated when the tablet stays away after the restart', async () => {
    const store = recordingStore();
    const first = await run(store);
    await first.begin();
    first.stop();
    await vi.advanceTimersByTimeAsync(3_600_000);
    const second = await run(store, false);
    second.session.resume();
    await vi.advanceTimersByTimeAsync(GRACE_MS - 1);
    expect(ends(store)).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ends(store)).toEqual(['time-out']);
  });

  test('goes on with the time that was left when the gateway is restarted within it', async () => {
    const store = recordingStore();
    const first = await run(store);
    await first.begin();
    await vi.advanceTimersByTimeAsync(25_000);
    first.stop();
    const second = await run(store);
    second.session.resume();
    expect(second.said).toEqual([
      { name: 'prompt', body: expect.objectContaining({ visitId: 'v-1', timeoutSeconds: 30 }) as unknown },
    ]);
    await vi.advanceTimersByTimeAsync(5_000 + TRANSIT_MS - 1);
    expect(ends(store)).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ends(store)).toEqual(['time-out']);
  });
});
