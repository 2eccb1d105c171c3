/**
 * Room set aside. A disk that is really full refuses deletions and checkpoints too; giving this file up lets confirmed rows
 * go, and it is set aside again before new rows may come.
 *
 * It is as large as the log may grow and one mebibyte more: a checkpoint first makes the table larger by what the log
 * holds, and only then gives the log's own room back. A smaller reserve would be gone in the middle of that.
 */
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const RESERVE_FILE = 'spool.reserve';
const UPKEEP_BYTES = 1_048_576;
/** Written so much at a time. */
const CHUNK_BYTES = 1_048_576;

export interface Reserve {
  /** False from `release` to the next `restore` that worked: what room there is belongs to upkeep. */
  readonly inPlace: boolean;
  release(): Promise<void>;
  /** True when the reserve stands. */
  restore(): Promise<boolean>;
}

export function reserveIn(directory: string, logBytesMax: number): Reserve {
  const reserveBytes = logBytesMax + UPKEEP_BYTES;
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
      inPlace = await setAside(file, reserveBytes);
      if (!inPlace) await rm(file, { force: true }).catch(() => undefined);
      return inPlace;
    },
  };
}

async function setAside(file: string, reserveBytes: number): Promise<boolean> {
  const bytes = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  if (bytes === reserveBytes) return true;
  try {
    const handle = await open(file, 'w');
    try {
      // Real bytes: a hole in a file reserves nothing.
      const chunk = Buffer.alloc(CHUNK_BYTES, 0x20);
      for (let at = 0; at < reserveBytes; at += CHUNK_BYTES) {
        await handle.write(chunk, 0, Math.min(CHUNK_BYTES, reserveBytes - at), at);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    return true;
  } catch {
    return false;
  }
}
