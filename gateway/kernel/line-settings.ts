/**
 * What a line in hall.yaml may look like: a serial port of the box, or a serial server on the network.
 */
import { z } from 'zod';

export const serialLineSchema = z.strictObject({
  type: z.literal('serial'),
  path: z.string().startsWith('/').describe('device file, best a stable one below /dev/serial/by-id/'),
  baudRate: z.int().min(300).max(4_000_000).default(9600),
  dataBits: z.union([z.literal(7), z.literal(8)]).default(8),
  parity: z.enum(['none', 'even', 'odd']).default('none'),
  stopBits: z.union([z.literal(1), z.literal(2)]).default(1),
});

export const tcpLineSchema = z.strictObject({
  type: z.literal('tcp'),
  host: z.string().min(1).describe('name or address of the serial server'),
  port: z.int().min(1).max(65_535),
  connectTimeoutMs: z.int().min(100).max(60_000).default(5_000),
});

/** Settings of one line; the union is told apart by `type`. */
export const lineSettingsSchema = z.discriminatedUnion('type', [serialLineSchema, tcpLineSchema]);

export type SerialLineSettings = z.output<typeof serialLineSchema>;
export type LineSettings = z.output<typeof lineSettingsSchema>;
