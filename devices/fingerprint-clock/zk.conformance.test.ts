/**
 * The clock keeps the promises of every driver, over TCP and over UDP.
 */
import { describe } from 'vitest';
import { startClock, type SimulatedClock } from '../../simulators/fingerprint-clock/clock.ts';
import { conformance, type Rig } from '../conformance.ts';
import { zk } from './zk.ts';

const STAFF = ['1001', '1002', '1003', '1004', '1005', '1006'].map((userId, index) => ({ uid: index + 1, userId }));

const refused = [
  { config: { host: '' }, path: 'host' },
  { config: { host: 'clock', port: 70_000 }, path: 'port' },
  { config: { host: 'clock', commKey: 'open sesame' }, path: 'commKey' },
  { config: { host: 'clock', transport: 'serial' }, path: 'transport' },
  { config: { host: 'clock', commkey: 1 }, path: 'commkey' },
];

async function makeRig(transport: 'tcp' | 'udp', pluggedIn: boolean): Promise<Rig> {
  const clock = await startClock({ transport, users: [...STAFF] });
  if (!pluggedIn) await clock.pullCable();
  return {
    config: {
      host: clock.host,
      port: clock.port,
      transport,
      heartbeatMs: 200,
      replyTimeoutMs: 1_500,
      resendMs: 100,
      retryMaxMs: 300,
      pollMs: 60_000,
    },
    plugIn: () => clock.plugIn(),
    pullCable: () => clock.pullCable(),
    act(nth) {
      clock.punch(STAFF[nth % STAFF.length]?.userId ?? '', { verify: 1, punch: nth % 6 });
      return Promise.resolve();
    },
    expected: () =>
      clock.body.truth.map(({ userId, time, verify, punch }) => ({
        type: 'attendance.punched',
        data: { userId, deviceTime: time, verifyCode: verify, punchCode: punch },
      })),
    trouble: (how) => makeTrouble(clock, how),
    commands: [
      { name: 'set-time', input: {}, carriedOut: () => clock.body.commands.includes(202) },
      { name: 'read-log', input: {}, carriedOut: () => clock.body.commands.filter((code) => code === 1503).length > 2 },
      { name: 'test-voice', input: { index: 3 }, carriedOut: () => clock.body.voices.includes(3) },
      { name: 'restart', input: {}, carriedOut: () => clock.body.restarts === 1 },
    ],
    close: () => clock.close(),
  };
}

function makeTrouble(clock: SimulatedClock, how: Parameters<Rig['trouble']>[0]): void {
  if (clock.udp && how !== 'none') {
    // Datagrams keep their borders; what they suffer instead is being doubled (order is another test's matter).
    clock.udp.faults.duplicate = 0.5;
    return;
  }
  if (!clock.tcp) return;
  if (how === 'one-byte-at-a-time') clock.tcp.faults.split = 'every-byte';
  if (how === 'glued') clock.tcp.faults.glueMs = 20;
  if (how === 'noise') clock.noise(Buffer.from('505082aa0050508200ff7d', 'hex'));
}

describe.each(['tcp', 'udp'] as const)('over %s', (transport) => {
  conformance(zk, {
    makeRig: ({ pluggedIn }) => makeRig(transport, pluggedIn),
    offlineWithinMs: 4_000,
    refused,
  });
});
