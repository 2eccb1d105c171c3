/**
 * What each table of an upload means: which lines become events, which teach a name, and which are dropped unread.
 */
import { HallError } from '../../gateway/kernel/errors.ts';
import type { Log } from '../../gateway/kernel/log.ts';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import { decodeOperation, decodeOptions, decodePunch, type ClockFacts } from './adms-codec.ts';
import type { BodyLine } from './adms-lines.ts';
import type { Names } from './adms-names.ts';
import { isCalendarTime, later, localTimeText, type LocalTime, type ZoneTime } from './local-time.ts';
import type { NameEncoding } from './name-text.ts';
import { punchOccurrence } from './punches.ts';

/** One upload on its way onto disk. */
export interface Batch {
  /** Lines seen, for the `n` of `OK: n`. */
  lines: number;
  broken: number;
  dropped: number;
  /** Read and not committed yet. */
  occurrences: Occurrence[];
  namesChanged: boolean;
  lastPunchAt: string | undefined;
}

export interface Table {
  read(line: BodyLine, batch: Batch): void;
  end(batch: Batch): void;
  /** The stamp under which the clock may resume. */
  stamp: 'ATTLOG' | 'OPERLOG' | undefined;
}

export interface TableContext {
  /** Serial number of the clock. */
  serial: string;
  names: Names;
  zone: ZoneTime;
  encoding: NameEncoding | 'auto';
  log: Log;
  /** True for a local time so near to now that the punch was pushed as it happened. */
  isLive: (time: LocalTime) => boolean;
  onFacts: (facts: ClockFacts) => void;
  /** Tables that were reported already. */
  strangers: Set<string>;
}

/** Pictures and templates; tables that say nothing about attendance. */
const NOT_WANTED = new Set([
  'ATTPHOTO',
  'BIODATA',
  'BIOPHOTO',
  'ERRORLOG',
  'FACE',
  'FINGERTMP',
  'FP',
  'IDCARD',
  'TEMPLATEV10',
  'USERPIC',
  'WORKCODE',
  'TABLEDATA',
]);
/** Punches of access-control firmware: to answer OK would lose them. */
const OTHER_DIALECT = new Set(['RTLOG', 'RTSTATE']);
const BROKEN_LINES_LOGGED = 3;
const LOGGED_CHARACTERS_MAX = 120;
const OPTIONS_CHARACTERS_MAX = 16_384;

/** @throws HallError `push.dialect-unknown` for a table with punches in a form that this driver does not know. */
export function tableOf(name: string | undefined, context: TableContext): Table {
  const table = name?.toUpperCase() ?? 'FDATA';
  if (table === 'ATTLOG') return attendance(context);
  if (table === 'OPERLOG' || table === 'USERINFO') return operations(context, table);
  if (table === 'OPTIONS') return options(context);
  if (OTHER_DIALECT.has(table)) {
    throw new HallError('push.dialect-unknown', { facts: { serial: context.serial, table } });
  }
  return unread(context, table);
}

function attendance(context: TableContext): Table {
  const { serial, names, zone, log } = context;
  const report = brokenReporter(log, 'ATTLOG');
  return {
    stamp: 'ATTLOG',
    read(line, batch) {
      const punch = line.whole ? decodePunch(line.text) : undefined;
      if (!punch) {
        report(line, batch);
        return;
      }
      const origin = context.isLive(punch.time) ? 'live' : 'stored';
      batch.occurrences.push(punchOccurrence(punch, origin, { scope: serial, serial, people: names, zone }));
      batch.lastPunchAt = later(batch.lastPunchAt, localTimeText(punch.time));
    },
    end: () => undefined,
  };
}

function operations(context: TableContext, name: string): Table {
  const { serial, names, zone, encoding, log } = context;
  const report = brokenReporter(log, name);
  return {
    stamp: name === 'OPERLOG' ? 'OPERLOG' : undefined,
    read(line, batch) {
      const found = decodeOperation(line.text, encoding);
      switch (found.kind) {
        case 'user':
          if (names.learn(found.userId, found.name)) batch.namesChanged = true;
          break;
        case 'alarm': {
          const { alarm, code, time } = found;
          batch.occurrences.push({
            type: 'clock.alarm',
            data: { alarm, code },
            ...(isCalendarTime(time) && { deviceTimeMs: zone.toInstantMs(time) }),
            naturalKey: `${serial}/alarm/${localTimeText(time)}/${code}`,
          });
          break;
        }
        case 'biometric':
          batch.dropped += 1;
          break;
        case 'broken':
          report({ ...line, text: '' }, batch);
          break;
        case 'operation':
          break;
      }
    },
    end: () => undefined,
  };
}

function options({ onFacts }: TableContext): Table {
  let text = '';
  return {
    stamp: undefined,
    read(line) {
      if (text.length < OPTIONS_CHARACTERS_MAX) text += `${line.text}\n`;
    },
    end: () => onFacts(decodeOptions(text)),
  };
}

/** A picture has line feeds in it, so a picture is one; everything else counts by the line. */
function unread({ log, strangers }: TableContext, name: string): Table {
  const picture = name === 'ATTPHOTO' || name === 'FDATA';
  if (!NOT_WANTED.has(name) && !picture && !strangers.has(name) && strangers.size < NOT_WANTED.size) {
    strangers.add(name);
    log.warn('clock.table-unknown', { table: name });
  }
  return {
    stamp: undefined,
    read: () => undefined,
    end(batch) {
      if (picture) batch.lines = 1;
      batch.dropped += batch.lines;
    },
  };
}

/** Only lines of the attendance log are shown: the others may hold a password. */
function brokenReporter(log: Log, table: string): (line: BodyLine, batch: Batch) => void {
  return ({ text }, batch) => {
    batch.broken += 1;
    if (batch.broken > BROKEN_LINES_LOGGED) return;
    const shown = text.replace(/\t/g, ' | ').slice(0, LOGGED_CHARACTERS_MAX);
    log.warn('clock.line-broken', { table, ...(shown && { line: shown }) });
  };
}
