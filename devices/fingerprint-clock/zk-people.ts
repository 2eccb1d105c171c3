/**
 * Who is who at one clock. Three forms of one person meet here: the text `00042` of newer records, the number 42 of older
 * ones, and the internal uid of the oldest, which means nothing without the user table.
 */
import { z } from 'zod';
import { isJsonObject, type Json } from '../../gateway/kernel/json.ts';
import { comparableId, type Person, type Punch } from './punches.ts';
import type { ClockUser } from './zk-users.ts';

export interface People {
  /** Takes the clock's user table as it is now. */
  replace(users: readonly ClockUser[]): void;
  find(punch: Punch): Person;
  /** uid -> user id of everybody ever seen, so that a punch keeps its owner after the person was removed. */
  remembered(): Record<string, string>;
}

/** `remembered` is what an earlier run stored. */
export function people(remembered: Json | undefined): People {
  const idOfUid = new Map<string, string>(Object.entries(rememberedSchema.safeParse(remembered).data ?? {}));
  const enrolled = new Map<string, ClockUser>();
  return {
    replace(users) {
      enrolled.clear();
      for (const user of users) {
        enrolled.set(comparableId(user.userId), user);
        idOfUid.set(String(user.uid), user.userId);
      }
    },
    find(punch) {
      const said = punch.userId ?? idOfUid.get(String(punch.uid)) ?? String(punch.uid ?? '');
      const user = enrolled.get(comparableId(said));
      return { userId: user?.userId ?? said, ...(user?.name && { name: user.name }) };
    },
    remembered: () => Object.fromEntries(idOfUid),
  };
}

const rememberedSchema = z.custom<Json>(isJsonObject).pipe(z.record(z.string(), z.string()));
