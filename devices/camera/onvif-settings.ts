/**
 * What hall.yaml says about an ONVIF camera.
 */
import { z } from 'zod';
import { secretField } from '../../gateway/kernel/secret-field.ts';
import { signalName } from './kind.ts';

const FINGERPRINT = /^(?:[0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$/;

const tlsSchema = z
  .strictObject({
    ca: z.string().startsWith('/').optional().describe('file with the certificate that signed the camera’s'),
    fingerprint: z
      .string()
      .regex(FINGERPRINT, 'must be a SHA-256 fingerprint: 32 pairs of hexadecimal digits')
      .optional()
      .describe('SHA-256 of the camera’s own certificate; for the self-signed ones that cameras make themselves'),
    insecure: z.string().min(10).optional().describe('the reason why any certificate is accepted, in a sentence'),
  })
  .refine((tls) => [tls.ca, tls.fingerprint, tls.insecure].filter((way) => way !== undefined).length <= 1, {
    message: 'take one of ca, fingerprint and insecure; with none, the system’s certificates decide',
  });

const eventsSchema = z.strictObject({
  settleMs: z
    .int()
    .min(0)
    .max(600_000)
    .default(3_000)
    .describe('a signal must be quiet for so long until it has ended; flicker becomes one event'),
  perMinuteMax: z
    .int()
    .min(1)
    .max(600)
    .default(20)
    .describe('most beginnings a minute, for each sort of event and each digital input'),
  pullMs: z.int().min(1_000).max(300_000).default(60_000).describe('how long the camera may hold a request for events'),
});

const snapshotsSchema = z.strictObject({
  folder: z.string().startsWith('/').optional().describe('absent: "snapshots" below gateway.dataDirectory'),
  mebibytesMax: z.int().min(1).max(10_240).default(16).describe('for this camera; the oldest pictures go first'),
  daysMax: z.int().min(1).max(3_650).default(30).describe('older pictures go when the next is taken'),
  on: z.array(signalName).default([]).describe('take a picture when one of these begins'),
  publish: z.boolean().default(false).describe('also say the picture on device/{device}/snapshot of the local broker'),
});

export const onvifConfigSchema = z
  .strictObject({
    host: z.string().min(1).max(253).describe('address of the camera'),
    port: z.int().min(1).max(65_535).optional().describe('80, or 443 with tls'),
    path: z.string().startsWith('/').default('/onvif/device_service').describe('its device service'),
    tls: tlsSchema.optional().describe('speak HTTPS'),
    username: z.string().min(1).optional().describe('of an ONVIF user of the camera'),
    password: secretField().optional(),
    auth: z
      .enum(['auto', 'usernametoken', 'digest', 'basic'])
      .default('auto')
      .describe('auto: what the camera asks for, but never basic, which shows the password'),
    backend: z
      .enum(['auto', 'node-onvif', 'onvif'])
      .default('auto')
      .describe('library that asks; auto: node-onvif, and onvif for HTTPS and for cameras that know only Media2'),
    serial: z.string().min(1).optional().describe('refuse any other camera at this address'),
    endpoint: z
      .string()
      .startsWith('urn:')
      .optional()
      .describe('urn:uuid:... as "discover" shows it: a camera that moved is looked for and its new address told'),
    profile: z.string().min(1).optional().describe('token of the profile for pictures and presets; absent: the first'),
    events: z.union([z.literal('off'), eventsSchema]).prefault({}),
    snapshots: snapshotsSchema.prefault({}),
    pollMs: z.int().min(100).max(3_600_000).default(60_000).describe('how often the camera is asked for its time'),
    replyTimeoutMs: z
      .int()
      .min(100)
      .max(60_000)
      .default(5_000)
      .describe('for one request, from its first to last byte'),
    retryMaxMs: z.int().min(100).max(3_600_000).default(60_000).describe('longest wait between two tries'),
    refusedRetryMs: z
      .int()
      .min(100)
      .max(86_400_000)
      .default(600_000)
      .describe('wait after a mistake that a person must mend; cameras lock accounts after a few wrong passwords'),
  })
  .refine(({ username, password }) => (username === undefined) === (password === undefined), {
    message: 'username and password go together',
    path: ['password'],
  });

export type OnvifConfig = z.output<typeof onvifConfigSchema>;
export type EventSettings = z.output<typeof eventsSchema>;
export type SnapshotSettings = z.output<typeof snapshotsSchema>;
export type TlsSettings = z.output<typeof tlsSchema>;

export function portOf({ port, tls }: OnvifConfig): number {
  return port ?? (tls ? 443 : 80);
}
