// One press is one event: what citizens, clerks and power cuts do to the bus, with commits held and gateways restarted.
import { afterEach, describe, expect, it } from 'vitest';
import { lineSettingsSchema } from '../../gateway/kernel/line-settings.ts';
import {
  startEvaluatorBus,
  type EvaluatorBusOptions,
  type EvaluatorBusSimulator,
} from '../../simulators/evaluator/rs485.ts';
import { until } from '../../simulators/kit/until.ts';
import { EARLIEST_CREDIBLE_MS, type Clock } from '../../gateway/kernel/clock.ts';
import { recordingHall, recordingStore, type RecordingHall } from '../recording-hall.ts';
import { evaluator, type Evaluator } from './kind.ts';
import { rs485 } from './rs485.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startBus(options: Partial<EvaluatorBusOptions> = {}): Promise<EvaluatorBusSimulator> {
  const bus = await startEvaluatorBus({
    addresses: [5, 6, 7],
    port: { type: 'tcp' },
    repeatMs: 120,
    sendsMax: 60,
    ...options,
  });
  closers.push(() => bus.close());
  return bus;
}

interface Gateway extends RecordingHall<Evaluator> {
  halt(): Promise<void>;
  types(): string[];
}

/** A driver at address 5, running; a second one over the same store is the gateway after a restart. */
async function startGateway(
  bus: EvaluatorBusSimulator,
  settings: Record<string, unknown> = {},
  options: Parameters<typeof recordingHall>[1] = {},
): Promise<Gateway> {
  const lines = { 'bus-a': lineSettingsSchema.parse(bus.line) };
  const seen = recordingHall<Evaluator>(evaluator, { window: '5', lines, ...options });
  const over = rs485.run(rs485.config.parse({ line: 'bus-a', address: 5, ...settings }), seen.hall);
  const halt = async () => {
    seen.stop();
    await over;
  };
  closers.push(halt);
  await until('the line is up', () => ['silent', 'online'].includes(seen.presence.state));
  // Not spread: presence is a getter.
  return Object.assign(seen, { halt, types: () => seen.store.occurrences.map(({ type }) => type) });
}

/** A boot that is twenty seconds old when the wall clock says `wallMs`. */
function boot(bootId: string, wallMs: number): Clock {
  const upMs = 20_000 - performance.now();
  const monotonicMs = () => upMs + performance.now();
  return { bootId, monotonicMs, now: () => wallMs + monotonicMs(), synced: () => wallMs >= EARLIEST_CREDIBLE_MS };
}

/** The device sent its telegram at least so many times. */
const sends = (bus: EvaluatorBusSimulator, count: number) =>
  until(`${count} telegrams of device 5`, () => bus.device(5).node.said.length >= count);

