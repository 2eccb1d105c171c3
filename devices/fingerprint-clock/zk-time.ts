/**
 * Time as ZKTeco clocks write it: local, in two forms.
 *
 *   packed u32   ((((year - 2000) * 12 + month - 1) * 31 + day - 1) * 24 + hour) * 3600 + minute * 60 + second
 *                every month counts 31 days (GET_TIME, SET_TIME, stored records)
 *   six bytes    YY MM DD hh mm ss (live events)
 */
import type { LocalTime } from '../../gateway/kernel/local-time.ts';

export function decodePackedTime(packed: number): LocalTime {
  const second = packed % 60;
  const minutes = Math.floor(packed / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const months = Math.floor(days / 31);
  return {
    year: 2000 + Math.floor(months / 12),
    month: (months % 12) + 1,
    day: (days % 31) + 1,
    hour: hours % 24,
    minute: minutes % 60,
    second,
  };
}

export function encodePackedTime({ year, month, day, hour, minute, second }: LocalTime): number {
  const days = ((year % 100) * 12 + month - 1) * 31 + day - 1;
  return (days * 24 + hour) * 3600 + minute * 60 + second;
}

/** Six raw bytes at `at`. */
export function decodeByteTime(bytes: Buffer, at: number): LocalTime {
  return {
    year: 2000 + bytes.readUInt8(at),
    month: bytes.readUInt8(at + 1),
    day: bytes.readUInt8(at + 2),
    hour: bytes.readUInt8(at + 3),
    minute: bytes.readUInt8(at + 4),
    second: bytes.readUInt8(at + 5),
  };
}
