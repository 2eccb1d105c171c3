/**
 * Settings of an evaluation that several wires share.
 */
import { z } from 'zod';

/** Of every wire. */
export const evaluationTimeoutSeconds = z
  .int()
  .min(5)
  .max(600)
  .default(30)
  .describe('an evaluation without a mark ends as not rated');

/** Of evaluators with keys, which are easily pressed again. */
export const keyedEvaluationSettings = {
  evaluationTimeoutSeconds,
  sameEvaluationMs: z
    .int()
    .min(0)
    .max(600_000)
    .default(10_000)
    .describe('further keys within this time after a mark belong to the same evaluation'),
};
