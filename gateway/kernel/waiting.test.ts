import { expect, test } from 'vitest';
import { HallError } from './errors.ts';
import { aborted, once, sleep, withDeadline } from './waiting.ts';

const late = () => new HallError('line.stuck');

test('work that is in time wins', async () => {
  await expect(withDeadline(Promise.resolve(7), 1_000, late)).resolves.toBe(7);
});

test('work that never ends becomes the named error at its deadline', async () => {
  await expect(withDeadline(new Promise(() => undefined), 10, late)).rejects.toMatchObject({ code: 'line.stuck' });
});

test('a stop ends the wait at once with its reason', async () => {
  const stop = new AbortController();
  const waits = [sleep(60_000, stop.signal), withDeadline(sleep(60_000, stop.signal), 60_000, late, stop.signal)];
  stop.abort(new HallError('device.stopped'));
  for (const wait of waits) await expect(wait).rejects.toMatchObject({ code: 'device.stopped' });
  await aborted(stop.signal);
});

test('a wait that begins after the stop does not begin', async () => {
  const reason = new HallError('device.stopped');
  await expect(sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  await expect(withDeadline(new Promise(() => undefined), 60_000, late, AbortSignal.abort(reason))).rejects.toBe(
    reason,
  );
});

test('closing twice closes once', async () => {
  let closed = 0;
  const close = once(async () => {
    closed += 1;
    await sleep(1);
  });
  await Promise.all([close(), close()]);
  expect(closed).toBe(1);
});
