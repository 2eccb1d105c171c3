/**
 * The memory of a clock that pushes: its log, what of it was handed over, its time, and the commands that it was given.
 */
import { recording } from '../kit/recording.ts';
import { textOfShifted } from './clock-codec.ts';
import type { EnrolledUser, LoggedPunch } from './clock-tables.ts';
import { attendanceLine, bodyOf, userLine } from './push-texts.ts';
import type { PushBuild } from './push-build.ts';

/** Something to upload; it stays the same, line for line, until the server has said OK. */
export interface Upload {
  table: string;
  stamp: string;
  body: Buffer;
  lines: number;
  done(): void;
}

export interface PushBody {
  readonly log: readonly LoggedPunch[];
  readonly truth: readonly LoggedPunch[];
  /** Texts of the commands that were fetched, in order. */
  readonly commands: string[];
  /** Commands that this clock does not know. */
  readonly refused: string[];
  /** Punches of the log that the server has said OK to. */
  handedOver(): number;
  restarts: number;
  /** The clock's time minus the true time. */
  driftMs: number;
  time(): string;
  setTime(utcMs: number): void;
  /** Hears the server's options: where to go on, and in which zone. */
  takeOptions(options: ReadonlyMap<string, string>): void;
  store(punch: LoggedPunch): void;
  onTruth(listener: (punch: LoggedPunch) => void): () => void;
  post(upload: Omit<Upload, 'done'>): void;
  postUsers(users: readonly EnrolledUser[]): void;
  /** Posts the part of the log that a query wants. */
  postLog(from: string, to: string): void;
  next(): Upload | undefined;
}

const SECOND_MS = 1_000;
const STAMP_OF_NEW_FIRMWARE = '9999';

export function pushBody(build: PushBuild, log: LoggedPunch[]): PushBody {
  const truth = recording<LoggedPunch>();
  const listeners = new Set<(punch: LoggedPunch) => void>();
  const outbox: Upload[] = [];
  const commands: string[] = [];
  const refused: string[] = [];
  let { utcOffsetMinutes } = build;
  let handedOver = 0;
  let inHand: Upload | undefined;
  log.forEach((punch) => truth.add(punch));

  const uploadOf = (punches: readonly LoggedPunch[], stamp: string): Omit<Upload, 'done'> => ({
    table: 'ATTLOG',
    stamp,
    lines: punches.length,
    body: bodyOf(
      punches.map((punch) => attendanceLine(punch, build.trailingFields)),
      build.lineEnd,
      build.encoding,
    ),
  });
  const nextOfLog = (): Upload | undefined => {
    const end = Math.min(handedOver + build.linesPerBatch, log.length);
    if (end === handedOver) return undefined;
    const stamp = build.resumesFromStamp ? String(end) : STAMP_OF_NEW_FIRMWARE;
    return { ...uploadOf(log.slice(handedOver, end), stamp), done: () => void (handedOver = end) };
  };
  const post = (upload: Omit<Upload, 'done'>) => void outbox.push({ ...upload, done: () => void outbox.shift() });
  const body: PushBody = {
    log,
    truth: truth.entries,
    commands,
    refused,
    handedOver: () => handedOver,
    restarts: 0,
    driftMs: 0,
    time: () => textOfShifted(Date.now() + body.driftMs + utcOffsetMinutes * 60_000),
    setTime(utcMs) {
      const offMs = utcMs - Math.floor((Date.now() + body.driftMs) / SECOND_MS) * SECOND_MS;
      if (Math.abs(offMs) > SECOND_MS) body.driftMs += offMs;
    },
    takeOptions(options) {
      const stamp = options.get('ATTLOGStamp');
      if (stamp === '0' || stamp === 'None') handedOver = 0;
      else if (build.resumesFromStamp) handedOver = Math.min(Number(stamp), log.length);
      utcOffsetMinutes = offsetOf(options.get('TimeZone')) ?? utcOffsetMinutes;
    },
    store(punch) {
      log.push(punch);
      truth.add(punch);
      listeners.forEach((listener) => listener(punch));
    },
    onTruth(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    post,
    postUsers(users) {
      const lines = users.map(userLine);
      post({
        table: 'OPERLOG',
        stamp: STAMP_OF_NEW_FIRMWARE,
        lines: lines.length,
        body: bodyOf(lines, build.lineEnd, build.encoding),
      });
    },
    postLog(from, to) {
      const wanted = log.filter(({ time }) => time >= from && time <= to);
      for (let start = 0; start < wanted.length; start += build.linesPerBatch) {
        post(uploadOf(wanted.slice(start, start + build.linesPerBatch), STAMP_OF_NEW_FIRMWARE));
      }
    },
    next() {
      inHand ??= outbox[0] ?? nextOfLog();
      const upload = inHand;
      if (!upload) return undefined;
      const done = () => {
        inHand = undefined;
        upload.done();
      };
      return { ...upload, done };
    },
  };
  return body;
}

/** `8` hours, `330` minutes, or `+05:30`. */
function offsetOf(zone: string | undefined): number | undefined {
  const iso = /^([+-])(\d\d):(\d\d)$/.exec(zone ?? '');
  if (iso) return (iso[1] === '-' ? -1 : 1) * (Number(iso[2]) * 60 + Number(iso[3]));
  const value = Number(zone ?? Number.NaN);
  if (Number.isNaN(value)) return undefined;
  return Math.abs(value) > 60 ? value : value * 60;
}
