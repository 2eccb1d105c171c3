// What an area shows, whatever the wire: driven by a hand-made board that confirms when it is told to.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HallError } from '../../gateway/kernel/errors.ts';
import { deferred, type Deferred } from '../../gateway/kernel/waiting.ts';
import type { BoardText, Standing } from './display-area.ts';
import { displayDesk, type DisplayDesk } from './display-desk.ts';

const words = (text: string): BoardText => ({ text, colour: 'red', effect: 'static', speed: 7 });

interface Board {
  desk: DisplayDesk;
  /** What left, in order. */
  left: (string | undefined)[];
  expired: string[];
  /** While set, a write waits for it before the text is taken, as in a crowded queue. */
  queue: Deferred<undefined> | undefined;
  /** While set, the board confirms when it is resolved. */
  confirms: Deferred<undefined> | undefined;
  fails: boolean;
}

function board(idle?: string): Board {
  const made: Omit<Board, 'desk'> = { left: [], expired: [], queue: undefined, confirms: undefined, fails: false };
  const desk = displayDesk({
    areas: new Map([['main', { idle: idle === undefined ? undefined : words(idle) }]]),
    async write(_area: string, take: () => Standing) {
      await made.queue?.promise;
      made.left.push(take().text?.text);
      await made.confirms?.promise;
      if (made.fails) throw new HallError('board.no-answer');
    },
    refreshMs: 1_000,
    clock: { now: () => Date.now(), monotonicMs: () => performance.now(), bootId: 'test', synced: () => true },
    onChange: () => undefined,
    onExpired: (_area, { text }) => made.expired.push(text),
  });
  return Object.assign(made, { desk });
}

describe('an area', () => {
  let made: Board;
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  const shown = () => made.desk.shown()[0];

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
    made = board('欢迎光临');
  });
  afterEach(() => {
    made.desk.stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  test('shows a text at once when it was not written within a second', async () => {
    await expect(made.desk.show('main', words('A1'))).resolves.toEqual({ shown: true, untilMs: undefined });
    expect(made.left).toEqual(['A1']);
  });

  test('is written once a second, and then with the newest text; the others are told so', async () => {
    const first = await made.desk.show('main', words('A1'));
    const outcomes = ['A2', 'A3', 'A4'].map((text) => made.desk.show('main', words(text)));
    await pass(999);
    expect(made.left).toEqual(['A1']);
    await pass(1);
    const shownOnes = [first, ...(await Promise.all(outcomes))].map((outcome) => outcome.shown);
    expect(made.left).toEqual(['A1', 'A4']);
    expect(shownOnes).toEqual([true, false, false, true]);
  });

  test('takes what is newest when the bytes leave, not when it was asked', async () => {
    made.queue = deferred();
    const first = made.desk.show('main', words('A1'));
    const second = made.desk.show('main', words('A2'));
    made.queue.resolve(undefined);
    await expect(first).resolves.toEqual({ shown: false });
    await expect(second).resolves.toMatchObject({ shown: true });
    expect(made.left).toEqual(['A2']);
  });

  test('never shows a call whose time was over before it left', async () => {
    made.queue = deferred();
    const late = made.desk.show('main', words('A1'), { untilMs: Date.now() + 500 });
    const refused = expect(late).rejects.toMatchObject({ code: 'command.expired' });
    await pass(501);
    made.queue.resolve(undefined);
    await refused;
    expect(made.left).toEqual([]);
  });

  test('never shows a text that its sender gave up waiting for', async () => {
    const given = new AbortController();
    await made.desk.show('main', words('A1'));
    const second = made.desk.show('main', words('A2'), { signal: given.signal });
    const refused = expect(second).rejects.toBeInstanceOf(Error);
    given.abort(new HallError('command.timed-out'));
    await pass(2_000);
    await refused;
    expect(made.left).toEqual(['A1']);
  });

  test('goes back to its idle text when the time of a text is over, and says so', async () => {
    await made.desk.show('main', words('A1'), { showMs: 5_000 });
    expect(shown()).toMatchObject({ text: { text: 'A1' }, confirmed: true });
    await pass(4_999);
    expect(made.left).toEqual(['A1']);
    await pass(1);
    expect(made.left).toEqual(['A1', '欢迎光临']);
    expect(made.expired).toEqual(['A1']);
    expect(shown()).toMatchObject({ text: { text: '欢迎光临' }, untilMs: undefined });
  });

  test('keeps a text for weeks without taking it off too early', async () => {
    await made.desk.show('main', words('A1'), { showMs: 30 * 86_400_000 });
    await pass(29 * 86_400_000);
    expect(made.left).toEqual(['A1']);
    await pass(86_400_000);
    expect(made.left).toEqual(['A1', '欢迎光临']);
  });

  test('takes a text off in its time although the clock was set back meanwhile', async () => {
    await made.desk.show('main', words('A1'), { showMs: 10_000 });
    await pass(5_000);
    vi.setSystemTime(Date.now() - 3_600_000);
    made.desk.doubt();
    await made.desk.restore();
    await pass(5_000);
    expect(made.left).toEqual(['A1', 'A1', '欢迎光临']);
    expect(made.expired).toEqual(['A1']);
  });

  test('takes a text off within a minute after the clock was set to a time behind its end', async () => {
    await made.desk.show('main', words('A1'), { untilMs: Date.now() + 10 * 3_600_000 });
    vi.setSystemTime(Date.now() + 11 * 3_600_000);
    await pass(60_000);
    expect(made.left).toEqual(['A1', '欢迎光临']);
  });

  test('tells the end of a text once, although it came while the text was sent again', async () => {
    await made.desk.show('main', words('A1'), { showMs: 5_000 });
    await pass(4_000);
    made.desk.doubt();
    made.confirms = deferred();
    const restored = made.desk.restore();
    await pass(2_000);
    made.confirms.resolve(undefined);
    made.confirms = undefined;
    await restored;
    await pass(2_000);
    expect(made.left).toEqual(['A1', 'A1', '欢迎光临']);
    expect(made.expired).toEqual(['A1']);
  });

  test('does not put back a text whose time passed while the board was absent', async () => {
    await made.desk.show('main', words('A1'), { showMs: 5_000 });
    made.fails = true;
    await pass(6_000);
    expect(made.expired).toEqual([]);
    expect(shown()).toMatchObject({ text: { text: '欢迎光临' }, confirmed: false });
    made.fails = false;
    const restored = made.desk.restore();
    await pass(1_000);
    await restored;
    expect(made.left.at(-1)).toBe('欢迎光临');
    expect(made.expired).toEqual(['A1']);
  });

  test('never shows a text later whose command has failed; what stood before comes back', async () => {
    await made.desk.show('main', words('A1'));
    made.fails = true;
    const failed = expect(made.desk.show('main', words('A2'))).rejects.toMatchObject({ code: 'board.no-answer' });
    await pass(1_000);
    await failed;
    expect(shown()).toMatchObject({ text: { text: 'A1' }, confirmed: false });
    made.fails = false;
    const restored = made.desk.restore();
    await pass(1_000);
    await restored;
    expect(made.left).toEqual(['A1', 'A2', 'A1']);
    expect(shown()).toMatchObject({ confirmed: true });
  });

  test('that is confirmed is not sent again', async () => {
    await made.desk.show('main', words('A1'));
    await made.desk.restore();
    await pass(5_000);
    expect(made.left).toEqual(['A1']);
  });

  test('that does not exist is named, with those that do', async () => {
    await expect(made.desk.show('top', words('A1'))).rejects.toMatchObject({ code: 'board.area-unknown' });
  });
});
