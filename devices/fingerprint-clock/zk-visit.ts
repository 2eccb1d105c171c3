/**
 * One visit to a clock, from connecting to losing it: greet, see who it is, listen to live punches, read what the log holds
 * beyond the cursor, and then look in again at every heartbeat and every poll.
 */
import type { Hall } from '../../gateway/kernel/driver.ts';
import { HallError, isHallError } from '../../gateway/kernel/errors.ts';
import type { ZoneTime } from '../../gateway/kernel/local-time.ts';
import { deferred, sleep, type Deferred } from '../../gateway/kernel/waiting.ts';
import type { FingerprintClock } from './kind.ts';
import { turnstile, type InTurn } from './turnstile.ts';
import { setClock, watchDrift } from './zk-clock-time.ts';
import { askIdentity, askOccupancy, unlessRefused, type ClockIdentity } from './zk-enquiries.ts';
import { COMMAND } from './zk-frame.ts';
import { openTcpLink, openUdpLink } from './zk-link.ts';
import { liveListener } from './zk-live.ts';
import { LIVE_EVENT } from './zk-live-events.ts';
import { LOG_CURSOR, scopeOf } from './zk-log-cursor.ts';
import { rereadLog, syncLog, type SyncResult } from './zk-log-sync.ts';
import type { LogReading } from './zk-log-read.ts';
import { people, type People } from './zk-people.ts';
import type { PunchContext } from './punches.ts';
import type { ClockStatus } from './status.ts';
import { openSession, type ZkSession } from './zk-session.ts';
import { commKeyNumber, type ZkConfig } from './zk-settings.ts';
import { watchOccupancy } from './zk-status.ts';
import { readUsers } from './zk-user-read.ts';

const PEOPLE_CURSOR = 'people';
const SECOND_MS = 1_000;
const UNREADABLE: ReadonlySet<string> = new Set(['clock.log-unreadable', 'clock.answer-refused']);

interface VisitContext extends PunchContext {
  people: People;
}

/** What all visits to one clock share. */
export interface Station {
  config: ZkConfig;
  hall: Hall<FingerprintClock>;
  status: ClockStatus;
  zone: ZoneTime;
}

export interface Visit extends Station {
  session: ZkSession;
  context: VisitContext;
  /** Bulk reads take turns: the clock has one buffer. */
  inTurn: InTurn;
  /** The stored log could not be read the last time. */
  unread: boolean;
  /** Resolves when the log was read for the first time, or cannot be read: live punches wait for it. */
  caughtUp: Deferred<undefined>;
}

/**
 * Opens a session, finds out who answers, and listens.
 *
 * @throws HallError why the clock cannot be used now.
 */
export async function beginVisit(station: Station): Promise<Visit> {
  const { config, hall, status } = station;
  const open = config.transport === 'tcp' ? openTcpLink : openUdpLink;
  const link = await open({ ...config, signal: hall.signal });
  const session = await openSession(link, { ...config, commKey: commKeyNumber(config.commKey) }, hall.signal);
  try {
    const identity = await askIdentity(session);
    if (config.serial !== undefined && identity.serial !== config.serial) throw otherClock(config, identity);
    const context = await contextOf(station, identity);
    const visit: Visit = { ...station, session, context, inTurn: turnstile(), unread: false, caughtUp: deferred() };
    const realTime = await listen(visit);
    hall.online({ ...identity, address: `${config.host}:${config.port}` });
    status.update({ ...identity, realTime });
    return visit;
  } catch (thrown) {
    await session.close();
    throw thrown;
  }
}

/**
 * The serial number is the scope of natural keys and cursor: another clock at the same address begins afresh. One that does
 * not tell its number this time is taken for the one that was here before.
 */
async function contextOf({ hall, zone }: Station, { serial }: ClockIdentity): Promise<VisitContext> {
  const known = people(await hall.cursor(PEOPLE_CURSOR));
  const scope = serial ?? scopeOf(await hall.cursor(LOG_CURSOR)) ?? hall.device;
  return { scope, serial, people: known, zone };
}

/**
 * Asks for live punches and alarms; false when the clock has none to give. ENABLEDEVICE first: a client that died in the
 * middle of its work may have left the clock locked for the people in front of it.
 */
