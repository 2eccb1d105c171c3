// What a person in the hall sees on a BX board: on real sockets and a serial line, when all is well and when it is not.
import { afterEach, describe, expect, test } from 'vitest';
import { isHallError } from '../../gateway/kernel/errors.ts';
import { lineSettingsSchema } from '../../gateway/kernel/line-settings.ts';
import { startBxBoard, startBxLine, type BxBoard } from '../../simulators/led-board/bx-board.ts';
import { recordingHall, until, type RecordingHall, type SharedThings } from '../recording-hall.ts';
import { ledBoard, type LedBoard } from './kind.ts';
import { onbonBx } from './onbon-bx.ts';

const AREA = { name: 'main', width: 128, height: 32 };
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Runs the driver until the test is over. */
function drive(settings: object, options: Parameters<typeof recordingHall>[1] = {}): RecordingHall<LedBoard> {
  const seen = recordingHall(ledBoard, { window: '5', ...options });
  const quick = { areas: [AREA], pollMs: 200, replyTimeoutMs: 200, refreshMs: 100 };
  const ended = onbonBx.run(onbonBx.config.parse({ ...quick, ...settings }), seen.hall);
  closing.push(async () => {
    seen.stop();
    await ended;
  });
  return seen;
}

async function board(
  settings: object = {},
  card: object = {},
): Promise<{ board: BxBoard; seen: RecordingHall<LedBoard> }> {
  const started = await startBxBoard({ port: { type: 'tcp' }, ...card });
  closing.push(() => started.close());
  const { line } = started;
  if (line.type !== 'tcp') throw new Error('not a TCP board');
  const seen = drive({ host: line.host, port: line.port, ...settings });
  await seen.until('online', () => seen.presence.state === 'online');
  await seen.until('nothing is in doubt', () => areasOf(seen).every(({ confirmed }) => confirmed));
  return { board: started, seen };
}

function areasOf(seen: RecordingHall<LedBoard>): { area: string; text: string; confirmed: boolean }[] {
  return ledBoard.state.parse(seen.states.at(-1)).areas;
}

const textsOf = ({ truth }: BxBoard) => truth.map(({ areas }) => areas.map(({ text }) => text).join('|'));
const eventsOf = (seen: RecordingHall<LedBoard>) => seen.store.occurrences.map(({ type, data }) => ({ type, data }));
const codeOf = (thrown: unknown) => (isHallError(thrown) ? thrown.code : 'foreign');
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

