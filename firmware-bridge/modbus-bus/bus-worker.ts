/**
 * Whoever speaks on the wires of one bus: a loop that does one exchange at a time and keeps the silence after it.
 */
import { asHallError, HallError, type ErrorCode } from '../../gateway/kernel/errors.ts';
import { sleep } from '../../gateway/kernel/waiting.ts';
import { firstDue, heard, missed, type Seat } from './bus-seat.ts';
import { doorbell } from './doorbell.ts';
import { EVERY_UNIT, frameGapMs, wireTimeMs, type ModbusRequest } from './modbus-request.ts';
import { requestQueue, type Job } from './request-queue.ts';

export interface BusCounters {
  /** Exchanges begun. */
  asked: number;
  /** Those of them that were polls. */
  polls: number;
  /** Those that got no right answer. */
  missed: number;
}

export interface BusWorker {
  /** @throws HallError `modbus.crowded`. */
  add(job: Job): void;
  remove(job: Job): void;
  reject(fits: (job: Job) => boolean, reason: Error): void;
  /** Something changed: a line is up, a seat was taken. */
  ring(): void;
  readonly counters: Readonly<BusCounters>;
  /** Resolves after the signal aborted and the last exchange is over. */
  readonly ended: Promise<void>;
}

export interface BusWorkerOptions {
  /** All seats, at any time. */
  seats: () => Iterable<Seat>;
  signal: AbortSignal;
  now: () => number;
}

/** A command is sent again once after these; a poll is not, nor is anything to a unit that rests. */
const ATTEMPTS_MAX = 2;
const REPEATED: readonly ErrorCode[] = ['modbus.no-answer', 'modbus.garbled', 'modbus.busy'];
/** With these the exchange came to an end; after anything else (RTU has no numbers) a late answer would be taken for the next. */
const CLEAN: readonly ErrorCode[] = ['modbus.refused', 'modbus.busy'];

/** Starts the loop; it ends with the signal. */
export function busWorker({ seats, signal, now }: BusWorkerOptions): BusWorker {
  const queue = requestQueue();
  const bell = doorbell();
  const counters: BusCounters = { asked: 0, polls: 0, missed: 0 };
  let quietUntilMs = 0;

  const quiet = () => (now() < quietUntilMs ? sleep(quietUntilMs - now(), signal) : Promise.resolve());

  const exchange = async (seat: Seat, unit: number, request: ModbusRequest) => {
    const begunMs = now();
    counters.asked += 1;
    try {
      const answer = await seat.line.ask(unit, request);
      quietUntilMs = now() + silenceAfter(seat, unit, request);
      if (unit !== EVERY_UNIT) heard(seat, now());
      return answer;
    } catch (thrown) {
      const reason = asHallError(thrown, 'modbus.garbled');
      const { baudRate, lateAnswerMs } = seat.line.settings;
      const isClean = CLEAN.includes(reason.code);
      quietUntilMs = isClean
        ? now() + silenceAfter(seat, unit, request)
        : begunMs + wireTimeMs(request, baudRate) + lateAnswerMs;
      if (isClean || reason.code === 'modbus.garbled') heard(seat, now());
      else if (reason.code === 'modbus.no-answer') {
        counters.missed += 1;
        if (missed(seat, now(), reason)) queue.reject((job) => job.seat === seat, restingError(seat));
      }
      throw reason;
    }
  };

  const attempt = async (job: Job) => {
    const answers: (readonly number[])[] = [];
    for (const request of job.requests()) {
      await quiet();
      answers.push(await exchange(job.seat, job.unit, request));
    }
    if (job.unit === EVERY_UNIT) await quiet();
    return answers;
  };

  const carryOut = async (job: Job) => {
    for (let attempts = 1; !job.given(); attempts += 1) {
      try {
        job.resolve(await attempt(job));
        return;
      } catch (thrown) {
        const reason = asHallError(thrown, 'command.failed');
        const mayRepeat = REPEATED.includes(reason.code) && attempts < ATTEMPTS_MAX;
        if (!mayRepeat || job.seat.health.state === 'resting') {
          job.reject(reason);
          return;
        }
        await quiet().catch(() => undefined);
      }
    }
  };

  const poll = async (seat: Seat) => {
    counters.polls += 1;
    const { member } = seat;
    const answer = await exchange(seat, member.unit, member.poll()).catch(() => undefined);
    if (answer && !signal.aborted) member.onPolled?.(answer);
  };

  const work = async () => {
    while (!signal.aborted) {
      await quiet().catch(() => undefined);
      const job = queue.next();
      const due = firstDue(seats());
      const waitMs = (due?.health.dueAtMs ?? Infinity) - now();
      if (job) await carryOut(job);
      else if (due && waitMs <= 0) await poll(due);
      else if (!isAborted(signal)) await bell.wait(waitMs);
    }
  };
  signal.addEventListener('abort', () => {
    queue.reject(() => true, new HallError('device.stopped'));
    bell.ring();
  });
  return {
    add(job) {
      queue.add(job);
      bell.ring();
    },
    remove: (job) => queue.remove(job),
    reject: (fits, reason) => queue.reject(fits, reason),
    ring: () => bell.ring(),
    counters,
    ended: work(),
  };
}

/** Why commands to a unit that rests fail at once. */
export function restingError({ member, health }: Seat): HallError {
  return new HallError('modbus.unit-resting', {
    message: `Unit ${member.unit} on ${member.line} did not answer ${health.misses} times in a row.`,
    facts: { line: member.line, unit: member.unit, misses: health.misses },
  });
}

/** What the wires need after an exchange that ended well: the gap between frames, or time for all to take a message in. */
function silenceAfter({ line }: Seat, unit: number, request: ModbusRequest): number {
  const { framing, baudRate, turnaroundMs } = line.settings;
  if (unit === EVERY_UNIT) return wireTimeMs(request, baudRate) + turnaroundMs;
  return framing === 'rtu' ? frameGapMs(baudRate) : 0;
}

/** A call, because the compiler believes that a property read twice has not changed in between. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
