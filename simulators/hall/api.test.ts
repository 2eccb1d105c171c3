/** The API of a simulated hall: what a developer reads and does with it, and whom it refuses. */
import { request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { freePort } from '../../gateway/testing-gateway.ts';
import { startHallApi, type HallApi } from './api.ts';
import { watchCables } from './cables.ts';
import { parseHallFile } from './hall-file.ts';
import type { Picture } from './picture.ts';
import type { StandIn } from './stand-in.ts';
import { standUpHall } from './standing.ts';
import { openTruth } from './truth.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

const devicesSchema = z.array(
  z.looseObject({ id: z.string(), cable: z.string(), picture: z.boolean(), hands: z.record(z.string(), z.unknown()) }),
);
const refusalSchema = z.object({ error: z.string().min(1), hint: z.string().min(1) });
const newsSchema = z.object({
  newest: z.number(),
  lines: z.array(z.object({ number: z.number(), words: z.object({ zh: z.string(), en: z.string() }) })),
});
const picture: Picture = {
  ...{ form: 'board', width: 80, height: 16, lit: true },
  parts: [{ what: 'text', text: '请A0012号', size: 1, align: 'left' }],
};

/** A clock and a window on real sockets, and two boards with a page's worst names. */
async function openApi() {
  const text = `
hall: { id: h }
gateway: { id: g }
lines: { bus: { type: tcp, host: 127.0.0.1, port: ${await freePort()} } }
devices:
  - { id: clock, kind: fingerprint-clock, wire: zk, host: 127.0.0.1, port: ${await freePort()} }
  - { id: window-5, kind: evaluator, wire: rs485, line: bus, address: 5, keys: five-key, window: 5 }
`;
  const truth = await openTruth();
  const file = parseHallFile(text, 'test');
  const hall = await standUpHall({ file, seed: 1, onHappening: (happening) => truth.enter(happening) });
  opened.push(hall);
  const cables = watchCables([...hall.devices, boardOf('board', picture), boardOf('</script><b>', undefined)]);
  const api = await startHallApi({ title: '大厅 <h>', cables, truth }, 0);
  opened.push(api);
  return { api, truth };
}

function boardOf(id: string, shown: Picture | undefined): StandIn {
  return {
    entry: { id, kind: 'led-board', wire: 'fake', name: '"><img src=x onerror=alert(1)>' },
    ...{ speaks: [], hands: {}, picture: () => shown },
    pullCable: () => Promise.resolve(),
    plugIn: () => Promise.resolve(),
  };
}

const get = ({ url }: HallApi, path: string) => fetch(url + path);
const post = ({ url }: HallApi, path: string, body?: unknown) =>
  fetch(url + path, {
    method: 'POST',
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });

/** With headers that fetch does not let a caller set. */
function rawStatus({ url }: HallApi, method: string, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = request(url + path, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asking.on('error', reject);
    asking.end();
  });
}

describe('the devices', () => {
  test('are listed with their hands, an example of input, and their cables', async () => {
    const { api } = await openApi();
    const devices = devicesSchema.parse(await (await get(api, '/devices')).json());
    expect(devices.map(({ id }) => id)).toContain('clock');
    const window = devices.find(({ id }) => id === 'window-5');
    expect(window).toMatchObject({ kind: 'evaluator', wire: 'rs485', window: '5', cable: 'in', picture: false });
    expect(window?.hands['rate']).toEqual({
      summary: { en: 'a citizen gives a mark', zh: '群众评价' },
      input: { level: 5 },
    });
  });

  test('do what a hand does, and the truth has it', async () => {
    const { api } = await openApi();
    const answer = await post(api, '/devices/clock/hands/punch', { userId: '1002' });
    expect(answer.status).toBe(200);
    const lines = (await (await get(api, '/truth?since=0')).text()).trim().split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ number: 1, device: 'clock', data: { userId: '1002' } });
    expect(await (await get(api, '/truth?since=1')).text()).toBe('');
  });

  test('have cables that can be pulled and plugged in', async () => {
    const { api } = await openApi();
    expect(await (await post(api, '/devices/clock/pull')).json()).toEqual({ cable: 'out' });
    const after = devicesSchema.parse(await (await get(api, '/devices')).json());
    expect(after.find(({ id }) => id === 'clock')?.cable).toBe('out');
    expect(await (await post(api, '/devices/clock/plug')).json()).toEqual({ cable: 'in' });
  });

  test('can be looked at, with and without colours, and as PNG', async () => {
    const { api } = await openApi();
    expect(await (await get(api, '/devices/board/picture.txt')).text()).toContain('\u001b[40;1;31m请A0012号');
    expect(await (await get(api, '/devices/board/picture.txt?colours=no')).text()).toContain('┃ 请A0012号');
    const png = await get(api, '/devices/board/picture.png');
    expect(png.headers.get('content-type')).toBe('image/png');
    expect(
      Buffer.from(await png.arrayBuffer())
        .subarray(1, 4)
        .toString('latin1'),
    ).toBe('PNG');
    expect((await get(api, `/devices/${encodeURIComponent('</script><b>')}/picture.txt`)).status).toBe(404);
  });
});

