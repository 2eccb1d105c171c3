// The driver of tablets keeps the promises of every driver, through the gateway's own broker, over TCP and WebSocket.
import { describe } from 'vitest';
import type { Kind } from '../../gateway/kernel/kind.ts';
import { startTablet } from '../../simulators/evaluator/tablet.ts';
import { until } from '../../simulators/kit/until.ts';
import { conformance, type Rig } from '../conformance.ts';
import type { RecordingHall } from '../recording-hall.ts';
import { cableOf, startDeviceBroker } from '../testing-mqtt.ts';
import { LEVEL_LABELS, type Level } from './kind.ts';
import { mqtt } from './mqtt.ts';

const LEVELS: readonly Level[] = [5, 4, 3, 2, 1];
/** Longer than a command may wait for its answer. */
const ACT_MS = 5_000;

async function makeRig(transport: 'tcp' | 'websocket', pluggedIn: boolean): Promise<Rig> {
  const broker = await startDeviceBroker(transport);
  const tablet = startTablet({ ...broker.login, window: '1', heartbeatMs: 1_000, seed: 7 });
  if (!pluggedIn) tablet.pullCable();
  const expected: { type: string; data: Record<string, unknown> }[] = [];
  let hall: RecordingHall<Kind> | undefined;
  let noisy = false;

  const makeNoise = () => {
    tablet.link.say('submit', 'no JSON at all');
    tablet.link.say('submit', Buffer.from([0xff, 0xfe, 0x00]));
    tablet.link.say('submit', { id: 'a-submit-of-nothing', evaluationId: 'none', level: 5, elapsedMs: 1 });
    tablet.link.say('no-such-message', {});
  };
  return {
    config: {},
    ...cableOf(tablet),
    attach(seen) {
      hall = seen;
      broker.attach(seen);
    },
    async act(nth) {
      if (noisy) makeNoise();
      const visitId = `visit-${nth}`;
      const level = LEVELS[nth % LEVELS.length] ?? 5;
      const begun = await hall?.command('start-evaluation', { visitId }).catch(() => undefined);
      if (begun === undefined) return;
      expected.push({ type: 'evaluation.requested', data: { visitId, window: '1' } });
      const id = tablet.answer(level, level <= 2 ? { reasons: ['办理时间过长'] } : {});
      expected.push({ type: 'evaluation.submitted', data: { visitId, level, label: LEVEL_LABELS[level] } });
      await until('the tablet has its receipt', () => tablet.receiptOf(id), ACT_MS);
    },
    expected: () => expected,
    trouble(how) {
      broker.faults.split = how === 'one-byte-at-a-time' ? 'every-byte' : 'none';
      broker.faults.glueMs = how === 'glued' ? 30 : 0;
      noisy = how === 'noise';
    },
    commands: [
      { name: 'show-ticket', input: { ticketNumber: 'A023' }, carriedOut: () => tablet.screen.ticketNumber === 'A023' },
      { name: 'show-waiting', input: { count: 12 }, carriedOut: () => tablet.screen.waitingCount === 12 },
      { name: 'show-stars', input: { level: 4 }, carriedOut: () => tablet.screen.stars === 4 },
      { name: 'beep', input: {}, carriedOut: () => tablet.screen.beeps === 1 },
      { name: 'pause', input: {}, carriedOut: () => tablet.screen.paused },
      { name: 'resume', input: {}, carriedOut: () => !tablet.screen.paused },
      {
        name: 'start-evaluation',
        input: { ticketNumber: 'A023' },
        carriedOut: () => tablet.screen.prompt?.ticketNumber === 'A023',
      },
      { name: 'cancel-evaluation', input: {}, carriedOut: () => tablet.screen.prompt === undefined },
    ],
    async close() {
      await tablet.close();
      await broker.close();
    },
  };
}

describe.each(['tcp', 'websocket'] as const)('a tablet that is connected by %s', (transport) => {
  conformance(mqtt, {
    makeRig: ({ pluggedIn }) => makeRig(transport, pluggedIn),
    offlineWithinMs: 2_000,
    refused: [
      { config: { evaluationTimeoutSeconds: 1 }, path: 'evaluationTimeoutSeconds' },
      { config: { reasons: { 1: [], 2: ['慢'] } }, path: 'reasons.1' },
      { config: { reasons: { 3: ['慢'] } }, path: 'reasons.3' },
      { config: { timeout: 3 }, path: 'timeout' },
    ],
  });
});
