/** The ring of a scripted board: numbered records that wait for their acknowledgement, the newest 56 of them. */
import { u32 } from './wire-codec.ts';

export interface ScriptedRecord {
  sequence: number;
  key: number;
  edge: 'pressed' | 'released';
  atMs: number;
  sent: boolean;
  beforeStart: boolean;
}

const WAITING_MAX = 56;
const AGE_UNKNOWN = 0xffff_ffff;

export interface ScriptedRecords {
  readonly newest: number;
  readonly waiting: readonly ScriptedRecord[];
  readonly overruns: number;
  /** So many more records before the oldest goes. */
  readonly roomLeft: number;
  store(key: number, edge: ScriptedRecord['edge'], atMs: number): ScriptedRecord;
  /** False for a number that was never given. */
  acknowledge(through: number): boolean;
  /** Ages are unknown from now on. */
  restart(): void;
  /** Payload of the key event, which counts as sent by it. */
  eventOf(record: ScriptedRecord, nowMs: number): number[];
}

export function scriptedRecords(): ScriptedRecords {
  let waiting: ScriptedRecord[] = [];
  let newest = 0;
  let overruns = 0;
  return {
    get newest() {
      return newest;
    },
    get waiting() {
      return waiting;
    },
    get overruns() {
      return overruns;
    },
    get roomLeft() {
      return WAITING_MAX - waiting.length;
    },
    store(key, edge, atMs) {
      newest += 1;
      const record = { sequence: newest, key, edge, atMs, sent: false, beforeStart: false };
      waiting.push(record);
      if (waiting.length > WAITING_MAX) {
        waiting.shift();
        overruns += 1;
      }
      return record;
    },
    acknowledge(through) {
      if (through > newest) return false;
      waiting = waiting.filter(({ sequence }) => sequence > through);
      return true;
    },
    restart() {
      overruns = 0;
      for (const record of waiting) record.beforeStart = true;
    },
    eventOf(record, nowMs) {
      const again = record.sent || record.beforeStart;
      record.sent = true;
      const age = record.beforeStart ? AGE_UNKNOWN : Math.floor(nowMs - record.atMs);
      const flags = (again ? 1 : 0) | (record.beforeStart ? 2 : 0);
      return [...u32(record.sequence), record.key, record.edge === 'pressed' ? 1 : 0, ...u32(age), flags];
    },
  };
}
