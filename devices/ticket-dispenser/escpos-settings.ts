/**
 * What hall.yaml says about a kiosk with an ESC/POS printer.
 */
import { z } from 'zod';
import { nameSchema } from '../../gateway/kernel/names.ts';
import { ticketTemplate } from './escpos-template.ts';
import { kioskInputSettings } from './kiosk-inputs.ts';

export const escposConfig = z.strictObject({
  line: nameSchema.describe('name of the printer line under `lines`: serial, or tcp port 9100'),
  hallName: z.string().min(1).max(64).optional().describe('what {hallName} prints'),
  charset: z.enum(['gb18030', 'gbk']).default('gb18030').describe('gbk for older heads: rare characters are refused'),
  qr: z.enum(['native', 'raster']).default('native').describe('raster: as a picture, for heads that draw no QR code'),
  cut: z.enum(['partial', 'full', 'none']).default('partial'),
  feedLines: z.int().min(0).max(20).default(4).describe('empty lines before the cut, from head to knife'),
  confirm: z
    .enum(['paper-status', 'process-id'])
    .default('paper-status')
    .describe('what is asked after a ticket (GS r, or GS ( H): its answer proves that the ticket was printed'),
  realTimeStatus: z
    .boolean()
    .default(true)
    .describe('false: the interface board does not pass DLE EOT; GS r is asked instead'),
  automaticStatus: z.boolean().default(true).describe('asks the printer to say changes by itself (GS a)'),
  statusSeconds: z.int().min(1).max(600).default(10).describe('between two questions for the status'),
  statusTimeoutMs: z.int().min(100).max(10_000).default(2_000).describe('no answer for so long: silent'),
  printTimeoutMs: z
    .int()
    .min(1_000)
    .max(45_000)
    .default(15_000)
    .describe('a ticket that is not confirmed for so long is unconfirmed'),
  ticket: ticketTemplate,
  ...kioskInputSettings,
});

export type EscposConfig = z.output<typeof escposConfig>;