describe('a window board', () => {
  test('shows a call in the words of its template, in its colour', async () => {
    const { board: shown, seen } = await board({ areas: [{ ...AREA, colour: 'green' }] });
    const output = await seen.command('show-call', { ticketNumber: 'A023', showSeconds: 60 });
    expect(output).toMatchObject({ shown: true, area: 'main', text: '请A023号到5号窗口办理' });
    expect(shown.card.visible()).toMatchObject([
      { text: '请A023号到5号窗口办理', colour: 'green', width: 128, height: 32 },
    ]);
    expect(shown.card.renderText()).toContain('请A023号到5号窗口办理');
    expect(areasOf(seen)).toMatchObject([{ text: '请A023号到5号窗口办理', confirmed: true }]);
  });

  test('shows the newest of many calls, refreshed once a second as the card wants it', async () => {
    const { board: shown, seen } = await board({ refreshMs: 1_000 });
    // The board was emptied when the driver came, which counts as a refresh.
    const calls = Array.from({ length: 8 }, (_, nth) => seen.command('show-text', { text: `第${nth}号` }));
    const outcomes = (await Promise.all(calls)) as { shown: boolean }[];
    expect(outcomes.map((outcome) => outcome.shown)).toEqual([...new Array<boolean>(7).fill(false), true]);
    expect(textsOf(shown)).toEqual(['第7号']);
    await seen.command('show-text', { text: '第8号' });
    expect(textsOf(shown)).toEqual(['第7号', '第8号']);
    expect(shown.card.violations).toEqual([]);
  });

  test('never shows a call whose time is over', async () => {
    const { board: shown, seen } = await board();
    const late = seen.command('show-call', { ticketNumber: 'A001', expiresAt: inMs(-1) });
    await expect(late).rejects.toMatchObject({ code: 'command.expired' });
    expect(shown.truth).toEqual([]);
  });

  test('takes a text off when its time is over, and says which', async () => {
    const { board: shown, seen } = await board({ areas: [{ ...AREA, idleText: '欢迎光临' }] });
    await seen.command('show-call', { ticketNumber: 'A002', expiresAt: inMs(600) });
    await seen.until('the event', () => seen.store.occurrences.length === 1);
    expect(textsOf(shown)).toEqual(['欢迎光临', '请A002号到5号窗口办理', '欢迎光临']);
    const data = { window: '5', area: 'main', text: '请A002号到5号窗口办理', ticketNumber: 'A002' };
    expect(eventsOf(seen)).toEqual([{ type: 'text.expired', data }]);
  });

  test('loses a timed text by itself when the gateway is gone', async () => {
    const { board: shown, seen } = await board();
    await seen.command('show-text', { text: '请A3号', showSeconds: 1 });
    seen.stop();
    await until('the card deleted it', () => shown.card.visible().length === 0, 6_000);
    expect(textsOf(shown)).toEqual(['请A3号', '']);
  });

  test('gets its text back after its power was off, and only what is still valid', async () => {
    const { board: shown, seen } = await board({
      areas: [AREA, { name: 'bottom', y: 32, width: 128, height: 32 }],
    });
    await seen.command('show-text', { text: '请A4号' });
    await seen.command('show-text', { area: 'bottom', text: '马上结束', showSeconds: 1 });
    await shown.powerOff();
    await seen.until('offline', () => seen.presence.state === 'offline');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await shown.powerOn();
    await seen.until('the events', () => seen.store.occurrences.length >= 2);
    expect(shown.card.visible()).toMatchObject([{ text: '请A4号' }]);
    expect(eventsOf(seen)).toContainEqual({ type: 'board.restarted', data: { window: '5', areas: ['main'] } });
    expect(eventsOf(seen)).toContainEqual(expect.objectContaining({ type: 'text.expired' }));
  });

  test('that was only cut off keeps its text and is not said to have restarted', async () => {
    const { board: shown, seen } = await board();
    await seen.command('show-text', { text: '请A5号' });
    await shown.pullCable();
    await seen.until('offline', () => seen.presence.state === 'offline');
    await shown.plugIn();
    await seen.until('online', () => seen.presence.state === 'online');
    await seen.command('set-brightness', { percent: 100 });
    expect(eventsOf(seen)).toEqual([]);
    expect(textsOf(shown)).toEqual(['请A5号']);
  });

  test('that is busy is asked again until it takes the text', async () => {
    const { board: shown, seen } = await board();
    shown.card.refuse(3, 3);
    await expect(seen.command('show-text', { text: '请A6号' })).resolves.toMatchObject({ shown: true });
    expect(textsOf(shown)).toEqual(['请A6号']);
  });

  test('that hears a damaged request is told again', async () => {
    const { board: shown, seen } = await board();
    shown.card.refuse(5, 2);
    await seen.command('show-text', { text: '请A7号' });
    expect(textsOf(shown)).toEqual(['请A7号']);
  });

  test('whose reply was lost shows the text once, and the command is done', async () => {
    const { board: shown, seen } = await board();
    shown.card.loseReplies(1);
    await expect(seen.command('show-text', { text: '请A8号' })).resolves.toMatchObject({ shown: true });
    expect(textsOf(shown)).toEqual(['请A8号']);
  });

  test.each([
    [4, 'board.memory-full'],
    [12, 'board.font-missing'],
    [13, 'board.refused'],
  ])(
    'that refuses with error %i fails the command, and the fault stands in its state until it is mended',
    async (error, code) => {
      const { board: shown, seen } = await board();
      shown.card.refuse(error, 1);
      await expect(seen.command('show-text', { text: '请A9号' })).rejects.toMatchObject({ code });
      expect(ledBoard.state.parse(seen.states.at(-1)).faults).toEqual([code]);
      await seen.command('show-text', { text: '请B1号' });
      expect(ledBoard.state.parse(seen.states.at(-1)).faults).toEqual([]);
    },
  );

  test('that hangs is offline, its command fails, and its text never comes late', async () => {
    const { board: shown, seen } = await board({ pollMs: 60_000 });
    await seen.command('show-text', { text: '请B2号' });
    shown.card.hang();
    await expect(seen.command('show-text', { text: '请B3号' })).rejects.toMatchObject({ code: 'board.no-answer' });
    expect(seen.presence.state).toBe('offline');
    shown.card.wake();
    await seen.until('online', () => seen.presence.state === 'online');
    await seen.until('nothing is in doubt', () => areasOf(seen).every(({ confirmed }) => confirmed));
    expect(shown.card.visible()).toMatchObject([{ text: '请B2号' }]);
    expect(textsOf(shown)).not.toContain('请B3号');
  });

  test('that did not answer is told nothing of what waited meanwhile', async () => {
    const left = { ...AREA, width: 64 };
    const { board: shown, seen } = await board({ areas: [left, { ...left, name: 'side', x: 64 }], pollMs: 60_000 });
    // Both times that the first of the two is sent.
    shown.card.loseReplies(2);
    const calls = ['main', 'side'].map((area) => seen.command('show-text', { text: `请${area}号`, area }));
    const codes = calls.map((call) => call.then(() => 'done', codeOf));
    expect(await Promise.all(codes)).toEqual(['board.no-answer', 'board.no-answer']);
    expect(textsOf(shown).join()).not.toContain('请side号');
  });

  test('tells its lamps, brightness and how wrong its clock is, and is set right', async () => {
    const { board: shown, seen } = await board({}, { driftMs: -90_000 });
    await seen.until('the drift', () => ledBoard.state.parse(seen.states.at(-1)).clockDriftSeconds !== undefined);
    expect(ledBoard.state.parse(seen.states.at(-1)).clockDriftSeconds).toBeCloseTo(-90, -1);
    await seen.command('set-time', {});
    await expect(seen.command('set-brightness', { percent: 50 })).resolves.toEqual({ percent: 53 });
    await seen.command('set-power', { power: 'off' });
    expect(shown.card).toMatchObject({ brightness: 8, lamps: 'off' });
    expect(ledBoard.state.parse(seen.states.at(-1))).toMatchObject({
      power: 'off',
      brightness: 53,
      clockDriftSeconds: 0,
    });
    const clock = Date.parse(`${shown.card.clockText().replace(' ', 'T')}+08:00`);
    expect(Math.abs(clock - Date.now())).toBeLessThan(5_000);
  });

  test('with a text too long for its card is told nothing at all', async () => {
    const { board: shown, seen } = await board({ family: '5k' }, { family: '5k' });
    const long = seen.command('show-text', { text: '号'.repeat(300) });
    await expect(long).rejects.toMatchObject({ code: 'board.text-too-long', facts: { area: 'main', bytesMax: 476 } });
    await seen.command('show-text', { text: '号'.repeat(230) });
    expect(shown.card.visible()[0]?.text).toHaveLength(230);
    expect(shown.card.violations).toEqual([]);
  });
});

