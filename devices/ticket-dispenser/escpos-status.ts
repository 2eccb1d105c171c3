/**
 * What the status bytes mean. Pure.
 *
 *   DLE EOT 1   08 offline
 *   DLE EOT 2   04 cover open, 20 stopped at paper end, 40 error
 *   DLE EOT 3   08 cutter, 20 fault for good, 40 fault that mends itself
 *   DLE EOT 4   0C paper near its end, 60 paper at its end
 *   GS a        byte 1: 08 offline, 20 cover open; byte 2: 08 cutter, 20 and 40 faults; byte 3: 03 near end, 0C end
 *   GS r 1      03 near end, 0C end
 */
import { HallError, type ErrorCode } from '../../gateway/kernel/errors.ts';
import type { RealTimeQuestion } from './escpos-commands.ts';

/** What is known of the printer; what was never said is absent. */
export interface Condition {
  offline?: boolean;
  cover?: 'open' | 'closed';
  paper?: 'ok' | 'near-end' | 'out';
  cutter?: 'ok' | 'fault';
  fault?: boolean;
}

export type TangibleTrouble = 'cover-open' | 'paper-out' | 'cutter' | 'printer-fault';
export type Trouble = TangibleTrouble | 'offline';

export function realTimeCondition(question: RealTimeQuestion, byte: number): Condition {
  switch (question) {
    case 1:
      return { offline: (byte & 0x08) !== 0 };
    case 2:
      return { cover: (byte & 0x04) === 0 ? 'closed' : 'open' };
    case 3:
      return { cutter: cutterOf(byte), fault: (byte & 0x60) !== 0 };
    case 4:
      return { paper: paperOf((byte & 0x60) !== 0, (byte & 0x0c) !== 0) };
  }
}

export function automaticCondition([first, second, third]: readonly [number, number, number, number]): Condition {
  return {
    offline: (first & 0x08) !== 0,
    cover: (first & 0x20) === 0 ? 'closed' : 'open',
    cutter: cutterOf(second),
    fault: (second & 0x60) !== 0,
    paper: paperOf((third & 0x0c) !== 0, (third & 0x03) !== 0),
  };
}

export function paperCondition(byte: number): Condition {
  return { paper: paperOf((byte & 0x0c) !== 0, (byte & 0x03) !== 0) };
}

/** What keeps the printer from printing, the most tangible first; undefined when nothing is known to. */
export function troubleOf(condition: Condition): Trouble | undefined {
  return tangibleTrouble(condition) ?? (condition.offline === true ? 'offline' : undefined);
}

/** The same without "offline", which a printer may also say while it is busy. */
export function tangibleTrouble({ cover, paper, cutter, fault }: Condition): TangibleTrouble | undefined {
  if (cover === 'open') return 'cover-open';
  if (paper === 'out') return 'paper-out';
  if (cutter === 'fault') return 'cutter';
  return fault === true ? 'printer-fault' : undefined;
}

const CODES = {
  'cover-open': 'ticket.cover-open',
  'paper-out': 'ticket.paper-out',
  cutter: 'ticket.cutter-fault',
  'printer-fault': 'ticket.printer-fault',
  offline: 'ticket.printer-offline',
} as const satisfies Record<Trouble, ErrorCode>;

export function troubleError(trouble: Trouble, facts: { ticketNumber: string }, hint?: string): HallError {
  return new HallError(CODES[trouble], { facts, ...(hint !== undefined && { hint }) });
}

function cutterOf(byte: number): 'ok' | 'fault' {
  return (byte & 0x08) === 0 ? 'ok' : 'fault';
}

function paperOf(out: boolean, nearEnd: boolean): 'ok' | 'near-end' | 'out' {
  if (out) return 'out';
  return nearEnd ? 'near-end' : 'ok';
}
