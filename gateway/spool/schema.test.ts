// The steps of the schema, cut anywhere, and the checksum that must be the same on every runtime.
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { crc32, tableCrc32 } from './checksum.ts';
import type { SqlEngine } from './engine.ts';
import { freshFolder } from './proving-ground.ts';
import { migrate, SCHEMA_VERSION } from './schema.ts';
import { openSqlite3 } from './sqlite3-engine.ts';

let folder: ReturnType<typeof freshFolder>;
beforeEach(() => (folder = freshFolder()));
afterEach(() => folder.remove());

/** Lets `whole` steps through and cuts the next one before its COMMIT. */
function cutAfter(engine: SqlEngine, whole: number): SqlEngine {
  let steps = 0;
  return {
    ...engine,
    exec: async (sql) => {
      steps += 1;
      if (steps <= whole) return engine.exec(sql);
      await engine.exec(sql.replace('COMMIT;', ''));
      throw new Error('the power failed');
    },
  };
}

const tablesOf = async (engine: SqlEngine) =>
  engine.all('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name');

it('comes to the same tables, whichever step the power failed in', async () => {
  const whole = await openSqlite3(`${folder.path}/whole.db`);
  await migrate(whole, 'whole.db');
  const expected = await tablesOf(whole);
  await whole.close();
  for (let steps = 0; steps < SCHEMA_VERSION; steps += 1) {
    const file = `${folder.path}/cut-${steps}.db`;
    const first = await openSqlite3(file);
    await expect(migrate(cutAfter(first, steps), file)).rejects.toThrow('the power failed');
    await first.close();
    const second = await openSqlite3(file);
    await migrate(second, file);
    expect(await tablesOf(second)).toEqual(expected);
    expect(await second.all('PRAGMA user_version')).toEqual([{ user_version: SCHEMA_VERSION }]);
    await second.close();
  }
});

it('has the same checksum with and without the help of zlib', () => {
  expect(tableCrc32('123456789')).toBe(0xcbf43926);
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => tableCrc32(text) === crc32(text)));
});
