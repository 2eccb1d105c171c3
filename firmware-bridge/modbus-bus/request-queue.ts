/**
 * What waits for the wires: calls before other commands; within a lane first come, first served.
 */
import { HallError } from '../../gateway/kernel/errors.ts';
import type { Seat } from './bus-seat.ts';
import type { ModbusRequest } from './modbus-request.ts';

/** A citizen waits for a call; other commands can wait for that. Polls come when neither waits, and are not queued. */
export type Lane = 'call' | 'command';

/** Requests that belong together: they are sent one after the other, up to the first that fails. */
export interface Job {
  seat: Seat;
  /** The seat's unit, or 0 for all behind its line. */
  unit: number;
  /** Made when the job's turn has come, and again before a repetition; what it throws ends the job. */
  requests(): readonly ModbusRequest[];
  lane: Lane;
  /** True when nobody waits for the outcome any more. */
  given(): boolean;
  resolve(answers: (readonly number[])[]): void;
  reject(reason: Error): void;
}

export const WAITING_MAX = 512;

export interface RequestQueue {
  /** @throws HallError `modbus.crowded` when too many wait. */
  add(job: Job): void;
  /** Takes out the first job whose line is not still being opened. */
  next(): Job | undefined;
  remove(job: Job): void;
  /** Takes out and rejects the jobs that fit. */
  reject(fits: (job: Job) => boolean, reason: Error): void;
}

export function requestQueue(): RequestQueue {
  const lanes: Record<Lane, Job[]> = { call: [], command: [] };
  return {
    add(job) {
      const waiting = lanes.call.length + lanes.command.length;
      if (waiting >= WAITING_MAX) throw new HallError('modbus.crowded', { facts: { waiting, unit: job.unit } });
      lanes[job.lane].push(job);
    },
    next() {
      for (const lane of ['call', 'command'] as const) {
        const at = lanes[lane].findIndex(({ seat }) => seat.line.status() !== 'opening');
        if (at >= 0) return lanes[lane].splice(at, 1)[0];
      }
      return undefined;
    },
    remove(job) {
      lanes[job.lane] = lanes[job.lane].filter((each) => each !== job);
    },
    reject(fits, reason) {
      for (const lane of ['call', 'command'] as const) {
        const rejected = lanes[lane].filter(fits);
        lanes[lane] = lanes[lane].filter((job) => !fits(job));
        for (const job of rejected) job.reject(reason);
      }
    },
  };
}
