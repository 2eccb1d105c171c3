/**
 * Who is who at a clock that pushes: it tells names when somebody is enrolled or changed, and punches name a number only, so
 * the names are remembered across restarts.
 */
import { z } from 'zod';
import { isJsonObject, type Json } from '../../gateway/kernel/json.ts';
import { comparableId, type Person, type Punch } from './punches.ts';

/** Far beyond the capacity of any clock of a hall; the person heard of first makes room. */
const PEOPLE_MAX = 20_000;

export interface Names {
  /** True when this is news. */
  learn(userId: string, name: string): boolean;
  find(punch: Punch): Person;
  /** User id -> name, for the next run. */
  remembered(): Record<string, string>;
}

const storedSchema = z.custom<Json>(isJsonObject).pipe(z.record(z.string(), z.string()));

export function names(stored: Json | undefined): Names {
  const known = new Map<string, Required<Person>>();
  const keep = (userId: string, name: string) => {
    known.set(comparableId(userId), { userId, name });
    for (const oldest of known.keys()) {
      if (known.size <= PEOPLE_MAX) break;
      known.delete(oldest);
    }
  };
  for (const [userId, name] of Object.entries(storedSchema.safeParse(stored).data ?? {})) keep(userId, name);
  return {
    learn(userId, name) {
      const before = known.get(comparableId(userId));
      if (before?.userId === userId && before.name === name) return false;
      keep(userId, name);
      return true;
    },
    find({ userId = '' }) {
      const person = known.get(comparableId(userId));
      return { userId: person?.userId ?? userId, ...(person?.name && { name: person.name }) };
    },
    remembered: () => Object.fromEntries([...known.values()].map(({ userId, name }) => [userId, name])),
  };
}
