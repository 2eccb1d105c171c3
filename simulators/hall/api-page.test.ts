/** The page of the simulated hall in a real browser: what a person sees who looks at it and presses its buttons. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { requireTool } from '../kit/tools.ts';
import { startHallApi } from './api.ts';
import { watchCables } from './cables.ts';
import type { Hand, StandIn } from './stand-in.ts';
import { startBrowser, type Browser, type BrowserPage } from './testing-browser.ts';
import { openTruth, type Truth } from './truth.ts';

const chromium = requireTool('chromium');
const PHONE_PX = 390;
const DESK_PX = 1_280;

let browser: Browser;
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

interface Stood {
  page: BrowserPage;
  truth: Truth;
  url: string;
}

/** A hall of boards and windows, and its page. */
async function openPage(options: { language?: string; widthPx?: number; windows?: number } = {}): Promise<Stood> {
  const { language = 'zh-CN', widthPx = DESK_PX, windows = 1 } = options;
  const truth = await openTruth();
  const evaluators = Array.from({ length: windows }, (_, index) => windowOf(`window-${index + 1}`, truth));
  const cables = watchCables([boardOf('board'), ...evaluators]);
  const api = await startHallApi({ title: '大厅', cables, truth }, 0);
  opened.push(api);
  const page = await browser.newPage({ language, widthPx });
  await page.open(api.url);
  await page.until(`document.querySelector('[data-count=marks]').textContent !== '–'`);
  return { page, truth, url: api.url };
}

function windowOf(id: string, truth: Truth): StandIn {
  const rate: Hand = {
    summary: { en: 'a citizen gives a mark', zh: '群众评价' },
    input: { level: 5 },
    act({ level }) {
      if (level === 1) throw new Error('no key for level 1');
      const data = { level };
      truth.enter({ device: id, kind: 'evaluator', atMs: Date.now(), what: 'hall.evaluation.submitted.v1', data });
    },
  };
  return standIn({ id, kind: 'evaluator', wire: 'rs485', window: '5' }, { rate });
}

function boardOf(id: string): StandIn {
  const told: Record<string, unknown>[] = [];
  const act = (input: Record<string, unknown>) => void told.push(input);
  const drift: Hand = {
    summary: { en: 'the clock goes wrong', zh: '时钟走偏' },
    input: { seconds: 90, userId: '7' },
    act: (input) => {
      throw new Error(JSON.stringify(input));
    },
  };
  const power = (zh: string): Hand => ({ summary: { en: zh, zh }, act });
  const hands = { drift, 'power-off': power('断电'), 'power-on': power('上电') };
  return standIn({ id, kind: 'led-board', wire: 'onbon-bx', name: '</script><i>综合屏' }, hands);
}

function standIn(entry: StandIn['entry'], hands: StandIn['hands']): StandIn {
  return { entry, hands, speaks: [], pullCable: () => Promise.resolve(), plugIn: () => Promise.resolve() };
}

const press = (device: string, path: string, button = 'button') =>
  `document.querySelector('[data-device="${device}"] [data-path="${path}"] ${button}').click()`;
const said = (device: string, path: string) =>
  `document.querySelector('[data-device="${device}"] [data-path="${path}"] output').innerText`;
const troubles = (device: string) => `document.querySelector('[data-device="${device}"] .troubles').innerText`;

describe.skipIf(!chromium)('the page in a browser', () => {
  beforeAll(async () => {
    browser = await startBrowser(chromium ?? '');
  });
  afterAll(() => browser.close());

  test('speaks the language of the browser, and then the one that was chosen, also after it is loaded anew', async () => {
    const { page, url } = await openPage({ language: 'en-GB' });
    const label = `document.querySelector('.kinds button').innerText`;
    const filter = `document.getElementById('filter').placeholder`;
    expect(await page.value(label)).toBe('LED boards 1');
    expect(await page.value(filter)).toContain('filter');
    await page.value(`document.querySelector('[data-language=zh]').click()`);
    expect(await page.value(label)).toBe('LED 屏 1');
    expect(await page.value(filter)).toContain('筛选');
    await page.open(url);
    await page.until(`document.querySelector('[data-language=zh]').ariaPressed === 'true'`);
    expect(await page.value('document.documentElement.lang')).toBe('zh');
  });

  test('speaks Chinese in a Chinese browser', async () => {
    const { page } = await openPage({ language: 'zh-CN' });
    expect(await page.value(`document.querySelector('.kinds button').innerText`)).toBe('LED 屏 1');
  });

  test('gives the mark of the level button that is pressed, and tells it in words and counts', async () => {
    const { page, truth } = await openPage();
    await page.value(press('window-1', 'hands/rate', '[value="4"]'));
    await page.until(`document.querySelector('#truth li')?.innerText.includes('评价 4 分')`);
    expect(truth.happenings.map(({ data }) => data)).toEqual([{ level: 4 }]);
    await page.until(`document.querySelector('[data-count=marks]').textContent === '1'`);
    expect(await page.value(`document.querySelector('[data-device="window-1"] .last').innerText`)).toContain(
      '评价 4 分',
    );
  });

  test('says at the button why a hand is refused', async () => {
    const { page, truth } = await openPage();
    await page.value(press('window-1', 'hands/rate', '[value="1"]'));
    await page.until(`${said('window-1', 'hands/rate')}.includes('no key for level 1')`);
    expect(await page.value(said('window-1', 'hands/rate'))).toContain('未做');
    expect(truth.happenings).toEqual([]);
  });

  test('sends every field in the type of its example', async () => {
    const { page } = await openPage();
    await page.value(`document.querySelector('[name=seconds]').value = '12.5'`);
    await page.value(press('board', 'hands/drift'));
    await page.until(`${said('board', 'hands/drift')}.includes('{"seconds":12.5,"userId":"7"}')`);
  });

  test('shows which troubles stand, and that they are over', async () => {
    const { page } = await openPage();
    await page.value(press('board', 'hands/power-off'));
    await page.until(`${troubles('board')}.includes('已断电')`);
    await page.value(press('board', 'pull'));
    await page.until(`${troubles('board')}.includes('已拔线')`);
    expect(await page.value(`document.querySelector('.kinds button').innerText`)).toContain('1 台异常');
    await page.value(press('board', 'plug'));
    await page.value(press('board', 'hands/power-on'));
    await page.until(`${troubles('board')} === ''`);
  });

  test('has no sideways scrolling on a phone, in either language, with a refusal on it', async () => {
    for (const language of ['zh-CN', 'en-GB']) {
      const { page } = await openPage({ language, widthPx: PHONE_PX });
      await page.value(press('board', 'hands/drift'));
      await page.until(`${said('board', 'hands/drift')} !== ''`);
      expect(await page.value('document.documentElement.scrollWidth')).toBe(PHONE_PX);
    }
  });

  test('finds one of many devices, by its kind and by words', async () => {
    const { page } = await openPage({ windows: 374 });
    const shown = `[...document.querySelectorAll('article')].filter((card) => !card.hidden).map((card) => card.dataset.device)`;
    expect(await page.value(`${shown}.length`)).toBe(375);
    const type = (words: string) =>
      `filter.value = '${words}'; filter.dispatchEvent(new Event('input', { bubbles: true }))`;
    await page.value(type('RS485 -373'));
    expect(await page.value(shown)).toEqual(['window-373']);
    await page.value(type(''));
    await page.value(`document.querySelector('.kinds [data-kind=led-board]').click()`);
    expect(await page.value(shown)).toEqual(['board']);
  });
});