describe('what cannot be done', () => {
  const MISTAKES: [status: number, method: 'GET' | 'POST', path: string, body?: unknown][] = [
    [404, 'GET', '/nothing'],
    [405, 'POST', '/truth'],
    [404, 'POST', '/devices/nobody/pull'],
    [404, 'POST', '/devices/clock/hands/rate'],
    [404, 'POST', '/devices/clock/hands/__proto__'],
    [404, 'GET', '/devices/clock/picture.txt'],
    [400, 'POST', '/devices/clock/hands/punch', { who: 1 }],
    [400, 'POST', '/devices/clock/hands/punch', [1]],
    [400, 'GET', '/truth?since=x'],
    [400, 'GET', '/devices/%E0%A4%A/picture.txt'],
    [409, 'POST', '/devices/window-5/hands/rate', { level: 9 }],
    [413, 'POST', '/devices/clock/hands/punch', { userId: 'x'.repeat(20_000) }],
  ];

  test('is refused with what is wrong and what to do instead', async () => {
    const { api } = await openApi();
    for (const [status, method, path, body] of MISTAKES) {
      const answer = await (method === 'GET' ? get(api, path) : post(api, path, body));
      expect([answer.status, path]).toEqual([status, path]);
      refusalSchema.parse(await answer.json());
    }
  });

  test('is a body that is not announced as JSON, as forms of other sites send it', async () => {
    const { api, truth } = await openApi();
    const body = '{"userId":"1001"}';
    const answer = await fetch(`${api.url}/devices/clock/hands/punch`, { method: 'POST', body });
    expect(answer.status).toBe(415);
    expect(truth.happenings).toEqual([]);
  });
});

describe('another site in somebody’s browser', () => {
  test('is refused by its origin, by fetch metadata, and under a name of its own', async () => {
    const { api } = await openApi();
    const pull = (headers: Record<string, string>) => rawStatus(api, 'POST', '/devices/clock/pull', headers);
    expect(await pull({ origin: 'https://elsewhere.example' })).toBe(403);
    expect(await pull({ origin: 'null' })).toBe(403);
    expect(await pull({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await rawStatus(api, 'GET', '/devices', { host: 'rebound.example' })).toBe(403);
    expect(await pull({ origin: api.url, 'sec-fetch-site': 'same-origin' })).toBe(200);
  });
});

describe('the page', () => {
  test('shows every device in Chinese and English, and runs no text of hall.yaml', async () => {
    const { api } = await openApi();
    const answer = await get(api, '/');
    const html = await answer.text();
    for (const text of ['评价器', 'Evaluators', '打卡', 'somebody punches', '大厅 &lt;h&gt;'])
      expect(html).toContain(text);
    expect(html).not.toMatch(/<img src=x|<\/script><b>/);
    expect(html.match(/<script[^>]*>/g)).toEqual(['<script type="module" src="/page/hall.js">']);
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
  });

  test('has the files that it names, and no others', async () => {
    const { api } = await openApi();
    const html = await (await get(api, '/')).text();
    const named = [...html.matchAll(/"(\/page\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(named).toHaveLength(3);
    for (const path of named) expect([path, (await get(api, path)).status]).toEqual([path, 200]);
    for (const path of ['/page/nothing.js', '/page/..%2Fapi.ts']) expect((await get(api, path)).status).toBe(404);
  });
});

describe('the news of the page', () => {
  test('are the happenings in words, how many there were lately, and the troubles that stand', async () => {
    const { api, truth } = await openApi();
    await post(api, '/devices/clock/hands/punch', { userId: '1002' });
    await post(api, '/devices/clock/hands/hang');
    await post(api, '/devices/window-5/pull');
    const news: unknown = await (await get(api, '/page/news?since=0')).json();
    expect(news).toMatchObject({
      newest: 1,
      lines: [{ number: 1, device: 'clock', words: { zh: '工号 1002 打卡', en: 'punch of 1002' } }],
      lately: { punches: 1, marks: 0 },
      troubles: { clock: [{ name: 'hang', en: 'hung' }], 'window-5': [{ name: 'cable', zh: '已拔线' }] },
    });
    await post(api, '/devices/clock/hands/wake');
    await post(api, '/devices/window-5/plug');
    const after: unknown = await (await get(api, '/page/news?since=1')).json();
    expect(after).toMatchObject({ newest: 1, lines: [], troubles: {} });
    for (let count = 0; count < 100; count++) {
      truth.enter({ device: 'x', kind: 'x', atMs: 0, what: 'new.word', data: { a: count } });
    }
    const many = newsSchema.parse(await (await get(api, '/page/news?since=1')).json());
    expect(many.newest).toBe(101);
    expect(many.lines.map(({ number }) => number)).toEqual(Array.from({ length: 60 }, (_, index) => 42 + index));
    expect(many.lines.at(-1)?.words.en).toBe('new.word: a 99');
  });
});

test('a port that is taken is said at the start', async () => {
  const { api } = await openApi();
  const again = startHallApi(
    { title: '', cables: watchCables([]), truth: await openTruth() },
    Number(new URL(api.url).port),
  );
  await expect(again).rejects.toThrow(/EADDRINUSE/);
});
