/**
 * How the box is, once a minute: what waits, what is full, who is there. It goes up beside the states, so that whoever
 * comes later sees the last word of a box that is gone; `time` tells how old it is.
 */
import { statfs } from 'node:fs/promises';
import type { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import type { healthSchema, linkHealthSchema } from '../kernel/gateway-messages.ts';
import type { Log } from '../kernel/log.ts';
import type { Place } from '../kernel/names.ts';
import type { Spool } from '../spool/port.ts';
import type { PresenceCounts } from '../supervisor/state-message.ts';
import { healthTopic } from '../kernel/topics.ts';
import { once, sleep } from '../kernel/waiting.ts';
import { lagMeter, type LagMeter } from './event-loop-lag.ts';

export type HealthMessage = z.output<typeof healthSchema>;
export type LinkHealth = z.output<typeof linkHealthSchema>;

export interface HealthOptions {
  place: Place;
  spool: Pick<Spool, 'status'>;
  /** Devices by presence. */
  counts(): PresenceCounts;
  /** The link to the centre; undefined in a hall without one. */
  uplink(): LinkHealth | undefined;
  /** Folder whose file system is watched. */
  dataDirectory: string;
  /** Puts up the newest message (`RetainedMessages.set`). */
  publish(topic: string, payload: string): void;
  clock: Clock;
  log: Log;
  intervalMs?: number;
}

export interface Health {
  /** The newest message, or undefined before the first. */
  latest(): HealthMessage | undefined;
  close(): Promise<void>;
}

const INTERVAL_MS = 60_000;

/** Publishes the first message at once and then one every `intervalMs`. */
export function startHealth(options: HealthOptions): Health {
  const stopping = new AbortController();
  const meter = lagMeter();
  let latest: HealthMessage | undefined;
  const tell = async () => {
    latest = await measure(options, meter);
    if (!stopping.signal.aborted) options.publish(healthTopic(options.place), JSON.stringify(latest));
  };
  const ended = keepTelling(tell, options, stopping.signal);
  return {
    latest: () => latest,
    close: once(async () => {
      stopping.abort();
      await ended;
      meter.stop();
    }),
  };
}

async function keepTelling(tell: () => Promise<void>, options: HealthOptions, stopping: AbortSignal): Promise<void> {
  let failing = false;
  while (!stopping.aborted) {
    try {
      await tell();
      failing = false;
    } catch (thrown) {
      if (!failing) options.log.error('health.failed', thrown);
      failing = true;
    }
    await sleep(options.intervalMs ?? INTERVAL_MS, stopping).catch(() => undefined);
  }
}

async function measure(options: HealthOptions, meter: LagMeter): Promise<HealthMessage> {
  const { clock } = options;
  const { depth, oldestUnsentMs, bytes, quotaBytes, quotaStep, lost, trouble } = options.spool.status();
  const uplink = options.uplink();
  const nowMs = clock.now();
  return {
    time: new Date(nowMs).toISOString(),
    queueDepth: depth,
    ...(oldestUnsentMs !== undefined && { oldestUnsentAgeMs: Math.max(0, Math.round(nowMs - oldestUnsentMs)) }),
    spool: { bytes, quotaBytes, quotaStep, lost, ...(trouble && { trouble: trouble.code }) },
    disk: { freeBytes: await freeBytes(options.dataDirectory) },
    memory: { rssBytes: process.memoryUsage.rss() },
    clock: { synced: clock.synced() },
    links: uplink ? { uplink } : {},
    devices: options.counts(),
    eventLoopLagMs: meter.take().longestMs,
  };
}

/** What an ordinary user may still write; nothing while the file system does not answer. */
async function freeBytes(directory: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
