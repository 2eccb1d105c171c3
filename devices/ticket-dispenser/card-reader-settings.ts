/**
 * What hall.yaml says about the ID-card reader of a kiosk.
 */
import { z } from 'zod';
import { nameSchema } from '../../gateway/kernel/names.ts';
import { secretField } from '../../gateway/kernel/secret-field.ts';

/** A shorter key could be guessed by trying. */
const KEY_CHARACTERS_MIN = 16;

const hashKey = secretField().refine((key) => key.reveal().length >= KEY_CHARACTERS_MIN, {
  message: `must have at least ${KEY_CHARACTERS_MIN} characters`,
});

export const cardReaderConfig = z
  .strictObject({
    line: nameSchema.describe('name of the line under `lines`; most readers run at 115200 baud'),
    pollMs: z.int().min(50).max(10_000).default(300).describe('how often the reader is asked for a card'),
    replyTimeoutMs: z.int().min(50).max(30_000).default(1_000).describe('how long finding and selecting may take'),
    readTimeoutMs: z.int().min(100).max(60_000).default(6_000).describe('how long reading a card may take'),
    sameCardMs: z
      .int()
      .min(0)
      .max(60_000)
      .default(2_000)
      .describe('the same card again within this time after it was last seen was never taken away'),
    privacy: z
      .enum(['mask', 'hash'])
      .default('mask')
      .describe('what is told of the number: first six and last four digits, or a keyed hash'),
    hashKey: hashKey.optional().describe('only with privacy: hash; the same key in every hall makes hashes comparable'),
  })
  .superRefine(({ privacy, hashKey: key }, context) => {
    if ((privacy === 'hash') === (key !== undefined)) return;
    const message = privacy === 'hash' ? 'is needed for privacy: hash' : 'has a use with privacy: hash only';
    context.addIssue({ code: 'custom', path: ['hashKey'], message });
  });

export type CardReaderConfig = z.output<typeof cardReaderConfig>;
