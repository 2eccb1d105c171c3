/**
 * The health message as a consumer finds it.
 */
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../kernel/clock.ts';
import { HallError } from '../kernel/errors.ts';
import { healthSchema } from '../kernel/gateway-messages.ts';
import { collectingLog } from '../kernel/log.ts';
import type { SpoolStatus } from '../spool/port.ts';
import { PLACE, until } from '../supervisor/testing-hall.ts';
import { lagMeter } from './event-loop-lag.ts';
import { startHealth, type Health, type HealthOptions } from './health.ts';

const STATUS: SpoolStatus = {
  epoch: '01JWK3N6V0A7B9C2D4E6F8G0HJ',
  head: 12,
  confirmed: 5,
  depth: 7,
  oldestUnsentMs: undefined,
  bytes: 4096,
  quotaBytes: 1_000_000,
  quotaStep: 70,
  waiting: 0,
  lost: 0,
  trouble: undefined,
};

const running: Health[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((health) => health.close()));
});

function start(more: Partial<HealthOptions> = {}) {
  const sent: [string, string][] = [];
  const log = collectingLog();
  const health = startHealth({
    place: PLACE,
    spool: { status: () => STATUS },
    counts: () => ({ unknown: 0, online: 3, silent: 1, offline: 2 }),
    uplink: () => undefined,
    dataDirectory: tmpdir(),
    publish: (topic, payload) => void sent.push([topic, payload]),
    clock: systemClock(),
    log,
    intervalMs: 20,
    ...more,
  });
  running.push(health);
  return { health, log, sent, message: (index: number) => healthSchema.parse(JSON.parse(sent[index]?.[1] ?? '')) };
}

describe('the health message', () => {
  it('comes at once and then regularly, in the words of the contract', async () => {
    const { sent, message, health } = start();
    await until(() => sent.length >= 3, 'three messages');
    expect(sent[0]?.[0]).toBe('hall/v1/h1/gateway/gw1/health');
    expect(message(0)).toMatchObject({
      queueDepth: 7,
      spool: { bytes: 4096, quotaStep: 70 },
      devices: { online: 3, silent: 1, offline: 2 },
      links: {},
    });
    expect(message(0).disk.freeBytes).toBeGreaterThan(0);
    expect(message(0).memory.rssBytes).toBeGreaterThan(10_000_000);
    await health.close();
    const before = sent.length;
    expect(health.latest()?.queueDepth).toBe(7);
    expect(sent).toHaveLength(before);
  });

  it('says how old the oldest waiting event is, what ails the disk and how the link is', async () => {
    const clock = systemClock();
    const trouble = new HallError('spool.closed');
    const since = '2026-06-01T00:00:14.000Z';
    const { sent, message } = start({
      spool: { status: () => ({ ...STATUS, oldestUnsentMs: clock.now() - 5_000, trouble }) },
      uplink: () => ({ link: 'up', since, reconnects: 2 }),
    });
    await until(() => sent.length >= 1, 'a message');
    expect(message(0).oldestUnsentAgeMs).toBeGreaterThanOrEqual(5_000);
    expect(message(0).spool.trouble).toBe('spool.closed');
    expect(message(0).links).toEqual({ uplink: { link: 'up', since, reconnects: 2 } });
  });

  it('comes again after a measurement that failed, which is logged once', async () => {
    let broken = true;
    let tries = 0;
    const status = () => {
      tries += 1;
      if (broken) throw new Error('not now');
      return STATUS;
    };
    const { sent, log } = start({ spool: { status } });
    await until(() => tries >= 3, 'three tries');
    broken = false;
    await until(() => sent.length >= 1, 'a message');
    expect(log.lines.map(({ event }) => event)).toEqual(['health.failed']);
  });
});

describe('the lag of the event loop', () => {
  it('shows a program that kept the loop for itself', async () => {
    const meter = lagMeter();
    await new Promise((resolve) => setTimeout(resolve, 60));
    const endMs = performance.now() + 150;
    while (performance.now() < endMs);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(meter.take().longestMs).toBeGreaterThan(80);
    meter.stop();
  });
});
