/**
 * A clock that pushes keeps the promises of every driver, old and new firmware.
 */
import { describe } from 'vitest';
import { freePort } from '../../gateway/testing-gateway.ts';
import { startPushClock, type SimulatedPushClock } from '../../simulators/fingerprint-clock/push-clock.ts';
import { conformance, type Rig } from '../conformance.ts';
import { adms } from './adms.ts';

const SERIAL = 'BRM9203460118';
const STAFF = ['1001', '1002', '1003', '1004', '1005', '1006'];
const FIRMWARES = {
  'push 2.2 over HTTP/1.1': { pushVersion: '2.2.14', trailingFields: 2 },
  'push 3.1 over HTTP/1.1': { pushVersion: '3.1.2', trailingFields: 5, lineEnd: '\r\n' },
  'push 2.2 over HTTP/1.1, packed': { pushVersion: '2.2.14', packing: 'gzip' },
  'old firmware over HTTP/1.0': { pushVersion: '', httpVersion: '1.0', trailingFields: 0, pageEnding: '.aspx' },
} as const;

const refused = [
  { config: { listen: '192.168.1.10:8081' }, path: 'serial' },
  { config: { listen: '8.8.8.8:8081', serial: SERIAL }, path: 'listen' },
  { config: { listen: '0.0.0.0:8081', serial: SERIAL }, path: 'listen' },
  { config: { listen: '192.168.1.10:0', serial: SERIAL }, path: 'listen' },
  { config: { listen: '192.168.1.10:8081', serial: 'A B' }, path: 'serial' },
  { config: { listen: '192.168.1.10:8081', serial: SERIAL, transTimes: ['25:00'] }, path: 'transTimes.0' },
  { config: { listen: '192.168.1.10:8081', serial: SERIAL, port: 80 }, path: 'port' },
];

async function makeRig(firmware: keyof typeof FIRMWARES, pluggedIn: boolean): Promise<Rig> {
  const port = await freePort();
  const clock = await startPushClock({
    port,
    serial: SERIAL,
    pluggedIn,
    delayMs: 100,
    errorDelayMs: 50,
    ...FIRMWARES[firmware],
  });
  const unreadable: string[] = [];
  return {
    config: {
      listen: `127.0.0.1:${port}`,
      serial: SERIAL,
      offlineAfterSeconds: 1,
      commandRepeatSeconds: 1,
      logSettleSeconds: 1,
    },
    plugIn: () => clock.plugIn(),
    pullCable: () => clock.pullCable(),
    act(nth) {
      clock.punch(STAFF[nth % STAFF.length] ?? '', { verify: 1, punch: nth % 6 });
      return Promise.resolve();
    },
    expected: () => [
      ...unreadable.map((line) => ({ type: 'attendance.unreadable', data: { line, serial: SERIAL } })),
      ...clock.body.truth.map(({ userId, time, verify, punch }) => ({
        type: 'attendance.punched',
        data: { userId, deviceTime: time, verifyCode: verify, punchCode: punch, serial: SERIAL },
      })),
    ],
    trouble: (how) => unreadable.push(...makeTrouble(clock, how)),
    commands: [
      { name: 'read-log', input: {}, carriedOut: () => clock.body.commands.some((text) => /QUERY ATTLOG/.test(text)) },
      { name: 'restart', input: {}, carriedOut: () => clock.body.restarts === 1 },
    ],
    close: () => clock.close(),
  };
}

/** Returns the lines that the clock wrote and nobody can read. */
function makeTrouble(clock: SimulatedPushClock, how: Parameters<Rig['trouble']>[0]): string[] {
  if (how === 'one-byte-at-a-time') clock.wire.faults.split = 'every-byte';
  if (how === 'glued') clock.wire.faults.glueMs = 20;
  if (how !== 'noise') return [];
  clock.wire.noise(Buffer.from('505082aa0050508200ff7d', 'hex'));
  const lines = ['1001\tyesterday\t0\t1', '\u0000\u0001'];
  clock.write('ATTLOG', [...lines, '\t\t\t']);
  return lines;
}

describe.each(Object.keys(FIRMWARES) as (keyof typeof FIRMWARES)[])('%s', (firmware) => {
  conformance(adms, {
    makeRig: ({ pluggedIn }) => makeRig(firmware, pluggedIn),
    offlineWithinMs: 4_000,
    refused,
  });
});
