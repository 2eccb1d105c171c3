// What a camera may swear to: beginnings that somebody came back from, ends that nobody disturbed.
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../../kit/until.ts';
import { cameraSignal, type Noticed } from './camera-signals.ts';

const SETTLE_MS = 1_000;

/** The world's interest in a camera, as its own counters tell it. */
function watched({ settleMs = SETTLE_MS, perMinuteMax = 20 } = {}) {
  const interest = { subscribed: 1, pulling: 1, subscriptions: 1 };
  const told: Noticed[] = [];
  let now = false;
  const signal = cameraSignal({
    signal: 'motion',
    camera: {
      subscribed: () => interest.subscribed,
      pulling: () => interest.pulling,
      asked: () => interest.subscriptions,
    },
    sense(on) {
      const changes = now !== on;
      now = on;
      return changes;
    },
    settleMs,
    perMinuteMax,
    tell: (noticed) => void told.push(noticed),
  });
  onTestFinished(() => {
    signal.close();
  });
  return { signal, interest, told };
}

const started = (certain = true): Noticed => ({ signal: 'motion', phase: 'started', certain });
const ended = (certain = true): Noticed => ({ signal: 'motion', phase: 'ended', certain });

test('somebody who waves, pauses and waves again has moved once', async () => {
  const { signal, told } = watched();
  for (const on of [true, false, true, false]) await signal.change(on);
  expect(told).toEqual([started()]);
  await until('it has settled', () => told.length > 1);
  expect(told).toEqual([started(), ended()]);
});

test('what moves while nobody has subscribed is told to nobody, its end neither', async () => {
  const { signal, interest, told } = watched({ settleMs: 0 });
  interest.subscribed = 0;
  expect(await signal.change(true)).toEqual({ outcome: 'unheard' });
  interest.subscribed = 1;
  await signal.change(false);
  expect(told).toEqual([]);
});

test('an end is doubtful when the gateway subscribed anew since the beginning', async () => {
  const { signal, interest, told } = watched({ settleMs: 0 });
  await signal.change(true);
  interest.subscriptions += 1;
  await signal.change(false);
  expect(told).toEqual([started(), ended(false)]);
});

test('beginnings beyond the rate are doubtful', async () => {
  const { signal, told } = watched({ settleMs: 0, perMinuteMax: 2 });
  for (const on of [true, false, true, false, true]) await signal.change(on);
  expect(told.filter(({ phase }) => phase === 'started')).toEqual([started(), started(), started(false)]);
});

test('after a doubtful end the next beginning is doubtful, for the gateway may never have seen the end; the one after is certain', async () => {
  const { signal, interest, told } = watched({ settleMs: 0 });
  await signal.change(true);
  interest.subscriptions += 1;
  for (const on of [false, true, false, true]) await signal.change(on);
  expect(told).toEqual([started(), ended(false), started(false), ended(), started()]);
});

test('a wave after the gateway subscribed anew may be the same one or another, for it may have settled what it was told', async () => {
  const { signal, interest, told } = watched();
  for (const on of [true, false]) await signal.change(on);
  interest.subscriptions += 1;
  await signal.change(true);
  expect(told).toEqual([started(), ended(false), started(false)]);
  await signal.change(false);
  await until('it has settled', () => told.length > 3);
  expect(told.at(-1)).toEqual(ended());
});

test('a wave that pauses after the gateway subscribed anew is still the same one', async () => {
  const { signal, interest, told } = watched();
  await signal.change(true);
  interest.subscriptions += 1;
  await signal.change(false);
  expect(await signal.change(true)).toEqual({ outcome: 'flickered' });
  expect(told).toEqual([started()]);
});

test('a wave that is taken in so slowly that the one before may have settled is the same one or another', async () => {
  const { signal, interest, told } = watched();
  for (const on of [true, false]) await signal.change(on);
  interest.pulling = 0;
  setTimeout(() => (interest.pulling = 1), SETTLE_MS);
  await signal.change(true);
  expect(told).toEqual([started(), ended(false), started(false)]);
});

test('a wave that nobody was there to hear begins nothing, and the one before may have ended', async () => {
  const { signal, interest, told } = watched();
  for (const on of [true, false]) await signal.change(on);
  Object.assign(interest, { subscribed: 0, pulling: 0 });
  expect(await signal.change(true)).toEqual({ outcome: 'unheard' });
  interest.subscribed = 1;
  await signal.change(false);
  expect(told).toEqual([started(), ended(false)]);
});
