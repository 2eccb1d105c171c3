/**
 * A second opinion on the newest sequence, in a file beside the database, written after each commit and never synced.
 *
 * SQLite takes a damaged frame of its log for the end of the log and forgets everything behind it without a word. When
 * this file knows of more than the database does, that has happened: the mark follows a durable commit, so it can be
 * late after a power cut but never early.
 */
import { open, readFile, type FileHandle } from 'node:fs/promises';
import type { Log } from '../kernel/log.ts';
import { crc32 } from './checksum.ts';

export interface HeadMark {
  epoch: string;
  head: number;
}

/** One sector at most, so that it is written whole or not at all. */
const MARK_BYTES = 64;

export async function readHeadMark(file: string): Promise<HeadMark | undefined> {
  const text = await readFile(file, 'latin1').catch(() => '');
  const [epoch, head, crc] = text.trimEnd().split(' ');
  if (!epoch || !head || crc32(`${epoch} ${head}`) !== Number(crc)) return undefined;
  return { epoch, head: Number(head) };
}

export interface HeadMarkWriter {
  /** Notes the newest durable sequence; of several notes in one moment the last is written. */
  note(mark: HeadMark): void;
  close(): Promise<void>;
}

/** Writes marks in the background: a disk that refuses them is told apart by the commits, not here. */
export async function openHeadMark(file: string, log: Log): Promise<HeadMarkWriter> {
  // Neither truncated nor appended to: an old mark stays readable until it is overwritten in place.
  const handle = await open(file, 'r+').catch(() => open(file, 'w+'));
  let newest: HeadMark | undefined;
  let writing: Promise<void> | undefined;
  const drain = async () => {
    for (let mark = newest; mark; mark = newest) {
      newest = undefined;
      await handle.write(markText(mark), 0, 'latin1');
    }
  };
  const start = () => {
    writing = drain()
      .catch((thrown: unknown) => log.debug('spool.head-mark-failed', { message: String(thrown) }))
      .finally(() => (writing = undefined));
  };
  return {
    note(mark) {
      newest = mark;
      if (!writing) start();
    },
    close: () => closeAfter(writing, handle),
  };
}

async function closeAfter(writing: Promise<void> | undefined, handle: FileHandle): Promise<void> {
  await writing;
  await handle.close();
}

function markText({ epoch, head }: HeadMark): string {
  const text = `${epoch} ${head}`;
  return `${text} ${crc32(text)}`.padEnd(MARK_BYTES - 1) + '\n';
}
