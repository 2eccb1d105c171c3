/**
 * One clock that pushes, as the gateway sees it: whether it is there, what it says about itself, and the way to its pages.
 */
import { randomInt } from 'node:crypto';
import type { Hall, Recorded } from '../../gateway/kernel/driver.ts';
import { describeError, HallError, isHallError } from '../../gateway/kernel/errors.ts';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import { isCalendarTime, zoneTime, type LocalTime } from '../../gateway/kernel/local-time.ts';
import { withDeadline } from '../../gateway/kernel/waiting.ts';
import type { ClockFacts } from './adms-codec.ts';
import { commandQueue, type CommandQueue } from './adms-commands.ts';
import { clockMemory, type ClockMemory } from './adms-memory.ts';
import { diskNotReady, pagesFor } from './adms-pages.ts';
import { watchPresence, type Presence } from './adms-presence.ts';
import type { PushAnswer, PushRequest } from './adms-request.ts';
import type { PushMember } from './adms-server.ts';
import { tableNameOf } from './adms-tables.ts';
import { offlineAfterMs, type AdmsConfig } from './adms-settings.ts';
import type { FingerprintClock } from './kind.ts';
import { clockStatus, type ClockStatus } from './status.ts';

/** A punch that is not older (or younger) than this was pushed as it happened. */
const LIVE_WITHIN_MS = 120_000;
/** Nine digits: every firmware takes them for a number. */
const COMMAND_ID_MIN = 100_000_000;
const COMMAND_ID_MAX = 900_000_000;

/** A clock that invents a table for every upload is not written about for ever. */
const COMPLAINTS_MAX = 16;

type Pages = (request: PushRequest) => Promise<PushAnswer>;
type PunchListener = (deviceTime: string, fresh: boolean) => void;

export interface PushClock extends PushMember {
  readonly commands: CommandQueue;
  /** Hears every punch that was pushed, as it is on disk; returns the way to stop. */
  onPunch(listener: PunchListener): () => void;
  stop(): void;
}

export function pushClock(config: AdmsConfig, hall: Hall<FingerprintClock>): PushClock {
  const { clock } = hall;
  const status = clockStatus(hall);
  const zone = zoneTime(hall.timeZone);
  const listeners = new Set<PunchListener>();
  const commands = commandQueue({
    monotonicMs: () => clock.monotonicMs(),
    repeatMs: config.commandRepeatSeconds * 1_000,
    lastId: randomInt(COMMAND_ID_MIN, COMMAND_ID_MAX),
  });
  const entrance = entranceOf(config, hall, status);
  const onFacts = (facts: ClockFacts) => learnFacts(facts, hall, status);
  const isLive = (time: LocalTime) =>
    clock.synced() && isCalendarTime(time) && Math.abs(zone.toInstantMs(time) - clock.now()) <= LIVE_WITHIN_MS;

  const openPages = (memory: ClockMemory) => {
    const { log } = hall;
    const { serial, nameEncoding: encoding } = config;
    const { names } = memory;
    const dropTables = new Set(config.dropTables);
    const tables = { serial, names, zone, encoding, log, isLive, onFacts, dropTables };
    const onRecorded = (occurrence: Occurrence, recorded: Recorded) => tellPunch(listeners, occurrence, recorded);
    const uploads = { status, tables, heard: entrance.presence.heard, onRecorded };
    return pagesFor({ config, hall, memory, commands, zone, onFacts, uploads });
  };
  const complain = complainer(hall, status);
  let opening: Promise<Pages> | undefined;
  /** Opened once; after a failure of the disk, the next request tries again. */
  const pages = () =>
    (opening ??= clockMemory(hall)
      .then(openPages)
      .catch((thrown: unknown) => {
        opening = undefined;
        throw thrown;
      }));

  return {
    commands,
    onPunch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async answer(request) {
      entrance.enter(request.peer);
      const answer = await withDeadline(pages(), config.storePatienceMs, diskNotReady, hall.signal);
      return answer(request).catch((thrown: unknown) => {
        complain(thrown, request);
        throw thrown;
      });
    },
    onUp: entrance.presence.listen,
    onDown(reason) {
      entrance.presence.stop();
      entrance.leave(reason);
    },
    onCandidates: (candidates) => status.update({ candidates: [...candidates] }),
    stop: entrance.presence.stop,
  };
}

/**
 * What a person must mend at the clock is counted, and said once for each table: the clock will send the same again for ever.
 * The rest mends itself.
 */
function complainer(
  { log, signal }: Hall<FingerprintClock>,
  status: ClockStatus,
): (thrown: unknown, request: PushRequest) => void {
  const said = new Set<string>();
  return (thrown, request) => {
    if (signal.aborted || !isHallError(thrown) || thrown.remedy !== 'operator') return;
    status.update({ refused: (status.now.refused ?? 0) + 1 });
    const complaint = `${thrown.code} ${tableNameOf(request)}`;
    if (said.has(complaint) || said.size >= COMPLAINTS_MAX) return;
    said.add(complaint);
    log.error('clock.upload-refused', thrown);
  };
}

interface Entrance {
  presence: Presence;
  enter(peer: string): void;
  leave(reason: HallError): void;
}

/** Says that the clock is there whenever it asks, and that it is gone when it does not ask for long. */
function entranceOf(config: AdmsConfig, hall: Hall<FingerprintClock>, status: ClockStatus): Entrance {
  const { serial } = config;
  let present = false;
  const leave = (reason: HallError) => {
    if (hall.signal.aborted) return;
    if (present) hall.log.warn('clock.offline', describeError(reason));
    present = false;
    status.update({ realTime: false });
    hall.offline(reason);
  };
  const presence = watchPresence({
    clock: hall.clock,
    quietMs: offlineAfterMs(config),
    signal: hall.signal,
    onQuiet: () => leave(quiet(config)),
  });
  return {
    presence,
    leave,
    enter(peer) {
      presence.heard();
      hall.online({ serial, address: peer });
      if (present) return;
      present = true;
      hall.log.info('clock.online', { serial, peer });
      status.update({ serial, realTime: true });
    },
  };
}

function learnFacts({ model, firmware, ...counters }: ClockFacts, hall: Hall<FingerprintClock>, status: ClockStatus) {
  const identity = { ...(model && { model }), ...(firmware && { firmware }) };
  hall.online(identity);
  status.update({ ...identity, ...counters });
}

function tellPunch(listeners: ReadonlySet<PunchListener>, { type, data }: Occurrence, { repeated }: Recorded): void {
  const { deviceTime } = data;
  if (type !== 'attendance.punched' || typeof deviceTime !== 'string') return;
  for (const listener of listeners) listener(deviceTime, !repeated);
}

function quiet(config: AdmsConfig): HallError {
  const { serial, listen } = config;
  const seconds = offlineAfterMs(config) / 1_000;
  return new HallError('push.clock-quiet', {
    message: `The clock ${serial} has not asked at ${listen} for ${seconds} s.`,
    facts: { serial, listen, seconds },
  });
}
