/**
 * What a tablet says about evaluations, below `device/{id}/up/` (hello, heartbeat, goodbye and answer are those of every
 * device that speaks MQTT itself), and what it is told below `device/{id}/down/`:
 *
 *   up/shown     the prompt is on the screen            down/prompt   retained; empty: nothing to ask
 *   up/submit    the citizen's mark                     down/display  retained: ticket, waiting, stars, paused
 *   up/closed    closed without a mark                  down/beep     one tone
 *                                                       down/receipt  what became of a message
 */
import { z } from 'zod';
import { messageId } from '../../firmware-bridge/mqtt-device/message.ts';
import { indicatorsSchema, levelSchema } from './kind.ts';

const evaluationId = z.string().min(1).max(64).describe('as in the prompt');

export const shownSchema = z.object({ evaluationId });

export const submitSchema = z.object({
  id: messageId,
  evaluationId,
  level: levelSchema,
  reasons: z.array(z.string().trim().min(1).max(60)).max(12).optional(),
  indicators: z.object(indicatorsSchema.shape).optional(),
  comment: z.string().trim().max(500).optional(),
  elapsedMs: z
    .int()
    .min(0)
    .max(86_400_000)
    .describe("from the moment the prompt was first shown to the press, by the tablet's monotonic clock"),
  window: z.string().max(64).optional().describe('the window that the tablet believes it stands at'),
});

export type Submit = z.output<typeof submitSchema>;

export const closedSchema = z.object({
  id: messageId,
  evaluationId,
  reason: z.enum(['time-out', 'declined']).describe('nobody pressed; the citizen closed it'),
});

export type Closed = z.output<typeof closedSchema>;

/** Offered for levels 1 and 2 unless hall.yaml has its own. */
export const REASONS = [
  '服务态度不好',
  '业务不熟练',
  '办理时间过长',
  '排队等候过久',
  '没有一次性告知所需材料',
  '要求提供不必要的材料',
  '需要多次往返',
  '环境或设施不便',
  '其他原因',
] as const;

const text = z.string().trim().min(1).max(60);
const offered = z.array(text).min(1).max(12);

export const reasonsSetting = z
  .strictObject({ 1: offered, 2: offered })
  .default({ 1: [...REASONS], 2: [...REASONS] })
  .describe('reasons offered for level 1 非常不满意 and 2 不满意; one at least is required');

export type OfferedReasons = z.output<typeof reasonsSetting>;
