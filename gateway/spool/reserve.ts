/**
 * One mebibyte set aside. A disk that is really full refuses deletions and checkpoints too; giving this file up lets
 * confirmed rows go, and it is set aside again before new rows may come.
 */
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const RESERVE_FILE = 'spool.reserve';
const RESERVE_BYTES = 1_048_576;

export interface Reserve {
  /** False from `release` to the next `restore` that worked: what room there is belongs to upkeep. */
  readonly inPlace: boolean;
  release(): Promise<void>;
  /** True when the reserve stands. */
  restore(): Promise<boolean>;
}

export function reserveIn(directory: string): Reserve {
  const file = join(directory, RESERVE_FILE);
  let inPlace = true;
  return {
    get inPlace() {
      return inPlace;
    },
    async release() {
      inPlace = false;
      await rm(file, { force: true });
    },
    async restore() {
      inPlace = await setAside(file);
      if (!inPlace) await rm(file, { force: true }).catch(() => undefined);
      return inPlace;
    },
  };
}

async function setAside(file: string): Promise<boolean> {
  const bytes = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  if (bytes === RESERVE_BYTES) return true;
  try {
    const handle = await open(file, 'w');
    try {
      // Real bytes: a hole in a file reserves nothing.
      await handle.write(Buffer.alloc(RESERVE_BYTES, 0x20));
      await handle.sync();
    } finally {
      await handle.close();
    }
    return true;
  } catch {
    return false;
  }
}