describe('a press', () => {
  it('is acknowledged only after it is on disk, and is one event however often it came meanwhile', async () => {
    const bus = await startBus();
    const gateway = await startGateway(bus);
    gateway.holdCommits();
    const outcome = bus.press(5, 3);
    await sends(bus, 4);
    expect(bus.truth[0]?.outcome).toBeUndefined();
    expect(bus.device(5).node.heard).toEqual([]);
    gateway.releaseCommits();
    await expect(outcome).resolves.toBe('acknowledged');
    expect(gateway.types()).toEqual(['evaluation.submitted']);
  });

  it('is one event and acknowledged again when the acknowledgement is lost', async () => {
    const bus = await startBus();
    const gateway = await startGateway(bus);
    let lost = 0;
    bus.device(5).node.use({ name: 'misses the first three', hear: () => (lost += 1) <= 3 });
    await expect(bus.callerKey(5, 'call-next')).resolves.toBe('acknowledged');
    expect(lost).toBe(4);
    expect(gateway.types()).toEqual(['caller.key-pressed']);
  });

  it('is two events when the clerk presses the same key again after the repeat window', async () => {
    const bus = await startBus();
    const gateway = await startGateway(bus, { repeatWindowMs: 300 });
    await bus.callerKey(5, 'call-next');
    await new Promise((resolve) => setTimeout(resolve, 400));
    await bus.callerKey(5, 'call-next');
    expect(gateway.types()).toEqual(['caller.key-pressed', 'caller.key-pressed']);
  });

  it('is one event when the gateway dies between commit and acknowledgement', async () => {
    const bus = await startBus();
    const store = recordingStore();
    const first = await startGateway(bus, {}, { store });
    let restarted = false;
    bus.device(5).node.use({ name: 'hears nothing of the first gateway', hear: () => !restarted });
    const outcome = bus.callerKey(5, 'recall');
    await until('the event is on disk', () => store.occurrences.length === 1);
    await first.halt();
    const memory = store.cursors.get('memory') as { caller: { acknowledged: boolean } };
    // As the power cut leaves it: committed, and nobody knows of an acknowledgement.
    store.cursors.set('memory', { ...memory, caller: { ...memory.caller, acknowledged: false } });
    restarted = true;
    // Longer than the repeat window of a gateway that lives on.
    await startGateway(bus, { repeatWindowMs: 100 }, { store });
    await expect(outcome).resolves.toBe('acknowledged');
    expect(store.occurrences.map(({ type }) => type)).toEqual(['caller.key-pressed']);
  });

  it('is one event when the gateway dies before the commit', async () => {
    const bus = await startBus();
    const store = recordingStore();
    const first = await startGateway(bus, {}, { store });
    first.holdCommits();
    const outcome = bus.press(5, 2);
    await sends(bus, 2);
    await first.halt();
    expect(store.occurrences).toEqual([]);
    await startGateway(bus, {}, { store });
    await expect(outcome).resolves.toBe('acknowledged');
    expect(store.occurrences.map(({ data }) => data['level'])).toEqual([4]);
  });

  it('is a new event after a restart when the earlier one was acknowledged', async () => {
    const bus = await startBus();
    const store = recordingStore();
    const first = await startGateway(bus, { repeatWindowMs: 100 }, { store });
    await bus.callerKey(5, 'call-next');
    await until('the acknowledgement is noted', () => JSON.stringify(store.cursors.get('memory')).includes('true'));
    await first.halt();
    await new Promise((resolve) => setTimeout(resolve, 120));
    await startGateway(bus, { repeatWindowMs: 100 }, { store });
    await bus.callerKey(5, 'call-next');
    expect(store.occurrences).toHaveLength(2);
  });

  it.each(['1970', 'the hour before the power cut'])(
    'counts after a power cut on a box without a battery, whose clock starts in %s',
    async (start) => {
      const bus = await startBus();
      const store = recordingStore();
      const noon = Date.UTC(2026, 5, 1, 12);
      const first = await startGateway(bus, {}, { store, clock: boot('before', noon) });
      await bus.press(5, 3);
      await until('the acknowledgement is noted', () => JSON.stringify(store.cursors.get('memory')).includes('true'));
      await first.halt();
      const clock = boot('after', start === '1970' ? 0 : noon - 3_600_000);
      await startGateway(bus, {}, { store, clock });
      await expect(bus.press(5, 3)).resolves.toBe('acknowledged');
      expect(store.occurrences.map(({ type }) => type)).toEqual(['evaluation.submitted', 'evaluation.submitted']);
    },
  );

  it('is recorded by its repetition when the gateway was too busy for it at first', async () => {
    const bus = await startBus();
    const seen = recordingHall<Evaluator>(evaluator, { lines: { 'bus-a': lineSettingsSchema.parse(bus.line) } });
    let refusals = 0;
    const hall: typeof seen.hall = {
      ...seen.hall,
      record: (...args) =>
        refusals++ === 1 ? Promise.reject(new Error('too many records wait')) : seen.hall.record(...args),
    };
    const over = rs485.run(rs485.config.parse({ line: 'bus-a', address: 5 }), hall);
    closers.push(async () => {
      seen.stop();
      await over;
    });
    await until('the line is up', () => ['silent', 'online'].includes(seen.presence.state));
    await seen.command('start-evaluation', { ticketNumber: 'A023' });
    await expect(bus.press(5, 3)).resolves.toBe('acknowledged');
    expect(seen.store.occurrences.map(({ type }) => type)).toEqual(['evaluation.requested', 'evaluation.submitted']);
    expect(seen.store.occurrences[1]?.data).toMatchObject({ ticketNumber: 'A023', level: 5 });
  });

  it('is neither recorded nor acknowledged when the key has no meaning, and that is said once', async () => {
    const bus = await startBus({ sendsMax: 4 });
    const gateway = await startGateway(bus, { keyMap: { 4: 5 } });
    await expect(bus.press(5, 3)).resolves.toBe('given-up');
    await expect(bus.press(5, 4)).resolves.toBe('acknowledged');
    expect(gateway.types()).toEqual(['evaluation.submitted']);
    expect(gateway.log.filter(({ event }) => event === 'key.unknown')).toHaveLength(1);
  });

  it('of the default key is "not rated", never a mark', async () => {
    const bus = await startBus();
    const gateway = await startGateway(bus);
    await bus.press(5, 1);
    expect(gateway.store.occurrences[0]).toMatchObject({
      type: 'evaluation.unrated',
      data: { window: '5', reason: 'device-default' },
    });
  });
});

