/**
 * A device's place on a Modbus bus: who is told, which line leads there, and what is known of its health.
 */
import type { HallError } from '../../gateway/kernel/errors.ts';
import type { LineSettings } from '../../gateway/kernel/line-settings.ts';
import type { BusLine } from './bus-line.ts';
import type { ModbusRequest } from './modbus-request.ts';
import { afterAnswer, afterMiss, type UnitHealth } from './unit-health.ts';

/** A device's driver, as the bus sees it. */
export interface BusMember {
  /** 1 to 247, once on all lines of the bus. */
  unit: number;
  /** Name of the line in hall.yaml, and its settings. */
  line: string;
  settings: LineSettings;
  /** A unit that was not heard for this long is polled. */
  pollMs: number;
  /** The poll's request, made anew for each poll. */
  poll(): ModbusRequest;
  /** What the poll brought; not called when the unit answered with a refusal. */
  onPolled?(answer: readonly number[]): void;
  /** The unit answers, for the first time or again. */
  onWell(): void;
  /** The unit or the line to it stopped answering; called once for each change. */
  onTrouble(reason: HallError): void;
}

export interface Seat {
  readonly member: BusMember;
  readonly line: BusLine;
  health: UnitHealth;
}

/** The unit answered. */
export function heard(seat: Seat, nowMs: number): void {
  const wasWell = seat.health.state === 'well';
  seat.health = afterAnswer(nowMs, seat.member.pollMs);
  if (!wasWell) seat.member.onWell();
}

/** The unit did not answer; true when it begins to rest with this. */
export function missed(seat: Seat, nowMs: number, reason: HallError): boolean {
  const wasResting = seat.health.state === 'resting';
  seat.health = afterMiss(seat.health, nowMs);
  const begins = seat.health.state === 'resting' && !wasResting;
  if (begins) seat.member.onTrouble(reason);
  return begins;
}

/** The seat behind an open line that is to be polled first. */
export function firstDue(seats: Iterable<Seat>): Seat | undefined {
  let first: Seat | undefined;
  for (const seat of seats) {
    if (seat.line.status() !== 'up') continue;
    if (!first || seat.health.dueAtMs < first.health.dueAtMs) first = seat;
  }
  return first;
}
