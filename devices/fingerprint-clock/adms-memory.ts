/**
 * What the gateway remembers of a clock that pushes, across its own restarts: how far each table was taken, which protocol the
 * clock speaks (it says so only when it introduces itself), and the names of its people.
 */
import { z } from 'zod';
import type { CursorUpdate, Hall } from '../../gateway/kernel/driver.ts';
import type { FingerprintClock } from './kind.ts';
import { names, type Names } from './adms-names.ts';
import type { Stamps } from './adms-options.ts';

const CURSOR = 'push';
const NAMES_CURSOR = 'push-names';

const storedSchema = z.object({
  ATTLOG: z.string().optional(),
  OPERLOG: z.string().optional(),
  pushVersion: z.string().optional(),
});

export interface ClockMemory {
  readonly stamps: Stamps;
  readonly names: Names;
  readonly pushVersion: string | undefined;
  /** Undefined when that version is remembered already. */
  versionCursor(pushVersion: string): CursorUpdate | undefined;
  /** Undefined when that stamp is remembered already: most clocks always send the same. */
  stampCursor(table: keyof Stamps, stamp: string): CursorUpdate | undefined;
  namesCursor(): CursorUpdate;
}

/** @throws HallError `device.stopped` when the driver stops while the disk cannot be read. */
export async function clockMemory(hall: Hall<FingerprintClock>): Promise<ClockMemory> {
  const { pushVersion: stored, ...stamps } = storedSchema.safeParse(await hall.cursor(CURSOR)).data ?? {};
  const known = names(await hall.cursor(NAMES_CURSOR));
  const taken: Stamps = stamps;
  let pushVersion = stored;
  const cursor = (news: Stamps): CursorUpdate => {
    const { ATTLOG, OPERLOG } = { ...taken, ...news };
    return {
      name: CURSOR,
      value: {
        ...(ATTLOG !== undefined && { ATTLOG }),
        ...(OPERLOG !== undefined && { OPERLOG }),
        ...(pushVersion !== undefined && { pushVersion }),
      },
    };
  };
  return {
    stamps: taken,
    names: known,
    get pushVersion() {
      return pushVersion;
    },
    versionCursor(version) {
      if (version === pushVersion) return undefined;
      pushVersion = version;
      return cursor({});
    },
    stampCursor: (table, stamp) => (taken[table] === stamp ? undefined : cursor({ [table]: stamp })),
    namesCursor: () => ({ name: NAMES_CURSOR, value: known.remembered() }),
  };
}