async function listen({ session, hall, status, context, config, caughtUp }: Visit): Promise<boolean> {
  const order = config.liveOrder;
  session.onLive(liveListener({ hall, status, context, order, caughtUp: caughtUp.promise }));
  const mask = Buffer.alloc(4);
  mask.writeUInt32LE(LIVE_EVENT.attendance | LIVE_EVENT.alarm);
  try {
    await session.ask(COMMAND.enableDevice);
    await session.ask(COMMAND.registerEvents, mask);
    return true;
  } catch (thrown) {
    if (!isHallError(thrown) || thrown.code !== 'clock.answer-refused') throw thrown;
    hall.log.warn('clock.no-live-events', { line: session.link.name });
    return false;
  }
}

/** Stays until the session ends; rejects with why. */
export async function stay(visit: Visit): Promise<never> {
  const { session } = visit;
  const over = new Promise<never>((_, reject) => {
    const leave = () => reject(session.signal.reason as HallError);
    if (session.signal.aborted) leave();
    else session.signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([over, beat(visit), poll(visit)]);
  } finally {
    await session.close();
  }
}

async function beat(visit: Visit): Promise<never> {
  const { session, hall, status, zone, config } = visit;
  for (;;) {
    const beyond = await watchDrift(session, hall, status, zone, config.driftAlarmSeconds * SECOND_MS);
    if (beyond && config.autoSetTime) await setClock(session, hall, status, zone, 'automatic');
    await sleep(config.heartbeatMs, session.signal);
  }
}

async function poll(visit: Visit): Promise<never> {
  for (;;) {
    await visit.inTurn(() => lookInIfReadable(visit));
    await sleep(visit.config.pollMs, visit.session.signal);
  }
}

/** A log that cannot be read is reported, and looked at again at the next poll; live punches go on meanwhile. */
async function lookInIfReadable(visit: Visit): Promise<void> {
  const { hall } = visit;
  try {
    await lookIn(visit);
    if (visit.unread && !hall.signal.aborted) hall.online();
    visit.unread = false;
  } catch (thrown) {
    if (!isHallError(thrown) || !UNREADABLE.has(thrown.code)) throw thrown;
    if (!visit.unread) hall.log.error('clock.log-unread', thrown);
    visit.unread = true;
    if (!hall.signal.aborted) hall.silent(thrown);
  }
  visit.caughtUp.resolve(undefined);
}

/** Names, counters, and what the log holds beyond the cursor. */
async function lookIn(visit: Visit): Promise<void> {
  const { session, hall, status, context } = visit;
  const reading = await prepareReading(visit);
  const result = await syncLog(session, hall, context, reading);
  if (result.layout === 8) await rememberPeople(visit);
  status.sawPunch(result.lastPunchAt);
  if (result.read > 0) hall.log.info('clock.log-read', { read: result.read, fresh: result.fresh });
}

/** The whole log once more, for the command `read-log`. */
export function readAgain(visit: Visit, from: string | undefined): Promise<SyncResult> {
  const { session, hall, context } = visit;
  return visit.inTurn(async () => rereadLog(session, hall, context, await prepareReading(visit), from));
}

async function prepareReading({ session, hall, status, context, config }: Visit): Promise<LogReading> {
  const occupancy = await askOccupancy(session);
  if (occupancy) await watchOccupancy(hall, status, occupancy);
  const users = readUsers(session, config.pieceTimeoutMs, config.nameEncoding, occupancy?.users);
  // Names are a courtesy: a clock that keeps its table to itself still has punches to tell.
  context.people.replace((await unlessRefused(users)) ?? []);
  return {
    pieceTimeoutMs: config.pieceTimeoutMs,
    recordCount: occupancy?.records,
    thisYear: new Date(hall.clock.now()).getUTCFullYear(),
  };
}

/** Only records of 8 bytes name nobody but an internal uid, whose owner may be removed one day. */
async function rememberPeople({ hall, context }: Visit): Promise<void> {
  await hall.record([], { name: PEOPLE_CURSOR, value: context.people.remembered() });
}

function otherClock(config: ZkConfig, { serial }: ClockIdentity): HallError {
  return new HallError('clock.other-device', {
    message: `${config.host}:${config.port} answers as ${serial ?? 'a clock without serial number'}, not as ${config.serial ?? ''}.`,
    facts: { found: serial, wanted: config.serial },
  });
}
