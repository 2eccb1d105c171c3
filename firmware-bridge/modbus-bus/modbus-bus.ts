/**
 * One pair of wires with Modbus devices on it, reached through one line or several (gateways that share the wires).
 *
 * Whatever the lines, one request is under way at a time. Calls go first, then other commands; when neither waits, the unit
 * that is due longest is polled, one poll at a time, so that polls delay a call by one exchange at most. A time-out leaves the
 * wires alone until no late answer can come any more. A unit that misses twice in a row rests: its commands fail at once, and
 * it is asked with growing pauses, in idle time only. How a bus works is in `bus-worker.ts`, who sits on it is here.
 */
import type { Shared } from '../../gateway/kernel/driver.ts';
import { asHallError, HallError } from '../../gateway/kernel/errors.ts';
import { modbusSettingsOf, type LineSettings } from '../../gateway/kernel/line-settings.ts';
import type { Log } from '../../gateway/kernel/log.ts';
import { once } from '../../gateway/kernel/waiting.ts';
import { openBusLine, type BusLine } from './bus-line.ts';
import type { BusMember, Seat } from './bus-seat.ts';
import { busWorker, restingError, type BusCounters, type BusWorker } from './bus-worker.ts';
import { EVERY_UNIT, type ModbusRequest } from './modbus-request.ts';
import type { Job, Lane } from './request-queue.ts';
import { newUnit } from './unit-health.ts';

export interface PerformOptions {
  lane: Lane;
  /** Gives up: what waits is taken out, what is under way goes on unheard. */
  signal?: AbortSignal;
}

/** A device's hold on the bus. */
export interface Membership {
  /**
   * Sends requests one after the other with nothing in between, and resolves with their answers. They are made when their
   * turn has come, and made and sent once more when one got no right answer: a repetition must do no harm.
   *
   * @throws HallError of the first request that failed (`modbus.*`, or the line's reason), or what making them threw.
   */
  perform(requests: () => readonly ModbusRequest[], options: PerformOptions): Promise<(readonly number[])[]>;
  /** Sends to every unit behind the member's line. Nobody confirms; resolves when all had time to take it in. */
  tellAll(request: ModbusRequest, options: PerformOptions): Promise<void>;
  leave(): void;
}

export interface ModbusBus extends Shared {
  join(member: BusMember): Membership;
  readonly counters: Readonly<BusCounters>;
}

/** Under which name the drivers of one bus share it. */
export function busKey(line: string, settings: LineSettings): string {
  return `modbus:${modbusSettingsOf(settings).bus ?? line}`;
}

/** Opens a bus; its lines are opened as members name them, and closed with it. */
export function openModbusBus(log: Log, now: () => number = () => performance.now()): ModbusBus {
  const stopping = new AbortController();
  const lines = new Map<string, BusLine>();
  const seats = new Map<number, Seat>();
  const worker = busWorker({ seats: () => seats.values(), signal: stopping.signal, now });

  const lineOf = ({ line: name, settings }: BusMember): BusLine => {
    const known = lines.get(name);
    if (known) return known;
    const onThis = () => [...seats.values()].filter((seat) => seat.line === line);
    const line = openBusLine(settings, {
      log,
      onUp() {
        for (const seat of onThis()) seat.health = newUnit(now());
        worker.ring();
      },
      onDown(reason) {
        worker.reject((job) => job.seat.line === line, reason);
        for (const seat of onThis()) seat.member.onTrouble(reason);
      },
    });
    lines.set(name, line);
    return line;
  };

  return {
    join(member) {
      const holder = seats.get(member.unit);
      if (holder) return refused(member, holder.member);
      const line = lineOf(member);
      const seat: Seat = { member, line, health: newUnit(now()) };
      seats.set(member.unit, seat);
      const status = line.status();
      if (status instanceof HallError) member.onTrouble(status);
      else worker.ring();
      return {
        perform: (requests, options) => send(worker, { seat, unit: member.unit, requests }, options),
        async tellAll(request, options) {
          await send(worker, { seat, unit: EVERY_UNIT, requests: () => [request] }, options);
        },
        leave() {
          seats.delete(member.unit);
          worker.reject((job) => job.seat === seat, new HallError('device.stopped'));
        },
      };
    },
    counters: worker.counters,
    close: once(async () => {
      stopping.abort(new HallError('device.stopped'));
      await Promise.all([...lines.values()].map((line) => line.close()));
      await worker.ended;
      log.info('bus.closed', { ...worker.counters });
    }),
  };
}

/** Queues a job, unless it cannot succeed now. */
function send(
  worker: BusWorker,
  { seat, unit, requests }: Pick<Job, 'seat' | 'unit' | 'requests'>,
  { lane, signal }: PerformOptions,
): Promise<(readonly number[])[]> {
  return new Promise((resolve, reject) => {
    const status = seat.line.status();
    if (status instanceof HallError) throw status;
    if (seat.health.state === 'resting') throw restingError(seat);
    signal?.throwIfAborted();
    const settled = (settle: () => void) => {
      signal?.removeEventListener('abort', giveUp);
      settle();
    };
    const job: Job = {
      seat,
      unit,
      requests,
      lane,
      given: () => signal?.aborted === true,
      resolve: (answers) => settled(() => resolve(answers)),
      reject: (reason) => settled(() => reject(reason)),
    };
    const giveUp = () => {
      worker.remove(job);
      reject(asHallError(signal?.reason, 'device.stopped'));
    };
    signal?.addEventListener('abort', giveUp, { once: true });
    worker.add(job);
  });
}

/** The seat is taken: two entries of hall.yaml mean one device. */
function refused(member: BusMember, holder: BusMember): Membership {
  const reason = new HallError('modbus.unit-taken', {
    message: `Unit ${member.unit} on ${member.line} is in hall.yaml already, on ${holder.line}.`,
    facts: { unit: member.unit, line: member.line, other: holder.line },
  });
  queueMicrotask(() => member.onTrouble(reason));
  const fail = () => Promise.reject(reason);
  return { perform: fail, tellAll: fail, leave: () => undefined };
}
