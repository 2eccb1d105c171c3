// What stands in the log behind its break is believed as far as the head mark vouches for it, and no further.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { collectingLog } from '../kernel/log.ts';
import { readCursors } from './cursor-table.ts';
import { keyName, knownKeys } from './natural-key.ts';
import { CLOCK_SOURCE, draft, freshFolder, handClock, openTestSpool, PLACE, QUOTA_BYTES } from './proving-ground.ts';
import { openSqlite3 } from './sqlite3-engine.ts';
import { openStore } from './store-opening.ts';
import { rescueTail } from './tail-rescue.ts';
import { tombstoneMaker } from './tombstone.ts';
import { readLogPages } from './wal-log.ts';

it('a punch that was never committed can be read from its clock again', async () => {
  const folder = freshFolder();
  const [earlier, later] = [join(folder.path, 'earlier'), join(folder.path, 'later')];
  const punch = (n: number) => ({
    drafts: [draft(n, { source: CLOCK_SOURCE, naturalKey: `punch ${n}` })],
    cursors: [{ owner: 'door', name: 'log', value: n }],
  });
  const first = await openTestSpool(earlier);
  await first.append(punch(1));
  await first.close();
  cpSync(earlier, later, { recursive: true });
  const second = await openTestSpool(later);
  await second.append(punch(2));
  await second.append(punch(3));
  const pages = await readLogPages(join(later, 'spool.db-wal'));
  const { epoch } = second;
  await second.close();

  const clock = handClock();
  const log = collectingLog();
  const mark = tombstoneMaker(clock, () => 'id');
  const files = { directory: earlier, place: PLACE, openEngine: openSqlite3, quotaBytes: QUOTA_BYTES };
  const store = await openStore({ ...files, clock, log, nextId: () => 'id', mark });
  await rescueTail(store, { pages, damaged: false }, { epoch, head: 2 }, mark, log);
  const keys = [1, 2, 3].map((n) => keyName(CLOCK_SOURCE, `punch ${n}`));
  const known = [...(await knownKeys(store.reader, keys)).values()].map(({ sequence }) => sequence);
  expect(store.ledger.head).toBe(2);
  expect(known.sort()).toEqual([1, 2]);
  expect((await readCursors(store.reader, 'door')).get('log')).toBe(2);
  await store.close();
  folder.remove();
});
