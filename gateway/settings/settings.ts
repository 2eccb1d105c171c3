/**
 * hall.yaml, the one file that a technician writes. Its shape:
 *
 *     hall:    {id, name, timeZone}                    who we are
 *     gateway: {id, dataDirectory, logLevel}           the box
 *     spool:   {quotaMiB}                              the durable outbox
 *     broker:  {listen, websocket, tls, accounts, loopbackAnonymous}
 *     uplink:  {url, username, password, tls, confirm, batch, ...}    absent: a hall without a centre
 *     lines:   {NAME: {type: serial|tcp, ...}}         serial ports and serial servers
 *     devices: [{id, kind, wire, name, window, enabled, ...the driver's own keys}]
 *
 * Secrets are references (`{env: NAME}`, `{file: /path}`). The editor's JSON Schema is made from the same schemas.
 */
import { z } from 'zod';
import type { AnyDriver } from '../kernel/driver.ts';
import { lineSettingsSchema, type LineSettings } from '../kernel/line-settings.ts';
import { nameSchema } from '../kernel/names.ts';
import { secretField } from '../kernel/secret-field.ts';
import { uplinkFields } from '../uplink/uplink-settings.ts';
import { brokerSection } from './broker-section.ts';

export const hallSection = z.strictObject({
  id: nameSchema.describe('identity of the hall in every topic; never change it later'),
  name: z.string().min(1).max(100).describe('name of the hall for people'),
  timeZone: z
    .string()
    .refine(isTimeZone, {
      message: 'use an IANA time zone such as Asia/Shanghai',
      params: { zh: '请写 IANA 时区名，例如 Asia/Shanghai。' },
    })
    .default('Asia/Shanghai')
    .describe('IANA time zone of the hall'),
});

/** Nothing can be kept there, and making a folder there never ends. */
const KERNEL_FOLDERS = /^\/(?:proc|sys|dev)(?:\/|$)/;

export const gatewaySection = z.strictObject({
  id: nameSchema.describe('identity of this box in every topic'),
  dataDirectory: z
    .string()
    .startsWith('/')
    .refine((path) => !KERNEL_FOLDERS.test(path), {
      message: 'this folder belongs to the kernel; choose one on a disk, for example /var/lib/hall-gateway',
      params: { zh: '该目录属于系统内核，不能存放数据；请改为磁盘上的目录，例如 /var/lib/hall-gateway。' },
    })
    .default('/var/lib/hall-gateway')
    .describe('where the spool and everything else that must survive is kept'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export const spoolSection = z
  .strictObject({
    quotaMiB: z
      .int()
      .min(16)
      .max(1_048_576)
      .default(2_048)
      .describe('disk space for events that wait for the centre; 2048 holds about two million'),
  })
  .prefault({});

export const uplinkSection = z.strictObject({ ...uplinkFields, password: secretField().optional() }).optional();

export const linesSection = z.record(nameSchema, lineSettingsSchema).default({});

/** What every device entry has; the rest of its keys belong to the driver. */
export const deviceFields = {
  id: nameSchema.describe('identity of the device in topics'),
  kind: z.string(),
  wire: z.string(),
  name: z.string().min(1).max(100).optional().describe('name of the device for people'),
  window: z
    .union([z.string().min(1).max(20), z.int().min(0)])
    .transform(String)
    .optional()
    .describe('number of the window where it stands'),
  enabled: z.boolean().default(true).describe('false: known, but not run'),
};

/** The sections that are parsed each by itself, so that a mistake in one hides none in another. */
export const sections = {
  hall: hallSection,
  gateway: gatewaySection,
  spool: spoolSection,
  broker: brokerSection,
  uplink: uplinkSection,
  lines: linesSection,
};

/** A device entry, its driver found and its config parsed by that driver's schema. */
export interface DeviceSettings {
  id: string;
  kind: string;
  wire: string;
  name?: string | undefined;
  window?: string | undefined;
  enabled: boolean;
  driver: AnyDriver;
  /** Output of `driver.config`. */
  config: unknown;
  address: string;
}

export interface Settings {
  hall: z.output<typeof hallSection>;
  gateway: z.output<typeof gatewaySection>;
  spool: z.output<typeof spoolSection>;
  broker: z.output<typeof brokerSection>;
  /** Absent: a hall without a centre. */
  uplink: z.output<typeof uplinkSection>;
  lines: Record<string, LineSettings>;
  devices: DeviceSettings[];
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Z]/.test(name);
  } catch {
    return false;
  }
}
