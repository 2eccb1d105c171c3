/**
 * One suite for every driver: the same promises, kept on its real wire against its simulator. A driver's own test file
 * says how to build the rig and adds what is special about its wire.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AnyDriver } from '../gateway/kernel/driver.ts';
import type { Kind } from '../gateway/kernel/kind.ts';
import type { LineSettings } from '../gateway/kernel/line-settings.ts';
import { recordingHall, until, type RecordingHall, type RecordingStore } from './recording-hall.ts';

/** A simulated device on a real socket or pty, and the hands of a person who stands in front of it. */
export interface Rig {
  /** The driver's keys in hall.yaml. */
  config: unknown;
  lines?: Record<string, LineSettings>;
  /** Plugged in when the rig is made, unless `makeRig` was asked for an absent device. */
  plugIn(): Promise<void>;
  pullCable(): Promise<void>;
  /** Makes the device do the one thing it is there for (a press, a punch); `nth` makes each different. */
  act(nth: number): Promise<void>;
  /** What acts must have become, in order: event type and the part of `data` that identifies the act. */
  expected(): { type: string; data: Record<string, unknown> }[];
  /** How the line misbehaves from now on. */
  trouble(how: 'none' | 'one-byte-at-a-time' | 'glued' | 'noise'): void;
  /** For devices that are only heard when somebody uses them. */
  wake?(): Promise<void>;
  /** Every command of the driver: an input, and how to see on the device that it was carried out. */
  commands: { name: string; input: unknown; carriedOut: () => boolean }[];
  /** For devices that speak MQTT themselves: connects the broker of the rig with the hall, before the driver runs. */
  attach?(seen: RecordingHall<Kind>): void;
  close(): Promise<void>;
}

export interface ConformanceOptions {
  makeRig(options: { pluggedIn: boolean }): Promise<Rig>;
  /** The driver's promise: `offline` at the latest this long after the cable was pulled. */
  offlineWithinMs: number;
  /** Settings that must be refused, with the path of the mistake. */
  refused: { config: unknown; path: string }[];
}

interface Running {
  seen: RecordingHall<Kind>;
  ended: Promise<void>;
  isOver(): boolean;
}

