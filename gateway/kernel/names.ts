/**
 * The names that appear in topics, file names and CloudEvents sources: short, lower case, safe everywhere.
 */
import { z } from 'zod';

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Identity of a hall, a gateway, a device or a line: `a-z`, `0-9` and `-`, at most 63 characters. */
export const nameSchema = z.string().regex(NAME, 'use a-z, 0-9 and "-" (at most 63 characters, not "-" at an end)');

/** Where a gateway stands: part of every topic and every source. */
export interface Place {
  hall: string;
  gateway: string;
}
