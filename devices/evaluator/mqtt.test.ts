// What goes wrong at a tablet: people press twice, networks drop, programs have mistakes. Each is one event or a clear refusal.
import { describe, expect, onTestFinished, test } from 'vitest';
import { startTablet, type Answer, type SimulatedTablet } from '../../simulators/evaluator/tablet.ts';
import { until } from '../../simulators/kit/until.ts';
import { recordingHall, recordingStore, type RecordingHall, type RecordingStore } from '../recording-hall.ts';
import { startDeviceBroker, type DeviceBroker } from '../testing-mqtt.ts';
import { evaluator, type Evaluator } from './kind.ts';
import { mqtt } from './mqtt.ts';

const WHY: Answer = { reasons: ['办理时间过长'] };

interface Window {
  broker: DeviceBroker;
  tablet: SimulatedTablet;
  store: RecordingStore;
  /** The driver's present run. */
  seen: RecordingHall<Evaluator>;
  /** Stops the driver and starts it again over what is on disk. */
  restart: () => Promise<void>;
  /** Asks for an evaluation and waits until it is on the screen. */
  ask: (visitId: string) => Promise<void>;
  types: () => string[];
}

async function stand(config: unknown = {}, window = '1'): Promise<Window> {
  const broker = await startDeviceBroker('websocket');
  const tablet = startTablet({ ...broker.login, window, heartbeatMs: 500 });
  const store = recordingStore();
  let stopRunning = async () => Promise.resolve();
  const run = () => {
    const seen = recordingHall(evaluator, { window: '1', store });
    broker.attach(seen);
    const ended = mqtt.run(mqtt.config.parse(config), seen.hall);
    stopRunning = async () => {
      seen.stop();
      await ended;
    };
    return seen;
  };
  const here: Window = {
    broker,
    tablet,
    store,
    seen: run(),
    async restart() {
      await stopRunning();
      here.seen = run();
    },
    async ask(visitId) {
      await here.seen.command('start-evaluation', { visitId, ticketNumber: 'A023' });
    },
    types: () => store.occurrences.map(({ type }) => type),
  };
  onTestFinished(async () => {
    await stopRunning();
    await tablet.close();
    await broker.close();
  });
  await until('the tablet is online', () => here.seen.presence.state === 'online');
  return here;
}

const receipt = (tablet: SimulatedTablet, id: string) => until('a receipt', () => tablet.receiptOf(id));

