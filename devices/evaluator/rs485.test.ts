// The RS-485 driver keeps the promises of every driver, on a serial port and behind a serial server.
import { describe } from 'vitest';
import { lineSettingsSchema } from '../../gateway/kernel/line-settings.ts';
import { CALLER_CODES, startEvaluatorBus, type TruePress } from '../../simulators/evaluator/rs485.ts';
import { conformance, type Rig } from '../conformance.ts';
import { rs485 } from './rs485.ts';

const ADDRESS = 5;
/** What a person does, in turn: no two neighbours are the same, so that each press is one of its own. */
const ACTS = [3, 'call-next', 2, 'recall', 0, 'hang', 1, 'give-up'] as const;

/** What a press must become, by the labels on the deployed four-key device. */
function meaning({ unit, data }: TruePress): { type: string; data: Record<string, unknown> } {
  if (unit === 'caller') {
    const key = Object.entries(CALLER_CODES).find(([, codes]) => codes.join() === data.join())?.[0];
    return { type: 'caller.key-pressed', data: { key } };
  }
  const levels: Record<number, unknown> = {
    0: { level: 2, label: '不满意' },
    2: { level: 4, label: '满意' },
    3: { level: 5, label: '非常满意' },
  };
  const mark = levels[data[0] ?? -1];
  return mark ? { type: 'evaluation.submitted', data: mark as Record<string, unknown> } : UNRATED;
}
const UNRATED = { type: 'evaluation.unrated', data: { reason: 'device-default' } };

async function makeRig(port: 'tcp' | 'pty', pluggedIn: boolean): Promise<Rig> {
  const bus = await startEvaluatorBus({
    addresses: [ADDRESS, 6],
    port: { type: port },
    repeatMs: 60,
    sendsMax: 40,
    seed: 11,
  });
  if (!pluggedIn) await bus.pullCable();
  const device = bus.device(ADDRESS);
  let noisy = false;
  const act = async (nth: number) => {
    if (noisy) bus.noise(9);
    const what = ACTS[nth % ACTS.length] ?? 3;
    const settled = typeof what === 'number' ? bus.press(ADDRESS, what) : bus.callerKey(ADDRESS, what);
    await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, 1_500).unref())]);
  };
  return {
    config: { line: 'bus-a', address: ADDRESS, sameEvaluationMs: 0 },
    lines: { 'bus-a': lineSettingsSchema.parse(bus.line) },
    plugIn: () => bus.plugIn(),
    pullCable: () => bus.pullCable(),
    act,
    wake: () => act(0),
    expected: () => bus.truth.map(meaning),
    trouble(how) {
      bus.faults.split = how === 'one-byte-at-a-time' ? 'every-byte' : 'none';
      bus.faults.glueMs = how === 'glued' ? 30 : 0;
      bus.faults.corrupt = how === 'noise' ? 0.01 : 0;
      noisy = how === 'noise';
    },
    commands: [
      { name: 'show-ticket', input: { ticketNumber: 'A023' }, carriedOut: () => device.display === '   023' },
      { name: 'show-waiting', input: { count: 12 }, carriedOut: () => device.display === '012   ' },
      { name: 'show-stars', input: { level: 4 }, carriedOut: () => device.stars === 4 },
      { name: 'beep', input: {}, carriedOut: () => device.beeps === 1 },
      { name: 'start-evaluation', input: { ticketNumber: 'A023' }, carriedOut: () => device.evaluating },
    ],
    close: () => bus.close(),
  };
}

describe.each(['tcp', 'pty'] as const)('on a bus that is reached by %s', (port) => {
  conformance(rs485, {
    makeRig: ({ pluggedIn }) => makeRig(port, pluggedIn),
    offlineWithinMs: 2_000,
    refused: [
      { config: { line: 'bus-a', address: 0 }, path: 'address' },
      { config: { line: 'Bus A', address: 5 }, path: 'line' },
      { config: { line: 'bus-a', address: 5, keyMap: { 300: 5 } }, path: 'keyMap.300' },
      { config: { line: 'bus-a', address: 5, keyMap: { 1: 6 } }, path: 'keyMap.1' },
      { config: { line: 'bus-a', address: 5, timeout: 3 }, path: 'timeout' },
    ],
  });
});
