/**
 * What hall.yaml says about a clock that pushes its punches, and how a listening address is read.
 */
import { BlockList, isIPv4 } from 'node:net';
import { z } from 'zod';

/** The protocol has no authentication and no encryption: it stays inside the hall (RFC 1918, RFC 3927, loopback). */
const HALL_NETWORKS = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['127.0.0.0', 8],
] as const;

export interface ListenAddress {
  host: string;
  port: number;
}

const listenSchema = z
  .string()
  .refine((text) => isHallAddress(text), {
    message: "must be this box's own address in the hall's network and a port, for example 192.168.1.10:8081",
  })
  .describe(
    "where the box waits for the clocks: its own address in the hall's network, and a port; all clocks share it",
  );

/** `HH:MM`, as the clock's own settings write it. */
const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'write a time of day, for example 14:05');

/** What a technician must not be able to lose: punches, alarms. */
const TABLES_WITH_RECORDS = new Set(['ATTLOG', 'OPERLOG', 'RTLOG']);

const tableName = z
  .string()
  .regex(/^[A-Za-z0-9_/-]{1,65}$/, 'write the name of the table as the log shows it')
  .transform((name) => name.toUpperCase())
  .refine((name) => !TABLES_WITH_RECORDS.has(name), 'holds records; to drop it would lose them');

export const admsConfigSchema = z.strictObject({
  listen: listenSchema,
  serial: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/, "write the clock's serial number as its menu shows it")
    .describe('serial number of the clock; any other clock is refused'),
  push: z
    .enum(['auto', '2', '3'])
    .default('auto')
    .describe('protocol family of the answers; auto: as the clock says (pushver)'),
  nameEncoding: z.enum(['auto', 'gbk', 'utf8']).default('auto').describe('how the clock writes names'),
  sendTimeZone: z
    .boolean()
    .default(true)
    .describe("tell the clock the hall's time zone; false when a clock adds a zone of its own and goes wrong by hours"),
  delaySeconds: z.int().min(1).max(600).default(10).describe('how often the clock asks for commands'),
  errorDelaySeconds: z.int().min(1).max(3_600).default(30).describe('how long the clock waits after a failure'),
  transTimes: z
    .array(timeOfDay)
    .max(10)
    .default(['00:00', '14:05'])
    .describe('when the clock looks for punches that it has not handed over'),
  transIntervalMinutes: z.int().min(0).max(1_440).default(1),
  dropTables: z
    .array(tableName)
    .max(16)
    .default([])
    .describe('tables that clocks of this firmware upload and that hold no record; told OK and dropped unread'),
  offlineAfterSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .optional()
    .describe('offline when the clock has not asked for so long; default: three delays and one error delay'),
  storePatienceMs: z
    .int()
    .min(50)
    .max(60_000)
    .default(8_000)
    .describe('how long a clock waits for the disk before it is told to send again'),
  commandRepeatSeconds: z
    .int()
    .min(1)
    .max(3_600)
    .default(20)
    .describe('a command that was fetched and not confirmed is handed out again after this'),
  logSettleSeconds: z
    .int()
    .min(1)
    .max(600)
    .default(20)
    .describe('read-log is over when the clock has confirmed it and sent no punch for so long'),
});

export type AdmsConfig = z.output<typeof admsConfigSchema>;

/** Host and port of a `listen` that the schema let through. */
export function listenAddress(listen: string): ListenAddress {
  const [host = '', port = ''] = listen.split(':');
  return { host, port: Number(port) };
}

export function offlineAfterMs(config: AdmsConfig): number {
  return 1_000 * (config.offlineAfterSeconds ?? 3 * config.delaySeconds + config.errorDelaySeconds);
}

function isHallAddress(text: string): boolean {
  const found = /^([\d.]+):(\d{1,5})$/.exec(text);
  const host = found?.[1] ?? '';
  const port = Number(found?.[2]);
  return isIPv4(host) && port >= 1 && port <= 65_535 && hallNetworks().check(host);
}

function hallNetworks(): BlockList {
  const list = new BlockList();
  for (const [network, bits] of HALL_NETWORKS) list.addSubnet(network, bits);
  return list;
}