/** Declares the suite for one driver. */
export function conformance(driver: AnyDriver, options: ConformanceOptions): void {
  describe(`${driver.kind.name}/${driver.wire} keeps the promises of every driver`, () => {
    let rig: Rig;
    let running: Running | undefined;

    const start = (store?: RecordingStore): RecordingHall<Kind> => {
      running = run(driver, rig, store);
      return running.seen;
    };
    const wakeUntil = async (what: string, condition: () => boolean, deadlineMs = 15_000) => {
      await rig.wake?.();
      await until(what, condition, deadlineMs);
    };
    const online = (seen: RecordingHall<Kind>) =>
      wakeUntil('the device is online', () => seen.presence.state === 'online');

    beforeEach(() => {
      running = undefined;
    });
    afterEach(async () => {
      running?.seen.stop();
      await running?.ended;
      await rig.close();
    });

    test('comes online', async () => {
      rig = await options.makeRig({ pluggedIn: true });
      await online(start());
    });

    test('starts while the device is absent, says so, and recovers when it is plugged in', async () => {
      rig = await options.makeRig({ pluggedIn: false });
      const seen = start();
      await until('the device is offline', () => seen.presence.state === 'offline', 15_000);
      expect(running?.isOver()).toBe(false);
      await rig.plugIn();
      await until('the device is no longer offline', () => seen.presence.state !== 'offline', 20_000);
      await online(seen);
    });

    test('says offline within its deadline after the cable was pulled, and recovers', async () => {
      rig = await options.makeRig({ pluggedIn: true });
      const seen = start();
      await online(seen);
      await rig.pullCable();
      await until('the device is offline', () => seen.presence.state === 'offline', options.offlineWithinMs);
      await rig.plugIn();
      await until('the device is no longer offline', () => seen.presence.state !== 'offline', 20_000);
      await online(seen);
    });

    for (const how of ['none', 'one-byte-at-a-time', 'glued', 'noise'] as const) {
      test(`delivers exactly what the device said (${how === 'none' ? 'clean line' : how})`, async () => {
        rig = await options.makeRig({ pluggedIn: true });
        const seen = start();
        await until('the line is up', () => seen.presence.state !== 'offline', 15_000);
        await until('the driver reported something', () => seen.presence.state !== 'unknown' || rig.wake !== undefined);
        rig.trouble(how);
        for (let nth = 0; nth < 5; nth += 1) await rig.act(nth);
        const expected = rig.expected();
        expect(expected.length).toBeGreaterThanOrEqual(5);
        await until('everything arrived', () => seen.store.occurrences.length >= expected.length, 20_000).catch(
          () => undefined,
        );
        const arrived = seen.store.occurrences.map(({ type, data }) => ({ type, data }));
        expect(arrived).toEqual(
          expected.map(({ type, data }) => ({ type, data: expect.objectContaining(data) as unknown })),
        );
      });
    }

    test('refuses settings that it does not understand, with the path', () => {
      for (const { config, path } of options.refused) {
        const result = driver.config.safeParse(config);
        expect(result.success, JSON.stringify(config)).toBe(false);
        expect(result.error?.issues.map((issue) => pathOf(issue))).toContain(path);
      }
    });

    test('understands its own example', () => {
      expect(driver.config.safeParse(driver.example).success).toBe(true);
    });

    test('carries out and confirms every command it declares', async () => {
      rig = await options.makeRig({ pluggedIn: true });
      const seen = start();
      await online(seen);
      expect(rig.commands.map((command) => command.name).sort()).toEqual([...driver.commands].sort());
      for (const { name, input, carriedOut } of rig.commands) {
        await seen.command(name, input);
        await until(`the device shows that "${name}" was carried out`, carriedOut);
      }
    });

    test('stops at once, leaves no timer, socket or child, and publishes nothing afterwards', async () => {
      rig = await options.makeRig({ pluggedIn: true });
      const before = resources();
      const seen = start();
      await online(seen);
      const begun = performance.now();
      seen.stop();
      await running?.ended;
      expect(performance.now() - begun).toBeLessThan(2_000);
      await until(`the driver's resources are gone: ${leftOver(before)}`, () => leftOver(before) === '');
      await rig.act(99);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(seen.lateCalls).toEqual([]);
    });
  });
}

interface Issue {
  path: PropertyKey[];
  code?: string | undefined;
  keys?: string[];
}

/** `keyMap.9`; for an unknown key the key itself. */
function pathOf(issue: Issue): string {
  return [...issue.path, ...(issue.code === 'unrecognized_keys' ? (issue.keys ?? []) : [])].map(String).join('.');
}

function run(driver: AnyDriver, rig: Rig, store: RecordingStore | undefined): Running {
  const seen = recordingHall<Kind>(driver.kind, {
    window: '1',
    ...(rig.lines && { lines: rig.lines }),
    ...(store && { store }),
  });
  rig.attach?.(seen);
  let over = false;
  const config: unknown = driver.config.parse(rig.config);
  const ended = driver.run(config, seen.hall).finally(() => (over = true));
  ended.catch(() => undefined);
  return { seen, ended, isOver: () => over };
}

/** What the process holds open, by type; simulators hold things too, so only growth counts. */
function resources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}

const OWNED = ['TCPSocketWrap', 'UDPWrap', 'UDPSendWrap', 'ProcessWrap', 'TTYWrap', 'PipeWrap', 'Timeout'];

function leftOver(before: Map<string, number>): string {
  const now = resources();
  return OWNED.filter((type) => (now.get(type) ?? 0) > (before.get(type) ?? 0))
    .map((type) => `${type} ${before.get(type) ?? 0} -> ${now.get(type) ?? 0}`)
    .join(', ');
}
