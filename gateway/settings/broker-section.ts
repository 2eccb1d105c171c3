/**
 * The section `broker:` of hall.yaml: where the local broker listens, and the accounts that may use it.
 */
import { z } from 'zod';
import { accountSchema } from '../broker/account.ts';

const HOST_PORT = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]*)):(\d{1,5})$/;
const EVERY_ADDRESS = '0.0.0.0';
const PORT_MAX = 65_535;

export interface Listen {
  host: string;
  port: number;
}

const listenText = z.string().transform((text, context): Listen => {
  const [, bracketed, plain, port] = HOST_PORT.exec(text) ?? [];
  if (port !== undefined && Number(port) >= 1 && Number(port) <= PORT_MAX) {
    return { host: bracketed ?? (plain || EVERY_ADDRESS), port: Number(port) };
  }
  context.addIssue({
    code: 'custom',
    message: 'write host:port, for example 0.0.0.0:1883',
    params: { zh: '请写成“主机:端口”，例如 0.0.0.0:1883。' },
  });
  return z.NEVER;
});

/** `host:port` or `{host, port}`. */
export const listenSchema = z
  .union([
    listenText,
    z.strictObject({ host: z.string().min(1).default(EVERY_ADDRESS), port: z.int().min(1).max(PORT_MAX) }),
  ])
  .describe('host:port, for example 0.0.0.0:1883');

export const brokerSection = z
  .strictObject({
    listen: listenSchema.prefault('127.0.0.1:1883').describe('where MQTT clients of the hall connect'),
    websocket: listenSchema.optional().describe('where MQTT over WebSocket clients connect; absent: nowhere'),
    tls: z
      .strictObject({
        listen: listenSchema.prefault('0.0.0.0:8883'),
        cert: z.string().startsWith('/').describe('PEM file of the certificate'),
        key: z.string().startsWith('/').describe('PEM file of the key'),
      })
      .optional()
      .describe('a second listener with TLS; absent: none'),
    loopbackAnonymous: z.boolean().default(false).describe('clients on the box itself may read without an account'),
    accounts: z.array(accountSchema).default([]),
  })
  .prefault({});
