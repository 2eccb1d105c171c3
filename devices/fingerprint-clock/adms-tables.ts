/**
 * What each table of an upload means: which lines become events, which teach a name, and which are dropped unread. A table
 * that nobody knows is none of them: it may hold punches, so its clock keeps it.
 */
import { createHash } from 'node:crypto';
import { HallError } from '../../gateway/kernel/errors.ts';
import { isCalendarTime, localTimeText, type LocalTime, type ZoneTime } from '../../gateway/kernel/local-time.ts';
import type { Log } from '../../gateway/kernel/log.ts';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import { decodeOperation, decodeOptions, decodePunch, type ClockFacts } from './adms-codec.ts';
import { looksPacked, unreadable } from './adms-body.ts';
import type { BodyLine } from './adms-lines.ts';
import type { Names } from './adms-names.ts';
import type { PushRequest } from './adms-request.ts';
import type { NameEncoding } from './name-text.ts';
import { punchOccurrence } from './punches.ts';
import { later } from './status.ts';

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
  /** In capitals: tables that the technician has judged to hold no record. */
  dropTables: ReadonlySet<string>;
}

/** Templates and pictures of people; tables that say nothing about attendance. */
const NOT_WANTED = new Set([
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
]);
/** The same, as access control calls them below `table=tabledata`. */
const TABLEDATA = 'TABLEDATA';
const TABLEDATA_NOT_WANTED = new Set([...NOT_WANTED, 'EXTUSER', 'USER', 'USERAUTHORIZE']);
/** Punches of access-control firmware: to answer OK would lose them. */
const OTHER_DIALECT = new Set(['RTLOG', 'RTSTATE']);
/** A picture has line feeds in it, so a picture is one line. */
const PICTURES = new Set(['ATTPHOTO', 'FDATA']);
const BROKEN_LINES_LOGGED = 3;
const LOGGED_CHARACTERS_MAX = 120;
/** Ten times what a line of the log has. */
const RECORDED_CHARACTERS_MAX = 512;
const OPTIONS_CHARACTERS_MAX = 16_384;

/** In capitals; empty when the upload does not say. What comes to `fdata` is pictures. */
export function tableNameOf({ page, query }: Pick<PushRequest, 'page' | 'query'>): string {
  const table = (query.table ?? (page === 'fdata' ? 'FDATA' : '')).toUpperCase();
  return table === TABLEDATA ? `${TABLEDATA}/${(query.tablename ?? '').toUpperCase()}` : table;
}

/**
 * @param table as `tableNameOf` has it
 * @throws HallError `push.dialect-unknown` for a table with punches in a form that this driver does not know;
 *   `push.table-unknown` for one of which nobody knows what it holds.
 */
export function tableOf(table: string, context: TableContext): Table {
  if (table === 'ATTLOG') return attendance(context);
  if (table === 'OPERLOG' || table === 'USERINFO') return operations(context, table);
  if (table === 'OPTIONS') return options(context);
  const { serial, dropTables } = context;
  if (OTHER_DIALECT.has(table)) throw new HallError('push.dialect-unknown', { facts: { serial, table } });
  if (isKnownForNothing(table) || dropTables.has(table)) return unread(table);
  throw new HallError('push.table-unknown', {
    message: table === '' ? 'An upload does not name its table.' : `Nobody knows the table "${table}" of an upload.`,
    facts: { serial, table },
  });
}

function isKnownForNothing(table: string): boolean {
  const [family, member = ''] = table.split('/');
  if (family === TABLEDATA) return TABLEDATA_NOT_WANTED.has(member);
  return NOT_WANTED.has(table) || PICTURES.has(table);
}

function attendance(context: TableContext): Table {
  const { serial, names, zone, log } = context;
  const report = brokenReporter(log, 'ATTLOG');
  return {
    stamp: 'ATTLOG',
    read(line, batch) {
      if (looksPacked(line.text)) throw unreadable('it is packed and does not say so');
      const punch = line.whole ? decodePunch(line.text) : undefined;
      if (!punch) {
        report(line, batch);
        batch.occurrences.push(unreadableLine(line, serial));
        return;
      }
      const origin = context.isLive(punch.time) ? 'live' : 'stored';
      batch.occurrences.push(punchOccurrence(punch, origin, { scope: serial, serial, people: names, zone }));
      batch.lastPunchAt = later(batch.lastPunchAt, localTimeText(punch.time));
    },
    end: () => undefined,
  };
}

/** A punch that the clock is about to forget: what it wrote is all that there is of it. */
function unreadableLine({ text }: BodyLine, serial: string): Occurrence {
  return {
    type: 'attendance.unreadable',
    data: { line: text.slice(0, RECORDED_CHARACTERS_MAX), serial },
    naturalKey: `${serial}/unreadable/${createHash('sha256').update(text, 'latin1').digest('hex')}`,
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

function unread(table: string): Table {
  return {
    stamp: undefined,
    read: () => undefined,
    end(batch) {
      if (PICTURES.has(table)) batch.lines = 1;
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
