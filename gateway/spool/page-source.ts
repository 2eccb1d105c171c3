/**
 * The pages of a database and of its log, read as plain bytes.
 */
import { open } from 'node:fs/promises';
import { closeSync, openSync, readSync } from 'node:fs';
import { PAGE_BYTES } from './limits.ts';
import { readLogPages } from './wal-log.ts';

/** A page by its place: first those of the database, then those of the log in the order in which they were written. */
export interface PageSource {
  readonly count: number;
  /** The page at a place, and whether it is the first of the database. */
  at(place: number): { page: Buffer; isFirst: boolean } | undefined;
  /** An overflow page by its number, as the log has it last. */
  byNumber(number: number): Buffer | undefined;
  close(): void;
}

/** Salvage runs before anything else does, so these reads may block. */
export async function openPages(file: string): Promise<PageSource> {
  const handle = await open(file, 'r');
  const bytes = (await handle.stat()).size;
  await handle.close();
  const databasePages = Math.floor(bytes / PAGE_BYTES);
  const logPages = await readLogPages(`${file}-wal`);
  const latest = new Map(logPages.map(({ number, page }) => [number, page]));
  const descriptor = openSync(file, 'r');
  const fromDatabase = (place: number): Buffer | undefined => {
    const page = Buffer.alloc(PAGE_BYTES);
    try {
      return readSync(descriptor, page, 0, PAGE_BYTES, place * PAGE_BYTES) === PAGE_BYTES ? page : undefined;
    } catch {
      // A sector that the card cannot read any more: the other pages may still be sound.
      return undefined;
    }
  };
  return {
    count: databasePages + logPages.length,
    at(place) {
      const logged = logPages[place - databasePages];
      if (logged) return { page: logged.page, isFirst: logged.number === 1 };
      const page = fromDatabase(place);
      return page && { page, isFirst: place === 0 };
    },
    byNumber: (number) => latest.get(number) ?? (number > 0 ? fromDatabase(number - 1) : undefined),
    close: () => closeSync(descriptor),
  };
}
