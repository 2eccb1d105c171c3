/**
 * A driver of the wire `adms` over a recording hall, and a simulated clock that pushes to it, for tests.
 */
import { request } from 'node:http';
import { onTestFinished } from 'vitest';
import { systemClock, type Clock } from '../gateway/kernel/clock.ts';
import { freePort } from '../gateway/testing-gateway.ts';
import {
  startPushClock,
  type PushClockOptions,
  type SimulatedPushClock,
} from '../simulators/fingerprint-clock/push-clock.ts';
import {
  recordingHall,
  recordingStore,
  type RecordingHall,
  type RecordingStore,
  type SharedThings,
} from './recording-hall.ts';
import { adms } from './fingerprint-clock/adms.ts';
import { fingerprintClock, type FingerprintClock } from './fingerprint-clock/kind.ts';

export const SERIAL = 'BRM9203460118';

/** Settings for tests that have no time. */
const FAST = {
  offlineAfterSeconds: 30,
  storePatienceMs: 150,
  commandRepeatSeconds: 1,
  logSettleSeconds: 1,
};

export interface PushGateway {
  seen: RecordingHall<FingerprintClock>;
  store: RecordingStore;
  stop(): Promise<void>;
  punched(): string[];
  logged(event: string): boolean;
  /** The newest state. */
  state(): Record<string, unknown>;
}

export interface PushGatewayOptions {
  store?: RecordingStore;
  settings?: object;
  clock?: Clock;
  timeZone?: string;
  /** The hall that several devices of one port stand in. */
  shared?: SharedThings;
}

/** Runs the driver at `port` over what earlier runs recorded. */
export function pushGateway(port: number, options: PushGatewayOptions = {}): PushGateway {
  const { store = recordingStore(), settings, clock = systemClock(), timeZone = 'Asia/Shanghai', shared } = options;
  const seen = recordingHall(fingerprintClock, { store, clock, timeZone, ...(shared && { shared }) });
  const config = adms.config.parse({ listen: `127.0.0.1:${port}`, serial: SERIAL, ...FAST, ...settings });
  const ended = adms.run(config, seen.hall);
  const stop = async () => {
    seen.stop();
    await ended;
  };
  onTestFinished(stop);
  return {
    seen,
    store,
    stop,
    punched: () => store.occurrences.filter(({ type }) => type === 'attendance.punched').map(({ data }) => keyOf(data)),
    logged: (event) => seen.log.some((line) => line.event === event),
    state: () => Object.assign({}, seen.states.at(-1)),
  };
}

/** Person and time: enough to tell the punches of a test apart. */
export function keyOf(punch: object): string {
  const { userId, time, deviceTime } = punch as Record<string, unknown>;
  return `${String(userId)} ${String(deviceTime ?? time)}`;
}

export async function pushingClock(
  options: Partial<PushClockOptions> = {},
): Promise<SimulatedPushClock & { port: number }> {
  const port = options.port ?? (await freePort());
  const clock = await startPushClock({ serial: SERIAL, delayMs: 50, errorDelayMs: 50, ...options, port });
  onTestFinished(() => clock.close());
  return { ...clock, port };
}

/** A punch a second from 08:00:00 on. */
export function punches(count: number, userId = '1001') {
  return Array.from({ length: count }, (_, nth) => ({
    userId,
    time: new Date(Date.UTC(2026, 5, 1, 8, 0, nth)).toISOString().slice(0, 19),
    verify: 1,
    punch: nth % 2,
  }));
}

export interface RawAnswer {
  status: number;
  text: string;
  headers: NodeJS.Dict<string | string[]>;
}

/** A request by somebody who is no clock. */
export function ask(
  port: number,
  method: string,
  path: string,
  body?: Buffer | string,
  headers: Record<string, string> = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, text, headers: response.headers });
      });
      response.on('error', reject);
    });
    asking.on('error', reject);
    asking.end(body);
  });
}
