/**
 * In what clocks that push differ from one firmware to the next.
 */
import type { NameEncoding } from './clock-tables.ts';
import type { Packing } from './push-wire.ts';

/** How this clock is built; fixed for its life. */
export interface PushBuild {
  firmware: string;
  /** `pushver` of its introduction; empty: too old to say. */
  pushVersion: string;
  httpVersion: '1.0' | '1.1';
  encoding: NameEncoding;
  lineEnd: '\n' | '\r\n';
  /** Fields after the work code; old firmware has none. */
  trailingFields: number;
  linesPerBatch: number;
  /** Old firmware goes on from the server's stamp; new firmware knows by itself. */
  resumesFromStamp: boolean;
  /** Some firmwares ask for `cdata.aspx`. */
  pageEnding: '' | '.aspx';
  /** How it packs what it uploads; undefined: not at all. */
  packing: Packing | undefined;
  /** Its own, until the server says otherwise. */
  utcOffsetMinutes: number;
  /** Instead of what the server says; for tests that have no time. */
  delayMs: number | undefined;
  errorDelayMs: number | undefined;
  rebootMs: number;
}

export const ORDINARY_BUILD: PushBuild = {
  firmware: 'Ver 8.0.1.3-20151229',
  pushVersion: '2.2.14',
  httpVersion: '1.1',
  encoding: 'gbk',
  lineEnd: '\n',
  trailingFields: 2,
  linesPerBatch: 100,
  resumesFromStamp: false,
  pageEnding: '',
  packing: undefined,
  utcOffsetMinutes: 480,
  delayMs: undefined,
  errorDelayMs: undefined,
  rebootMs: 100,
};
