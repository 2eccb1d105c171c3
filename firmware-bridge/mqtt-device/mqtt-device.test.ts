// What a device that speaks MQTT can cost the gateway while the disk takes nothing.
import { expect, test } from 'vitest';
import { recordingHall } from '../../devices/recording-hall.ts';
import { ticketDispenser } from '../../devices/ticket-dispenser/kind.ts';
import { deferred } from '../../gateway/kernel/waiting.ts';
import type { Outcome } from './message.ts';
import { openMqttDevice } from './mqtt-device.ts';

test('a device that says its messages again and again while the disk refuses fills no memory, and is heard afterwards', async () => {
  const seen = recordingHall(ticketDispenser);
  const disk = deferred<Outcome>();
  let heard = 0;
  const hear = () => {
    heard += 1;
    return disk.promise;
  };
  const device = openMqttDevice({ hall: seen.hall, listeners: { ticket: hear }, silentAfterMs: 60_000 });
  const say = () => seen.deliver('up/ticket', Buffer.from('{"v":1,"id":"message-1"}'));
  const said = Array.from({ length: 1_000 }, () =>
    say().then(
      () => 'acknowledged',
      (thrown: unknown) => (thrown as { code: string }).code,
    ),
  );
  expect(await Promise.race(said)).toBe('device.overrun');
  disk.resolve({ result: 'recorded' });
  const outcomes = await Promise.all(said);
  expect(outcomes.filter((outcome) => outcome === 'acknowledged')).toHaveLength(heard);
  expect(heard).toBeGreaterThanOrEqual(128);
  expect(heard).toBeLessThan(1_000);
  await say();
  device.stop();
  seen.stop();
});