describe('an evaluation', () => {
  const visit = { ticketNumber: 'A023', visitId: 'v-1' };

  it('carries its ticket, and only the first key counts', async () => {
    const bus = await startBus();
    const gateway = await startGateway(bus);
    await expect(gateway.command('start-evaluation', visit)).resolves.toEqual({ timeoutSeconds: 30 });
    expect(gateway.states.at(-1)).toMatchObject({ evaluating: true });
    await bus.press(5, 3);
    await expect(bus.press(5, 0)).resolves.toBe('acknowledged');
    expect(gateway.types()).toEqual(['evaluation.requested', 'evaluation.submitted']);
    expect(gateway.store.occurrences[1]?.data).toMatchObject({
      ...visit,
      window: '5',
      level: 5,
      label: '非常满意',
      levelsOffered: [2, 4, 5],
      channel: 'hall-device',
    });
    expect(gateway.states.at(-1)).toMatchObject({ evaluating: false, lastLevel: 5 });
  });

  it('is "not rated" once, after its time-out', async () => {
    const bus = await startBus();
    const gateway = await startGateway(bus);
    const clock = gateway.hall.clock;
    const before = clock.monotonicMs();
    await gateway.command('start-evaluation', { ...visit, timeoutSeconds: 5 });
    await until('it ended', () => gateway.types().includes('evaluation.unrated'));
    expect(clock.monotonicMs() - before).toBeGreaterThanOrEqual(4_900);
    expect(gateway.store.occurrences.at(-1)?.data).toMatchObject({ ...visit, reason: 'time-out' });
    expect(gateway.types().filter((type) => type === 'evaluation.unrated')).toHaveLength(1);
  });

  it('survives a restart of the gateway', async () => {
    const bus = await startBus();
    const store = recordingStore();
    const first = await startGateway(bus, {}, { store });
    await first.command('start-evaluation', visit);
    await first.halt();
    await startGateway(bus, {}, { store });
    await bus.press(5, 2);
    expect(store.occurrences.at(-1)).toMatchObject({ type: 'evaluation.submitted', data: { ...visit, level: 4 } });
  });

  it('whose time-out passed while the gateway was down is "not rated" when it is back', async () => {
    const bus = await startBus();
    const store = recordingStore();
    const first = await startGateway(bus, {}, { store });
    await first.command('start-evaluation', visit);
    await first.halt();
    const memory = store.cursors.get('memory') as { evaluation: object };
    store.cursors.set('memory', { ...memory, evaluation: { ...memory.evaluation, timeoutMs: 1 } });
    const second = await startGateway(bus, {}, { store });
    await until('it ended', () => second.types().includes('evaluation.unrated'));
    await second.halt();
    const third = await startGateway(bus, {}, { store });
    expect(third.types().filter((type) => type === 'evaluation.unrated')).toHaveLength(1);
  });

  it('that is followed by another one ends as "not rated"', async () => {
    const bus = await startBus();
    const gateway = await startGateway(bus);
    await gateway.command('start-evaluation', visit);
    await gateway.command('start-evaluation', { ticketNumber: 'A024' });
    expect(gateway.types()).toEqual(['evaluation.requested', 'evaluation.unrated', 'evaluation.requested']);
    expect(gateway.store.occurrences[1]?.data).toMatchObject({ ...visit, reason: 'superseded' });
  });

  it('is one for each visit, even when it is asked for twice', async () => {
    const bus = await startBus();
    const gateway = await startGateway(bus);
    await gateway.command('start-evaluation', visit);
    await bus.press(5, 3);
    await gateway.command('start-evaluation', visit);
    await bus.press(5, 0);
    expect(gateway.types().filter((type) => type === 'evaluation.submitted')).toHaveLength(1);
  });

  it('is not open when the prompt could not be sent', async () => {
    const bus = await startBus();
    const gateway = await startGateway(bus);
    await bus.pullCable();
    await until('offline', () => gateway.presence.state === 'offline');
    await expect(gateway.command('start-evaluation', visit)).rejects.toMatchObject({ code: /^line\./ });
    expect(gateway.types()).toEqual([]);
    expect(gateway.states.at(-1)).toMatchObject({ evaluating: false });
  });

  it('shows no ticket that the display cannot show', async () => {
    const gateway = await startGateway(await startBus());
    await expect(gateway.command('show-ticket', { ticketNumber: 'VIP' })).rejects.toMatchObject({
      code: 'evaluator.ticket-not-showable',
    });
  });
});
