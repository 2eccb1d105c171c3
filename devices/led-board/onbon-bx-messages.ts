/**
 * What is said inside the frames of a BX card (v1.4, sections 5 to 9). Request: group, command, reply wanted (01), two bytes
 * that most commands leave 0, payload. Reply: group, command, error, two reserved bytes, payload.
 *
 * | request | means            | payload                                                   | reply                     |
 * |---------|------------------|-----------------------------------------------------------|---------------------------|
 * | A2 00   | ping             | -                                                         | ACK                       |
 * | A1 02   | status           | -                                                         | A1 02 with `BoardStatus`  |
 * | A2 03   | set the time     | BCD: year 2 (low byte first), month, day, h, m, s, weekday | ACK                       |
 * | A3 00   | lamps            | 01 on, 02 off                                             | ACK                       |
 * | A3 02   | brightness       | 01, level 0 to 15                                         | ACK                       |
 * | A3 06   | dynamic areas    | areas to delete, areas to write (`onbon-bx-area.ts`)      | ACK                       |
 *
 * ACK is A0 00, NACK is A0 01 with an error. File commands (A1 05, A1 06: flash wear) and reset (A2 01: erases every file)
 * are never sent.
 */
import type { ErrorCode } from '../../gateway/kernel/errors.ts';
import type { LocalTime } from '../../gateway/kernel/local-time.ts';

export interface Reply {
  kind: 'ack' | 'nack' | 'status' | 'other';
  error: number;
  payload: Uint8Array;
}

export interface BoardStatus {
  power: 'on' | 'off' | undefined;
  /** 0 to 15. */
  brightness: number;
  /** Undefined when its digits are no time. */
  time: LocalTime | undefined;
  programs: number;
  /** Numbers of the dynamic areas that exist. */
  areas: number[];
}

export const BRIGHTNESS_MAX = 15;
const REPLY_WANTED = 0x01;
const REPLY_HEAD = 5;

/** Error numbers of section 6, with the code that tells a technician what to do. */
export const BOARD_ERRORS: Readonly<Record<number, { name: string; code: ErrorCode }>> = {
  1: { name: 'command group unknown', code: 'board.refused' },
  2: { name: 'command unknown', code: 'board.refused' },
  3: { name: 'busy', code: 'board.busy' },
  4: { name: 'out of memory', code: 'board.memory-full' },
  5: { name: 'checksum wrong', code: 'board.answer-broken' },
  6: { name: 'file does not exist', code: 'board.refused' },
  7: { name: 'flash cannot be accessed', code: 'board.refused' },
  8: { name: 'file download failed', code: 'board.refused' },
  9: { name: 'file name wrong', code: 'board.refused' },
  10: { name: 'file type wrong', code: 'board.refused' },
  11: { name: 'file checksum wrong', code: 'board.refused' },
  12: { name: 'font does not exist', code: 'board.font-missing' },
  13: { name: 'firmware type wrong', code: 'board.refused' },
  14: { name: 'date or time wrong', code: 'board.refused' },
  15: { name: 'file exists', code: 'board.refused' },
  16: { name: 'block number wrong', code: 'board.refused' },
};

export function pingRequest(): Uint8Array {
  return request(0xa2, 0x00);
}

export function statusRequest(): Uint8Array {
  return request(0xa1, 0x02);
}

export function powerRequest(power: 'on' | 'off'): Uint8Array {
  return request(0xa3, 0x00, [power === 'on' ? 0x01 : 0x02]);
}

/** @param level 0 to 15. */
export function brightnessRequest(level: number): Uint8Array {
  return request(0xa3, 0x02, [0x01, level]);
}

/** The vendor's sample has the payload's length, 08 00, in the reserved bytes of this one command. */
export function timeRequest({ year, month, day, hour, minute, second }: LocalTime): Uint8Array {
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay() || 7;
  const digits = [year % 100, Math.floor(year / 100), month, day, hour, minute, second, weekday].map(bcd);
  return request(0xa2, 0x03, digits, [0x08, 0x00]);
}

/** Deletes areas by their numbers and writes areas, in one request; the card clears an area before it writes it. */
export function areasRequest(change: { remove?: readonly number[]; write?: readonly Uint8Array[] }): Uint8Array {
  const { remove = [], write = [] } = change;
  const areas = write.flatMap((area) => [area.length & 0xff, area.length >> 8, ...area]);
  return request(0xa3, 0x06, [remove.length, ...remove, write.length, ...areas], [0x01, 0x00]);
}

/** Reads a reply; undefined when it is too short to be one. */
export function parseReply(data: Uint8Array): Reply | undefined {
  const [group, command, error] = data;
  if (data.length < REPLY_HEAD || group === undefined || command === undefined || error === undefined) return undefined;
  return { kind: replyKind(group, command), error, payload: data.subarray(REPLY_HEAD) };
}

/**
 * Reads the payload of a status reply; undefined when it is too short. BX-5K1 leaves out the two bytes about its special area.
 */
export function parseStatus(
  payload: Uint8Array,
  { hasSpecialArea }: { hasSpecialArea: boolean },
): BoardStatus | undefined {
  const countAt = hasSpecialArea ? 17 : 15;
  const count = payload[countAt];
  const areas = payload.subarray(countAt + 1, countAt + 1 + (count ?? 0));
  if (count === undefined || areas.length !== count) return undefined;
  return {
    power: payload[0] === 0x01 ? 'on' : payload[0] === 0x02 ? 'off' : undefined,
    brightness: Math.min(payload[1] ?? 0, BRIGHTNESS_MAX),
    time: parseTime(payload.subarray(2, 10)),
    programs: payload[10] ?? 0,
    areas: [...areas],
  };
}

/** Year 2, month, day, weekday, hour, minute, second; the manual leaves the order of the year's bytes open. */
function parseTime(bytes: Uint8Array): LocalTime | undefined {
  const digits = Array.from(bytes, fromBcd);
  const at = (index: number) => digits[index] ?? NaN;
  const year = at(0) === 20 ? 2_000 + at(1) : 100 * at(1) + at(0);
  const time = { year, month: at(2), day: at(3), hour: at(5), minute: at(6), second: at(7) };
  const instant = new Date(Date.UTC(year, time.month - 1, time.day, time.hour, time.minute, time.second));
  const isTime =
    instant.getUTCMonth() + 1 === time.month &&
    instant.getUTCDate() === time.day &&
    instant.getUTCHours() === time.hour &&
    instant.getUTCMinutes() === time.minute &&
    instant.getUTCSeconds() === time.second;
  return isTime ? time : undefined;
}

function request(group: number, command: number, payload: readonly number[] = [], reserved = [0x00, 0x00]): Uint8Array {
  return Uint8Array.from([group, command, REPLY_WANTED, ...reserved, ...payload]);
}

function replyKind(group: number, command: number): Reply['kind'] {
  if (group === 0xa0) return command === 0x00 ? 'ack' : 'nack';
  return group === 0xa1 && command === 0x02 ? 'status' : 'other';
}

function bcd(value: number): number {
  return Math.floor(value / 10) * 16 + (value % 10);
}

/** NaN for what is no pair of digits. */
function fromBcd(byte: number): number {
  return (byte & 0x0f) > 9 || byte >> 4 > 9 ? NaN : (byte >> 4) * 10 + (byte & 0x0f);
}
