/** What the hall's own software reads of the gateway: always the epoch that its events bear. */
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../../simulators/kit/until.ts';
import { retainedMessages } from '../kernel/retained.ts';
import { statusTopic } from '../kernel/topics.ts';
import { breakingDisk, draft, freshFolder, handClock, openTestSpool, PLACE } from '../spool/proving-ground.ts';
import { showGatewayStatus } from './gateway-status.ts';

test('a spool that is salvaged while the gateway runs shows its new epoch, and offline is the last word', async () => {
  const folder = freshFolder();
  onTestFinished(() => folder.remove());
  const disk = breakingDisk();
  const spool = await openTestSpool(folder.path, { openEngine: disk.openEngine });
  onTestFinished(() => spool.close());
  const retained = retainedMessages();
  const shown = () => JSON.parse(retained.get(statusTopic(PLACE)) ?? '{}') as Record<string, unknown>;
  const status = showGatewayStatus({ place: PLACE, version: '1.2.3', spool, retained, clock: handClock() });
  const { epoch } = spool;
  expect(shown()).toMatchObject({ state: 'online', version: '1.2.3', epoch });
  disk.breakOnce();
  await spool.append({ drafts: [draft(1)] });
  expect(spool.epoch).not.toBe(epoch);
  await until('the new epoch is shown', () => shown()['epoch'] === spool.epoch);
  expect(shown()).toMatchObject({ state: 'online', since: '2026-06-01T08:00:00.000Z' });
  status.leave();
  disk.breakOnce();
  await spool.append({ drafts: [draft(2)] });
  expect(shown()).toMatchObject({ state: 'offline' });
});
