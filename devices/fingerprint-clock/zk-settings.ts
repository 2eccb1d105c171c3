/**
 * What hall.yaml says about a clock on port 4370.
 */
import { z } from 'zod';
import { secretField } from '../../gateway/kernel/secret-field.ts';
import type { Secret } from '../../gateway/kernel/secret.ts';

const COMM_KEY_MAX = 999_999;

/** The number that the clock's menu calls Comm Key (通讯密码); hall.yaml refers to it as to every secret. */
const commKeySchema = secretField().refine((key) => Number.isInteger(commKeyNumber(key)), {
  message: `must be a whole number from 0 to ${COMM_KEY_MAX}`,
});

export const zkConfigSchema = z.strictObject({
  host: z.string().min(1).describe('address of the clock'),
  port: z.int().min(1).max(65_535).default(4370),
  transport: z.enum(['tcp', 'udp']).default('tcp').describe('older clocks speak UDP only'),
  commKey: commKeySchema.optional().describe('Comm Key (通讯密码) as set at the clock; absent: none'),
  serial: z.string().min(1).optional().describe('refuse any other clock at this address'),
  nameEncoding: z.enum(['gbk', 'utf8']).default('gbk').describe('how the clock writes names'),
  liveOrder: z
    .enum(['verify-punch', 'punch-verify'])
    .default('verify-punch')
    .describe('order of the two codes in live events; change it when live events show them exchanged'),
  pollMs: z.int().min(1_000).max(86_400_000).default(600_000).describe('how often the stored log is looked at'),
  heartbeatMs: z.int().min(100).max(600_000).default(30_000).describe('how often the clock is asked for its time'),
  driftAlarmSeconds: z.int().min(1).max(86_400).default(60),
  autoSetTime: z.boolean().default(false).describe('set the clock by itself when it drifts beyond the alarm'),
  connectTimeoutMs: z.int().min(100).max(60_000).default(5_000),
  replyTimeoutMs: z.int().min(100).max(60_000).default(5_000),
  pieceTimeoutMs: z.int().min(100).max(300_000).default(45_000).describe('how long a piece of a long read may take'),
  resendMs: z.int().min(50).max(10_000).default(1_000).describe('UDP only: a request without an answer is sent again'),
  retryMaxMs: z.int().min(100).max(3_600_000).default(60_000).describe('longest wait between two tries to connect'),
  refusedRetryMs: z
    .int()
    .min(100)
    .max(3_600_000)
    .default(300_000)
    .describe('wait after a mistake that a person must mend (wrong comm key, other clock)'),
});

export type ZkConfig = z.output<typeof zkConfigSchema>;

/** The comm key as a number, 0 when there is none, NaN when it is no key. Reveal it only where it is scrambled. */
export function commKeyNumber(key: Secret | undefined): number {
  if (key === undefined) return 0;
  const text = key.reveal().trim();
  return /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
}
