/**
 * What a schema has against a value, in one line for a person; it names the place, never the value.
 */
import type { z } from 'zod';

/** The first issue as `path.to.key: what is wrong`, or only what is wrong when the value itself is. */
export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (!issue) return 'not acceptable';
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
}