describe('a mark at the tablet', () => {
  test('is recorded with its reasons, marks and words, an ID-card number in them masked', async () => {
    const { tablet, ask, store } = await stand();
    await ask('v-1');
    const more = {
      ...WHY,
      comment: '我是１１０１０１ 19900307-7758，等了一小时',
      indicators: { efficiency: 1 },
    };
    expect(await receipt(tablet, tablet.answer(1, more))).toMatchObject({ result: 'recorded' });
    expect(store.occurrences.at(-1)).toMatchObject({
      type: 'evaluation.submitted',
      data: {
        visitId: 'v-1',
        ticketNumber: 'A023',
        window: '1',
        level: 1,
        reasons: ['办理时间过长'],
        comment: '我是110101********7758，等了一小时',
        indicators: { efficiency: 1 },
      },
    });
    await until('the prompt is gone', () => tablet.screen.prompt === undefined);
  });

  test('is recorded with the words that the citizen typed, however long and however written', async () => {
    const { tablet, ask, store } = await stand();
    await ask('v-1');
    const comment = '等了很久……㍿'.padEnd(500, '，');
    expect(await receipt(tablet, tablet.answer(1, { ...WHY, comment }))).toMatchObject({ result: 'recorded' });
    expect(store.occurrences.at(-1)?.data).toMatchObject({ comment });
    await ask('v-2');
    const worse = `１１０１０１１９９００３０７７７５８${'㍿'.repeat(482)}`;
    expect(await receipt(tablet, tablet.answer(1, { ...WHY, comment: worse }))).toMatchObject({ result: 'recorded' });
    expect(store.occurrences.at(-1)?.data['comment']).toBe(`110101********7758${'㍿'.repeat(482)}`);
  });

  test('is acknowledged only after it is on disk', async () => {
    const { tablet, ask, seen, types } = await stand();
    await ask('v-1');
    seen.holdCommits();
    const id = tablet.answer(5);
    await expect(until('a receipt', () => tablet.receiptOf(id), 300)).rejects.toThrow('in vain');
    expect(tablet.link.queued()).toBe(1);
    seen.releaseCommits();
    await receipt(tablet, id);
    await until('the tablet may forget it', () => tablet.link.queued() === 0);
    expect(types()).toEqual(['evaluation.requested', 'evaluation.submitted']);
  });

  test('is one event when it is pressed twice: the first key counts', async () => {
    const { tablet, ask, store, types } = await stand();
    await ask('v-1');
    const [first, second] = tablet.doublePress(5, 1, WHY);
    expect(await receipt(tablet, first)).toMatchObject({ result: 'recorded' });
    expect(await receipt(tablet, second)).toMatchObject({ result: 'refused', code: 'evaluator.evaluation-over' });
    expect(types()).toEqual(['evaluation.requested', 'evaluation.submitted']);
    expect(store.occurrences.at(-1)?.data).toMatchObject({ level: 5 });
  });

  test('is one event when its acknowledgement gets lost and the tablet says it again', async () => {
    const { tablet, ask, types } = await stand();
    await ask('v-1');
    tablet.link.losePubacks(2);
    const id = tablet.answer(4);
    await until('the tablet may forget it', () => tablet.link.queued() === 0);
    await until('the last receipt', () => tablet.receiptOf(id)?.result === 'repeated');
    expect(types()).toEqual(['evaluation.requested', 'evaluation.submitted']);
  });

  test('of level 2 without a reason is refused in Chinese and not recorded; with one it is taken', async () => {
    const { tablet, ask, types } = await stand();
    await ask('v-1');
    for (const fields of [{ level: 2 }, { level: 1, reasons: [] }, { level: 2, comment: '慢' }]) {
      const refusal = await receipt(tablet, tablet.submit(fields));
      expect(refusal).toMatchObject({ result: 'refused', code: 'evaluator.reason-missing' });
      expect(refusal.text?.zh).toContain('未附原因');
    }
    expect(types()).toEqual(['evaluation.requested']);
    expect(await receipt(tablet, tablet.answer(2, WHY))).toMatchObject({ result: 'recorded' });
  });

  test.each([
    ['of another evaluation', { evaluationId: 'not-this-one', level: 5 }, 'evaluator.evaluation-unknown'],
    ['from another window', { window: '9', level: 5 }, 'evaluator.window-wrong'],
    ['after its time', { elapsedMs: 33_000, level: 5 }, 'evaluator.mark-too-late'],
    ['of a sixth level', { level: 6 }, 'mqtt-device.message-invalid'],
    ['with endless words', { level: 5, comment: '慢'.repeat(501) }, 'mqtt-device.message-invalid'],
  ])('%s is refused and not recorded', async (_what, fields, code) => {
    const { tablet, ask, types } = await stand();
    await ask('v-1');
    expect(await receipt(tablet, tablet.submit(fields))).toMatchObject({ result: 'refused', code });
    expect(types()).toEqual(['evaluation.requested']);
    expect(await receipt(tablet, tablet.answer(5))).toMatchObject({ result: 'recorded' });
  });

  test('given while the network is away is recorded when it is back', async () => {
    const { tablet, ask, seen, store } = await stand();
    await ask('v-1');
    tablet.pullCable();
    await until('the tablet is offline', () => seen.presence.state === 'offline');
    const id = tablet.answer(3);
    tablet.plugIn();
    expect(await receipt(tablet, id)).toMatchObject({ result: 'recorded' });
    expect(store.occurrences.at(-1)).toMatchObject({ type: 'evaluation.submitted', data: { level: 3 } });
  });

  test('can be given after the page was loaded anew, for the prompt is there again', async () => {
    const { tablet, ask } = await stand();
    await ask('v-1');
    tablet.reload();
    await until('the prompt is back', () => tablet.screen.prompt?.visitId === 'v-1');
    expect(await receipt(tablet, tablet.answer(5))).toMatchObject({ result: 'recorded' });
  });

  test('can be given after the gateway was restarted, and only once', async () => {
    const here = await stand();
    const { tablet, ask, restart, types } = here;
    await ask('v-1');
    await restart();
    expect(await receipt(tablet, tablet.answer(5))).toMatchObject({ result: 'recorded' });
    await restart();
    await until('the tablet is online', () => here.seen.presence.state === 'online');
    await expect(ask('v-1')).rejects.toMatchObject({ code: 'evaluator.visit-rated' });
    expect(types()).toEqual(['evaluation.requested', 'evaluation.submitted']);
  });
});

