/**
 * How hall.yaml describes the way to the centre. Secrets are resolved by the settings reader, so `password` is not among
 * the plain fields.
 */
import { z } from 'zod';
import { Secret } from '../kernel/secret.ts';

const SCHEMES = ['mqtt:', 'mqtts:', 'ws:', 'wss:'];

const tlsFields = z
  .strictObject({
    ca: z.string().min(1).optional().describe("PEM file of the authority that signed the centre's certificate"),
    cert: z.string().min(1).optional().describe('PEM file of the client certificate'),
    key: z.string().min(1).optional().describe('PEM file of the client key'),
    serverName: z.string().min(1).optional().describe("name in the centre's certificate, if it is not the URL's host"),
  })
  .refine((tls) => (tls.cert === undefined) === (tls.key === undefined), 'give cert and key together');

const batchFields = z.strictObject({
  rowsMax: z.int().min(2).max(1_000).default(200).describe('events in one message at most'),
  bytesMax: z.int().min(1_024).max(4_194_304).default(262_144).describe('bytes of one message at most'),
  delayMs: z
    .int()
    .min(1)
    .max(60_000)
    .optional()
    .describe('batch live events too, waiting this long for company; absent: only a backlog is batched'),
});

/** The fields of `uplink:` in hall.yaml, without the password. */
export const uplinkFields = {
  url: z
    .url()
    .refine((url) => SCHEMES.includes(schemeOf(url)), 'use mqtt://, mqtts://, ws:// or wss://')
    .describe("address of the centre's broker"),
  clientId: z.string().min(1).max(64).optional().describe('MQTT client identifier; absent: "hall-{hall}-{gateway}"'),
  username: z.string().min(1).optional(),
  tls: tlsFields.optional(),
  protocol: z.enum(['3.1.1', '5']).default('3.1.1').describe('MQTT version'),
  keepAliveSeconds: z.int().min(1).max(3_600).default(30),
  connectTimeoutMs: z.int().min(100).max(120_000).default(15_000),
  ackTimeoutMs: z.int().min(100).max(600_000).default(10_000).describe('no PUBACK for this long: connect anew'),
  windowRows: z.int().min(1).max(20_000).default(2_000).describe('messages under way without PUBACK at most'),
  confirm: z
    .enum(['puback', 'receipt'])
    .default('puback')
    .describe("what lets a stored event go: the broker's PUBACK, or the central system's own receipt"),
  receiptTimeoutMs: z.int().min(100).max(3_600_000).default(60_000),
  receiptWindowRows: z.int().min(1).max(1_000_000).default(100_000).describe('events ahead of the receipt at most'),
  batch: batchFields.optional(),
  catchUpPerSecond: z.int().min(1).max(1_000_000).optional().describe('events a second at most; absent: no limit'),
  parkAfterTries: z.int().min(1).max(100).default(3).describe('a message the broker dies of is set aside after this'),
  backoff: z
    .strictObject({
      firstMs: z.int().min(1).max(60_000).default(1_000),
      maxMs: z.int().min(1).max(3_600_000).default(60_000),
    })
    .default({ firstMs: 1_000, maxMs: 60_000 }),
};

/** The whole of the uplink's settings, as `startUplink` takes them. */
export const uplinkSchema = z.strictObject({ ...uplinkFields, password: z.instanceof(Secret).optional() });

export type UplinkSettings = z.output<typeof uplinkSchema>;

function schemeOf(url: string): string {
  return url.slice(0, url.indexOf(':') + 1);
}
