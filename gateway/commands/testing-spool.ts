/**
 * For tests: a spool in memory whose commits can be held back, as a refusing disk does it, and which can be handed to a
 * second gateway, as a restart does it.
 */
import { randomUUID } from 'node:crypto';
import type { CursorUpdate, Recorded } from '../kernel/driver.ts';
import type { Draft } from '../kernel/event.ts';
import type { Json } from '../kernel/json.ts';
import type { Spool } from '../spool/port.ts';
import { deferred, type Deferred } from '../kernel/waiting.ts';

export interface TestingSpool extends Pick<Spool, 'append' | 'cursor' | 'cursors'> {
  readonly drafts: readonly Draft[];
  /** Appends that are waiting or were committed. */
  readonly asked: number;
  /** From now on nothing commits until the returned function is called. */
  hold(): () => void;
}

export function testingSpool(): TestingSpool {
  const drafts: Draft[] = [];
  const known = new Map<string, Recorded>();
  const cursors = new Map<string, Map<string, Json>>();
  let gate: Deferred<void> | undefined;
  let asked = 0;
  const recordOf = (draft: Draft): Recorded => {
    const key = draft.naturalKey === undefined ? undefined : `${draft.source} ${draft.naturalKey}`;
    const before = key === undefined ? undefined : known.get(key);
    if (before) return { ...before, repeated: true };
    drafts.push(draft);
    const recorded = { id: randomUUID(), sequence: drafts.length, repeated: false };
    if (key !== undefined) known.set(key, recorded);
    return recorded;
  };
  const setCursor = ({ owner, name, value }: CursorUpdate & { owner: string }) => {
    const owned = cursors.get(owner) ?? new Map<string, Json>();
    cursors.set(owner, owned);
    if (value === null) owned.delete(name);
    else owned.set(name, value);
  };
  return {
    drafts,
    get asked() {
      return asked;
    },
    hold() {
      const held = deferred<void>();
      gate = held;
      return () => {
        gate = undefined;
        held.resolve();
      };
    },
    async append(append) {
      asked += 1;
      await (gate?.promise ?? Promise.resolve());
      append.cursors?.forEach(setCursor);
      return append.drafts.map(recordOf);
    },
    cursor: (owner, name) => Promise.resolve(cursors.get(owner)?.get(name)),
    cursors: (owner) => Promise.resolve(new Map(cursors.get(owner))),
  };
}
