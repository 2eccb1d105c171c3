/**
 * The clock itself, without its wire: its memory, its time, the people in front of it, and the habits in which real clocks
 * differ or misbehave.
 */
import { packTime, textOfShifted } from './clock-codec.ts';
import {
  dataSet,
  recordBytes,
  userBytes,
  type EnrolledUser,
  type EventLength,
  type LoggedPunch,
  type NameEncoding,
} from './clock-tables.ts';

/** How this clock is built; fixed for its life. */
export interface ClockBuild {
  serial: string;
  model: string;
  firmware: string;
  recordSize: 8 | 16 | 40;
  userSize: 28 | 72;
  eventLength: EventLength;
  nameEncoding: NameEncoding;
  recordCapacity: number;
  /** 0: none is set. */
  commKey: number;
  utcOffsetMinutes: number;
  /** Frames with a wrong checksum are not answered. */
  strictChecksum: boolean;
  /** A data set up to this size is answered at once, a larger one in pieces. */
  inlineBytesMax: number;
}

/** How it misbehaves; a test may change these at any time. */
export interface ClockQuirks {
  /** The next so many answers are not given. */
  answersToDrop: number;
  /** Answers carry a session id of somebody else. */
  wrongSession: boolean;
  /** Every live event is sent twice. */
  duplicateEvents: boolean;
  /** Live events that were not acknowledged are sent again after this; 0: never. */
  resendEventsMs: number;
  /** The counters lag so many records behind the log. */
  countsLag: number;
  /** The promised size of a log lags so many bytes behind its true one, which need not be whole records. */
  promiseLagBytes: number;
  /** The connection dies after so many pieces of a bulk read; undefined: never. */
  diesAfterPieces: number | undefined;
  /** A greeting is not answered: an old session that was cut off still counts. */
  sessionHeld: boolean;
  /** A new client is closed at once while another is connected. */
  refusesSecondClient: boolean;
  /** Wait between two frames, for clients that take one segment for one answer. */
  frameGapMs: number;
  /** Time that is written is acknowledged and forgotten. */
  ignoresSetTime: boolean;
  /** Live events are refused. */
  refusesEvents: boolean;
}

export function noQuirks(): ClockQuirks {
  return {
    answersToDrop: 0,
    wrongSession: false,
    duplicateEvents: false,
    resendEventsMs: 0,
    countsLag: 0,
    promiseLagBytes: 0,
    diesAfterPieces: undefined,
    sessionHeld: false,
    refusesSecondClient: false,
    frameGapMs: 0,
    ignoresSetTime: false,
    refusesEvents: false,
  };
}

export interface ClockBody {
  readonly build: ClockBuild;
  readonly quirks: ClockQuirks;
  readonly users: EnrolledUser[];
  readonly log: LoggedPunch[];
  /** Everything that truly happened at the clock, in order; a judge compares it with what arrived. */
  readonly truth: LoggedPunch[];
  /** Command codes in the order in which they came, all connections. */
  readonly commands: number[];
  /** Requests for templates, and attempts to clear something: all were refused. */
  readonly refused: number[];
  /** Voice prompts that were played. */
  readonly voices: number[];
  restarts: number;
  /** The clock's time minus the true time. */
  driftMs: number;
  time(): string;
  setTime(packed: number): void;
  option(name: string): string | undefined;
  usersData(): Buffer;
  logData(): Buffer;
  store(punch: LoggedPunch): void;
}

export function clockBody(build: ClockBuild, users: EnrolledUser[], log: LoggedPunch[]): ClockBody {
  const uidOf = (userId: string) => users.find((user) => user.userId === userId)?.uid ?? 0;
  const shiftMs = build.utcOffsetMinutes * 60_000;
  const options: Record<string, string> = {
    '~SerialNumber': build.serial,
    '~DeviceName': build.model,
    '~Platform': 'ZMM220_TFT',
    '~OS': '1',
    '~ZKFPVersion': '10',
    '~PIN2Width': '9',
    MAC: '00:17:61:00:00:01',
    DeviceID: '1',
  };
  const body: ClockBody = {
    build,
    quirks: noQuirks(),
    users,
    log,
    truth: [...log],
    commands: [],
    refused: [],
    voices: [],
    restarts: 0,
    driftMs: 0,
    time: () => textOfShifted(Date.now() + body.driftMs + shiftMs),
    setTime(packed) {
      if (body.quirks.ignoresSetTime) return;
      // Counted in the clock's own seconds, which have no parts: the new second begins now.
      body.driftMs = (packed - packTime(textOfShifted(Date.now() + shiftMs))) * 1000 - (Date.now() % 1000);
    },
    option: (name) => options[name],
    usersData: () => dataSet(users.map((user) => userBytes(build.userSize, user, build.nameEncoding))),
    logData: () => dataSet(log.map((punch) => recordBytes(build.recordSize, punch, uidOf(punch.userId)))),
    store(punch) {
      body.truth.push(punch);
      log.push(punch);
      // A full log rolls over: the oldest punch makes room.
      if (log.length > build.recordCapacity) log.splice(0, log.length - build.recordCapacity);
    },
  };
  return body;
}
