/**
 * A request of a clock and what it is told, free of HTTP: pages below `/iclock/` and the query's words that mean something.
 */
import { z } from 'zod';
import { isHallError } from '../../gateway/kernel/errors.ts';
import type { Packed } from './adms-body.ts';

/** `fdata` is what some firmwares call an upload of pictures. */
export const PAGES = ['cdata', 'registry', 'getrequest', 'ping', 'devicecmd', 'fdata'] as const;
export type Page = (typeof PAGES)[number];

const word = (charactersMax: number) => z.string().max(charactersMax).optional().catch(undefined);

export const querySchema = z.object({
  SN: z.string().regex(/^[A-Za-z0-9_-]{1,32}$/),
  table: word(32),
  /** With `table=tabledata`: which table that is. */
  tablename: word(32),
  /** A number, or a date and time: handed back to the clock as it came. */
  Stamp: z
    .string()
    .regex(/^[\w:+-]{1,32}$/)
    .optional()
    .catch(undefined),
  type: word(32),
  pushver: word(32),
  INFO: word(512),
});

/** The body is unread, and as it came. */
export interface PushRequest extends Packed {
  page: Page;
  method: 'GET' | 'POST';
  query: z.output<typeof querySchema>;
  /** Address of the clock. */
  peer: string;
}

export interface PushAnswer {
  status: number;
  text: string;
}

export const OK: PushAnswer = { status: 200, text: 'OK' };

const STATUS_BY_CODE = new Map<string, number>([
  ['push.clock-unknown', 403],
  ['push.upload-stalled', 408],
  ['push.upload-too-large', 413],
  ['push.upload-unreadable', 415],
  ['push.dialect-unknown', 501],
  ['push.table-unknown', 501],
]);
const TRY_AGAIN = 503;

/** Anything but 200 makes a clock keep what it has and send it again. */
export function refusal(thrown: unknown): PushAnswer {
  const status = isHallError(thrown) ? (STATUS_BY_CODE.get(thrown.code) ?? TRY_AGAIN) : TRY_AGAIN;
  return { status, text: `ERROR: ${isHallError(thrown) ? thrown.code : 'try again'}` };
}
