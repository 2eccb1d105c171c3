/**
 * From notifications to events. A signal (motion, tamper, video loss; each digital input for itself) is active while one
 * of its sensors is. Its beginning is told at once, its end when it has been quiet for `settleMs`; beginnings beyond
 * the rate are counted instead of told, and so are their ends. What a camera says when it is subscribed to (Initialized)
 * is state and begins no event; it only ends one that was begun before the camera, or the gateway, was away: what is open
 * is kept in a cursor, together with the event that opened it.
 */
import { z } from 'zod';
import type { CursorUpdate, Hall } from '../../gateway/kernel/driver.ts';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import type { Json } from '../../gateway/kernel/json.ts';
import { signalName, type Camera, type SignalName } from './kind.ts';
import type { Notification } from './onvif-notifications.ts';
import { rate, type Rate } from './onvif-rate.ts';
import type { EventSettings } from './onvif-settings.ts';
import type { CameraStatus } from './onvif-status.ts';

export interface Signals {
  /** Resolves when what became events is on disk. */
  hear(notifications: readonly Notification[]): Promise<void>;
  /** A new subscription begins: sensors that it does not name again are no longer believed. */
  forgetSensors(): void;
  close(): void;
}

export interface SignalsOptions {
  hall: Hall<Camera>;
  settings: Pick<EventSettings, 'settleMs' | 'perMinuteMax'>;
  status: CameraStatus;
  /** The cursor `OPEN_SIGNALS` as an earlier run left it. */
  openBefore: Json | undefined;
  /** A beginning was recorded. */
  begun: (signal: SignalName) => void;
}

interface Signal {
  name: SignalName;
  /** Sensors that say they are active, by topic and source. */
  active: Set<string>;
  /** A beginning was told and its end was not. */
  open: boolean;
  settling: NodeJS.Timeout | undefined;
}

/** A camera that names more inputs than this invents them. */
const SIGNALS_MAX = 64;
const SENSORS_MAX = 64;
/** Names that no JSON of the hall may have as a key. */
const FORBIDDEN_SOURCES = new Set(['__proto__', 'constructor', 'prototype']);

/** Names the cursor. */
export const OPEN_SIGNALS = 'open-signals';

export function signals({ hall, settings, status, openBefore, begun }: SignalsOptions): Signals {
  const board = boardFrom(openBefore);
  const rates = new Map<Signal, Rate>();
  const suppressed = new Map<SignalName, number>();

  const mayTell = (signal: Signal) => {
    const bucket = rates.get(signal) ?? rate(settings.perMinuteMax, () => hall.clock.monotonicMs());
    rates.set(signal, bucket);
    if (bucket.take()) return true;
    suppressed.set(signal.name, (suppressed.get(signal.name) ?? 0) + 1);
    status.countSuppressed();
    return false;
  };
  const occurrence = (signal: Signal, phase: 'started' | 'ended', from: Notification, assumed = false): Occurrence => {
    const missed = suppressed.get(signal.name) ?? 0;
    suppressed.delete(signal.name);
    return {
      type: `camera.${signal.name}`,
      data: {
        phase,
        ...(from.source !== '' && { source: from.source }),
        ...(from.topic !== '' && { topic: from.topic }),
        ...(from.deviceTimeMs !== undefined && { deviceTime: new Date(from.deviceTimeMs).toISOString() }),
        ...(assumed && { assumed: true }),
        ...(missed > 0 && { suppressed: missed }),
      },
    };
  };
  const end = (signal: Signal, from: Notification, assumed: boolean): Occurrence[] => {
    clearTimeout(signal.settling);
    signal.settling = undefined;
    if (!signal.open) return [];
    signal.open = false;
    return [occurrence(signal, 'ended', from, assumed)];
  };
  const settle = (signal: Signal, from: Notification, assumed: boolean) => {
    signal.settling ??= setTimeout(() => {
      const ended = end(signal, from, assumed);
      if (ended.length > 0)
        hall.record(ended, openOn(board)).catch((thrown: unknown) => hall.log.error('camera.event-lost', thrown));
    }, settings.settleMs);
  };

  /** One notification on the board; returns what is to be recorded now. */
  const take = (from: Notification): Occurrence[] => {
    const signal = signalOf(board, from);
    if (!signal) return [];
    const active = from.active && from.operation !== 'deleted';
    mark(signal, `${from.topic} ${from.source}`, active);
    status.signal(from.signal, from.source, signal.active.size > 0);
    if (signal.active.size === 0) {
      const assumed = from.operation !== 'changed';
      if (settings.settleMs === 0) return end(signal, from, assumed);
      if (signal.open) settle(signal, from, assumed);
      return [];
    }
    clearTimeout(signal.settling);
    signal.settling = undefined;
    if (signal.open || !active || from.operation !== 'changed' || !mayTell(signal)) return [];
    signal.open = true;
    return [occurrence(signal, 'started', from)];
  };
  return {
    async hear(notifications) {
      const occurrences = notifications.flatMap(take);
      if (occurrences.length === 0) return;
      await hall.record(occurrences, openOn(board));
      for (const { type, data } of occurrences) if (data['phase'] === 'started') begun(nameOf(type));
    },
    forgetSensors() {
      for (const signal of board.values()) signal.active.clear();
    },
    close() {
      for (const { settling } of board.values()) clearTimeout(settling);
    },
  };
}

function boardFrom(openBefore: Json | undefined): Map<string, Signal> {
  const board = new Map<string, Signal>();
  const keys = z.array(z.string()).max(SIGNALS_MAX).safeParse(openBefore).data ?? [];
  for (const key of keys) {
    const name = signalName.safeParse(key.split(' ', 1)[0]).data;
    if (name) board.set(key, { name, active: new Set(), open: true, settling: undefined });
  }
  return board;
}

function openOn(board: ReadonlyMap<string, Signal>): CursorUpdate {
  return { name: OPEN_SIGNALS, value: [...board].flatMap(([key, signal]) => (signal.open ? [key] : [])) };
}

function signalOf(board: Map<string, Signal>, { signal: name, source }: Notification): Signal | undefined {
  const key = name === 'digital-input' ? `${name} ${source}` : name;
  const known = board.get(key);
  if (known || board.size >= SIGNALS_MAX || FORBIDDEN_SOURCES.has(source)) return known;
  const fresh: Signal = { name, active: new Set(), open: false, settling: undefined };
  board.set(key, fresh);
  return fresh;
}

function mark(signal: Signal, sensor: string, active: boolean): void {
  if (!active) signal.active.delete(sensor);
  else if (signal.active.size < SENSORS_MAX) signal.active.add(sensor);
}

function nameOf(type: string): SignalName {
  return signalName.parse(type.slice('camera.'.length));
}
