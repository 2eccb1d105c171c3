/**
 * Files beside the database. A name is durable only when its folder has been synced; ext4 forgives forgetting it, others do not.
 */
import { open } from 'node:fs/promises';

export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
