// A press whose acknowledgement left just before the power did: the note of it is missing, the next press must not be.
import { expect, onTestFinished, test } from 'vitest';
import { lineSettingsSchema } from '../../gateway/kernel/line-settings.ts';
import { startEvaluatorBus, type EvaluatorBusSimulator } from '../../simulators/evaluator/rs485.ts';
import { until } from '../../simulators/kit/until.ts';
import { recordingHall, recordingStore, type RecordingStore } from '../recording-hall.ts';
import { evaluator, type Evaluator } from './kind.ts';
import { ASKS_AGAIN_MS, MEMORY_CURSOR, memoryFrom } from './rs485-memory.ts';
import { rs485 } from './rs485.ts';

const REPEAT_WINDOW_MS = 500;

async function startGateway(bus: EvaluatorBusSimulator, store: RecordingStore): Promise<() => Promise<void>> {
  const lines = { 'bus-a': lineSettingsSchema.parse(bus.line) };
  const seen = recordingHall<Evaluator>(evaluator, { window: '5', lines, store });
  const config = rs485.config.parse({ line: 'bus-a', address: 5, repeatWindowMs: REPEAT_WINDOW_MS });
  const over = rs485.run(config, seen.hall);
  const halt = async () => {
    seen.stop();
    await over;
  };
  onTestFinished(halt);
  await until('the line is up', () => ['silent', 'online'].includes(seen.presence.state));
  return halt;
}

/** A first press, recorded and acknowledged; but the note that it was acknowledged never reached the disk. */
async function afterTheCrash(bus: EvaluatorBusSimulator): Promise<RecordingStore> {
  const store = recordingStore();
  const halt = await startGateway(bus, store);
  expect(await bus.callerKey(5, 'call-next')).toBe('acknowledged');
  const noted = () => memoryFrom(store.cursors.get(MEMORY_CURSOR)).caller;
  await until('it is noted', () => noted()?.acknowledged === true);
  await halt();
  store.cursors.set(MEMORY_CURSOR, { caller: { ...noted()!, acknowledged: false } });
  return store;
}

async function openBus(): Promise<EvaluatorBusSimulator> {
  const bus = await startEvaluatorBus({ addresses: [5], port: { type: 'tcp' }, repeatMs: 120, sendsMax: 60 });
  onTestFinished(() => bus.close());
  return bus;
}

const calls = (store: RecordingStore) => store.occurrences.filter(({ type }) => type === 'caller.key-pressed').length;

test('the next press of the same key is a press of its own: a device that still asked would have been heard', async () => {
  const bus = await openBus();
  const store = await afterTheCrash(bus);
  await startGateway(bus, store);
  await new Promise((resolve) => setTimeout(resolve, ASKS_AGAIN_MS + 100));
  expect(await bus.callerKey(5, 'call-next')).toBe('acknowledged');
  expect(calls(store)).toBe(2);
});

test('a device that still asks after the restart says its first press, not a second one', async () => {
  const bus = await openBus();
  const store = await afterTheCrash(bus);
  const asking = bus.callerKey(5, 'call-next');
  await startGateway(bus, store);
  expect(await asking).toBe('acknowledged');
  expect(calls(store)).toBe(1);
});
