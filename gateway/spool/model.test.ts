// Random lives of a spool against a model of a few lines: whatever happens, both say the same.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Spool } from './port.ts';
import { CLOCK_SOURCE, draft, envelopeOf, freshFolder, openTestSpool, readAll } from './proving-ground.ts';

const RUNS = 40;
const ACTIONS_MAX = 25;

interface Model {
  events: { sequence: number; n: number }[];
  confirmed: number;
  head: number;
  keys: Map<string, number>;
  cursor: number | undefined;
}

const action = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 0, max: 8 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('punch' as const),
      keys: fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 5 }),
      cursor: fc.integer({ min: 0, max: 99 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('together' as const), count: fc.integer({ min: 2, max: 20 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('confirm' as const),
      share: fc.double({ min: 0, max: 1.2, noNaN: true }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
);
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

it(
  'agrees with its model after any sequence of appends, confirmations, restarts and crashes',
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: ACTIONS_MAX }), async (actions) => {
        const folder = freshFolder();
        const life = { path: join(folder.path, '0'), spool: await openTestSpool(join(folder.path, '0')), crashes: 0 };
        const model: Model = { events: [], confirmed: 0, head: 0, keys: new Map(), cursor: undefined };
        try {
          for (const step of actions) {
            await perform(step, life, model, folder.path);
            await agree(life.spool, model);
          }
        } finally {
          await life.spool.close();
          folder.remove();
        }
      }),
      { numRuns: RUNS },
    );
  },
);

async function perform(
  step: Action,
  life: { path: string; spool: Spool; crashes: number },
  model: Model,
  root: string,
): Promise<void> {
  switch (step.kind) {
    case 'append':
      await life.spool.append({ drafts: Array.from({ length: step.count }, () => draft(note(model))) });
      return;
    case 'together':
      await Promise.all(Array.from({ length: step.count }, () => life.spool.append({ drafts: [draft(note(model))] })));
      return;
    case 'punch':
      return punch(step, life.spool, model);
    case 'confirm': {
      const through = Math.floor(step.share * model.head);
      await life.spool.confirm(through);
      model.confirmed = Math.max(model.confirmed, Math.min(through, model.head));
      return;
    }
    case 'reopen':
      await life.spool.close();
      life.spool = await openTestSpool(life.path);
      return;
    case 'crash': {
      // What a process that died at this moment leaves behind, opened by another.
      const left = join(root, String((life.crashes += 1)));
      cpSync(life.path, left, { recursive: true });
      await life.spool.close();
      life.path = left;
      life.spool = await openTestSpool(left);
    }
  }
}

async function punch({ keys, cursor }: Action & { kind: 'punch' }, spool: Spool, model: Model): Promise<void> {
  const expected = keys.map((key) => {
    const known = model.keys.get(String(key));
    if (known !== undefined) return { sequence: known, repeated: true };
    const sequence = note(model);
    model.keys.set(String(key), sequence);
    return { sequence, repeated: false };
  });
  const drafts = keys.map((key, index) =>
    draft(expected[index]?.sequence ?? 0, { source: CLOCK_SOURCE, naturalKey: String(key) }),
  );
  const recorded = await spool.append({ drafts, cursors: [{ owner: 'door', name: 'log', value: cursor }] });
  expect(recorded.map(({ sequence, repeated }) => ({ sequence, repeated }))).toEqual(expected);
  model.cursor = cursor;
}

/** The next event of the model; its number is its sequence. */
function note(model: Model): number {
  model.head += 1;
  model.events.push({ sequence: model.head, n: model.head });
  return model.head;
}

async function agree(spool: Spool, model: Model): Promise<void> {
  const { head, confirmed, lost, trouble } = spool.status();
  expect({ head, confirmed, lost, trouble }).toEqual({
    head: model.head,
    confirmed: model.confirmed,
    lost: 0,
    trouble: undefined,
  });
  const read = (await readAll(spool, 7)).map((event) => ({ sequence: event.sequence, n: envelopeOf(event).data['n'] }));
  expect(read).toEqual(model.events.filter(({ sequence }) => sequence > model.confirmed));
  expect(await spool.cursor('door', 'log')).toEqual(model.cursor);
}