describe('an evaluation', () => {
  test('is given once a visit', async () => {
    const { tablet, ask, types } = await stand();
    await ask('v-1');
    await receipt(tablet, tablet.answer(5));
    await expect(ask('v-1')).rejects.toMatchObject({ code: 'evaluator.visit-rated' });
    await ask('v-2');
    expect(types()).toEqual(['evaluation.requested', 'evaluation.submitted', 'evaluation.requested']);
  });

  test('that is asked for twice for the same visit is one', async () => {
    const { ask, types } = await stand();
    await ask('v-1');
    await ask('v-1');
    expect(types()).toEqual(['evaluation.requested']);
  });

  test('ends as not rated when the citizen leaves, closes it, or the next one comes', async () => {
    const { tablet, ask, seen, store } = await stand();
    await ask('v-1');
    await receipt(tablet, tablet.walkAway());
    await ask('v-2');
    await receipt(tablet, tablet.decline());
    await ask('v-3');
    await ask('v-4');
    await seen.command('cancel-evaluation', {});
    const ends = store.occurrences.filter(({ type }) => type === 'evaluation.unrated').map(({ data }) => data);
    expect(ends.map(({ visitId, reason }) => [visitId, reason])).toEqual([
      ['v-1', 'time-out'],
      ['v-2', 'declined'],
      ['v-3', 'superseded'],
      ['v-4', 'cancelled'],
    ]);
  });

  test('is not begun when the tablet says no, and nothing stays on the screen', async () => {
    const { tablet, ask, types, store } = await stand();
    tablet.manners.answers = 'no';
    await expect(ask('v-1')).rejects.toMatchObject({ code: 'mqtt-device.said-no' });
    tablet.manners.answers = 'yes';
    tablet.reload();
    await until('the tablet is back', () => tablet.link.connected);
    await ask('v-2');
    expect(tablet.screen.prompt?.visitId).toBe('v-2');
    expect(types()).toEqual(['evaluation.requested']);
    expect(JSON.stringify(store.occurrences)).not.toContain('v-1');
  });
});

describe('a tablet', () => {
  test('that does not answer a command fails it with a hint, and the display stays as it was', async () => {
    const { tablet, seen } = await stand();
    await seen.command('show-ticket', { ticketNumber: 'A001' });
    tablet.manners.answers = 'never';
    const failed = seen.command('show-ticket', { ticketNumber: 'A002' });
    await expect(failed).rejects.toMatchObject({
      code: 'mqtt-device.no-answer',
      hint: expect.stringContaining('again') as string,
    });
    tablet.manners.answers = 'yes';
    await until('the display is as before', () => tablet.screen.ticketNumber === 'A001');
    expect(seen.states.at(-1)).toMatchObject({ currentTicket: 'A001' });
  });

  test('shows what it showed after a reload and after a restart of the gateway', async () => {
    const { tablet, seen, restart } = await stand();
    await seen.command('show-ticket', { ticketNumber: 'A001' });
    await seen.command('pause', {});
    tablet.reload();
    await until('the display is back', () => tablet.screen.ticketNumber === 'A001' && tablet.screen.paused);
    await restart();
    tablet.reload();
    await until('the display is back again', () => tablet.screen.ticketNumber === 'A001' && tablet.screen.paused);
  });

  test('whose program hangs is silent, and online when it goes on', async () => {
    const { tablet, seen } = await stand({ silentAfterSeconds: 2 });
    tablet.link.hang(true);
    await until('it is silent', () => seen.presence.state === 'silent');
    tablet.link.hang(false);
    await until('it is online', () => seen.presence.state === 'online');
  });

  test('stays online when the goodbye of its old connection comes late', async () => {
    const { tablet, seen } = await stand();
    const goodbye = (session: string) => Buffer.from(JSON.stringify({ v: 1, session }));
    await seen.deliver('up/goodbye', goodbye('an-older-session'));
    expect(seen.presence.state).toBe('online');
    tablet.pullCable();
    await until('it is offline', () => seen.presence.state === 'offline');
  });
});
