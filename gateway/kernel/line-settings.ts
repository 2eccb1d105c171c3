/**
 * What a line in hall.yaml may look like: a serial port of the box, or a serial server on the network.
 */
import { z } from 'zod';
import { nameSchema } from './names.ts';

/** How Modbus is spoken on a line; the times are those of the wires and of the slowest device on them. */
const modbusTimes = {
  bus: nameSchema
    .optional()
    .describe('lines with the same bus lead to the same pair of wires; absent: the line has wires of its own'),
  responseTimeoutMs: z
    .int()
    .min(20)
    .max(10_000)
    .default(300)
    .describe('how long a device may think, beside the time that request and answer take on the wires'),
  lateAnswerMs: z
    .int()
    .min(20)
    .max(30_000)
    .default(1_000)
    .describe('after this long no answer comes any more; the wires are left alone until then when one is missing'),
  turnaroundMs: z.int().min(0).max(1_000).default(100).describe('rest after a message to all devices (unit 0)'),
  ownEcho: z.boolean().default(false).describe('true for an RS-485 adapter that hears what it sends itself'),
};

const serialModbusSchema = z.strictObject(modbusTimes);

const tcpModbusSchema = z.strictObject({
  framing: z
    .enum(['rtu', 'tcp'])
    .default('rtu')
    .describe(
      'rtu: a serial server hands bytes through; tcp: a Modbus TCP gateway, or boards that speak it themselves',
    ),
  baudRate: z.int().min(300).max(4_000_000).default(9600).describe('speed of the wires behind the server'),
  ...modbusTimes,
});

export const serialLineSchema = z.strictObject({
  type: z.literal('serial'),
  path: z.string().startsWith('/').describe('device file, best a stable one below /dev/serial/by-id/'),
  baudRate: z.int().min(300).max(4_000_000).default(9600),
  dataBits: z.union([z.literal(7), z.literal(8)]).default(8),
  parity: z.enum(['none', 'even', 'odd']).default('none'),
  stopBits: z.union([z.literal(1), z.literal(2)]).default(1),
  modbus: serialModbusSchema.optional().describe('only for lines with Modbus devices'),
});

export const tcpLineSchema = z.strictObject({
  type: z.literal('tcp'),
  host: z.string().min(1).describe('name or address of the serial server'),
  port: z.int().min(1).max(65_535),
  connectTimeoutMs: z.int().min(100).max(60_000).default(5_000),
  modbus: tcpModbusSchema.optional().describe('only for lines with Modbus devices'),
});

/** Settings of one line; the union is told apart by `type`. */
export const lineSettingsSchema = z.discriminatedUnion('type', [serialLineSchema, tcpLineSchema]);

export type SerialLineSettings = z.output<typeof serialLineSchema>;
export type LineSettings = z.output<typeof lineSettingsSchema>;

/** How Modbus is spoken on a line, with every default filled in. */
export type ModbusLineSettings = z.output<typeof tcpModbusSchema>;

export function modbusSettingsOf(line: LineSettings): ModbusLineSettings {
  return line.type === 'tcp'
    ? tcpModbusSchema.parse(line.modbus ?? {})
    : { framing: 'rtu', baudRate: line.baudRate, ...serialModbusSchema.parse(line.modbus ?? {}) };
}
