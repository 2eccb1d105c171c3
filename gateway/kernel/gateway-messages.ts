/**
 * What the box says about itself, and the receipt that it hears: schemas and one example each. The contract documents are
 * generated from them; messages about devices and commands have their schemas beside the code that writes them.
 */
import { z } from 'zod';

const instant = z.iso.datetime();
const count = z.int().nonnegative();

export const statusSchema = z.object({
  state: z
    .enum(['online', 'offline'])
    .describe('offline is also the will that the broker publishes for a lost gateway'),
  version: z.string().describe('of the gateway program'),
  bootId: z.string().describe('of this boot of the machine'),
  epoch: z.string().describe('of the sequence that its events carry'),
  since: instant,
});

export const linkHealthSchema = z.object({
  link: z.string().describe('phase of the link; "up" is the good one'),
  since: instant,
  reconnects: count.describe('since the start of the program'),
});

export const healthSchema = z.object({
  time: instant,
  queueDepth: count.describe('events that wait for the centre'),
  oldestUnsentAgeMs: count.optional().describe('age of the oldest of them; absent: none waits'),
  spool: z.object({
    bytes: count,
    quotaBytes: count,
    quotaStep: z
      .union([z.literal(0), z.literal(70), z.literal(85), z.literal(95)])
      .describe('percent of the quota passed'),
    lost: count.describe('events given up since this epoch began'),
    trouble: z.string().optional().describe('code of what keeps the disk from taking events'),
  }),
  disk: z.object({ freeBytes: count }),
  memory: z.object({ rssBytes: count }),
  clock: z.object({ synced: z.boolean() }),
  links: z.object({ uplink: linkHealthSchema.optional() }).describe('uplink is absent in a hall without a centre'),
  devices: z.object({ online: count, silent: count, offline: count, unknown: count }),
  eventLoopLagMs: z.number().nonnegative().describe('longest delay of a timer since the message before'),
});

/** From the central system, to let stored events go. */
export const receiptSchema = z.object({
  epoch: z.string().min(1).max(64).describe('as in the events'),
  through: z.int().min(0).describe('every event up to this sequence is safe with us'),
  resend: z
    .boolean()
    .optional()
    .describe('true: send what follows `through` again, now; for a consumer that sees a hole or lost its session'),
});

/** `data` of `hall.gateway.lost.v1`. */
export const lostSchema = z.object({
  from: z.int().positive().describe('first sequence that is gone; also the sequence of this event'),
  through: z.int().positive().describe('last sequence that is gone'),
  count: z.int().positive(),
  reason: z.enum(['quota', 'corrupt']).describe('dropped to make room, or unreadable on the disk'),
  class: z.enum(['telemetry', 'unknown']).describe('unknown where the row could not be read'),
});

/** `data` of `hall.gateway.parked.v1`. */
export const parkedSchema = z.object({
  sequence: z.int().positive().describe('of the event that was set aside; also of this event'),
  topic: z.string().describe('where it belonged'),
  bytes: count.describe('size of the event'),
});

/** `data` of `hall.gateway.salvaged.v1`. */
export const salvagedSchema = z.object({
  events: count.describe('events that were saved; they begin the new epoch, each with the id that it had'),
  missing: count.describe('sequences of the old epoch, not confirmed by the centre, that could not be read'),
  keys: count.describe('natural keys that were saved, so that nothing is recorded twice'),
  cursors: count.describe('reading positions that were saved'),
  previousEpoch: z.string(),
  confirmed: count.describe('up to this sequence the centre had confirmed the old epoch'),
  brokenFile: z.string().describe('name of the broken file, kept on the box'),
});

export const STATUS_EXAMPLE = {
  state: 'online',
  version: '0.1.0',
  bootId: 'a1f0c4de-5b7e-4f0e-9a58-0d5c2f3b6e71',
  epoch: '01JWK3N6V0A7B9C2D4E6F8G0HJ',
  since: '2026-06-01T00:00:12.000Z',
};

export const HEALTH_EXAMPLE = {
  time: '2026-06-01T01:12:00.000Z',
  queueDepth: 3,
  oldestUnsentAgeMs: 420,
  spool: { bytes: 104_857_600, quotaBytes: 2_147_483_648, quotaStep: 0, lost: 0 },
  disk: { freeBytes: 21_474_836_480 },
  memory: { rssBytes: 94_371_840 },
  clock: { synced: true },
  links: { uplink: { link: 'up', since: '2026-06-01T00:00:14.000Z', reconnects: 0 } },
  devices: { online: 371, silent: 1, offline: 3, unknown: 0 },
  eventLoopLagMs: 4.2,
};

export const RECEIPT_EXAMPLE = { epoch: '01JWK3N6V0A7B9C2D4E6F8G0HJ', through: 4711 };

export const LOST_EXAMPLE = { from: 4711, through: 4910, count: 200, reason: 'quota', class: 'telemetry' };

export const PARKED_EXAMPLE = {
  sequence: 4711,
  topic: 'hall/v1/example-hall/evaluator/evaluator-01/event/hall.evaluation.submitted.v1',
  bytes: 512,
};

export const SALVAGED_EXAMPLE = {
  events: 4_698,
  missing: 13,
  keys: 1_204,
  cursors: 8,
  previousEpoch: '01JW0A1B2C3D4E5F6G7H8J9K0M',
  confirmed: 120_400,
  brokenFile: 'spool.db.broken-20260601T011230Z',
};