describe('boards on one serial line', () => {
  test('hardly wait for one of them that is dead, and nobody answers for another', async () => {
    const line = await startBxLine({ cards: [{ address: 1 }, { address: 2 }], port: { type: 'pty' } });
    closing.push(() => line.close());
    line.card(2).powerOff();
    const shared: SharedThings = new Map();
    const lines = { boards: lineSettingsSchema.parse({ ...line.line, baudRate: 57_600 }) };
    const seats = [1, 2].map((address) => drive({ line: 'boards', address, replyTimeoutMs: 2_000 }, { lines, shared }));
    const [alive, dead] = seats;
    if (!alive || !dead) throw new Error('two boards');
    await alive.until('online', () => alive.presence.state === 'online');
    await dead.until('offline', () => dead.presence.state === 'offline');
    const begun = performance.now();
    await alive.command('show-text', { text: '请C1号' });
    expect(performance.now() - begun).toBeLessThan(1_500);
    expect(line.card(1).visible()).toMatchObject([{ text: '请C1号' }]);
    line.card(2).powerOn();
    await dead.until('online', () => dead.presence.state === 'online');
    await dead.command('show-text', { text: '请C2号' });
    expect(line.card(2).visible()).toMatchObject([{ text: '请C2号' }]);
    expect(line.card(1).visible()).toMatchObject([{ text: '请C1号' }]);
    expect(shared.size).toBe(1);
  });
});
