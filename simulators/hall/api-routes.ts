/**
 * What can be asked of the simulated hall over HTTP, as a table: method, path, answer.
 */
import { Refusal } from './api-guard.ts';
import { deviceOf, deviceView, lookAt, useHand } from './api-devices.ts';
import { pageFile } from './api-page-files.ts';
import { newsSince } from './api-page-news.ts';
import { hallPage, PAGE_POLICY } from './api-page.ts';
import type { Cables } from './cables.ts';
import type { Truth } from './truth.ts';

export interface HallView {
  /** What the page calls the hall. */
  title: string;
  cables: Cables;
  truth: Truth;
}

export interface Asked {
  method: string;
  url: URL;
  body: () => Promise<Record<string, unknown>>;
}

export interface Answer {
  status: number;
  type: string;
  body: string | Buffer;
  headers?: Record<string, string>;
}

/** Lines in one answer of `/truth`; who asks again with the last `number` gets the next. */
const TRUTH_LINES_MAX = 10_000;

type Route = (view: HallView, asked: Asked, parts: readonly string[]) => Answer | Promise<Answer>;

const ROUTES: readonly (readonly [method: string, path: RegExp, route: Route])[] = [
  ['GET', /^\/$/, (view) => page(view)],
  ['GET', /^\/page\/news$/, ({ cables, truth }, { url }) => json(newsSince(sinceOf(url), truth.happenings, cables))],
  ['GET', /^\/page\/([^/]+)$/, (_, __, [name = '']) => fileOfPage(name)],
  ['GET', /^\/devices$/, ({ cables }) => json(cables.devices.map((device) => deviceView(device, cables)))],
  ['GET', /^\/devices\/([^/]+)$/, ({ cables }, _, [id = '']) => json(deviceView(deviceOf(cables, id), cables))],
  ['POST', /^\/devices\/([^/]+)\/hands\/([^/]+)$/, press],
  ['POST', /^\/devices\/([^/]+)\/(pull|plug)$/, cable],
  ['GET', /^\/devices\/([^/]+)\/picture\.(txt|png)$/, picture],
  ['GET', /^\/truth$/, ({ truth }, { url }) => truthLines(truth, sinceOf(url))],
];

/** @throws Refusal when there is no such thing, or it cannot be done. */
export function route(view: HallView, asked: Asked): Answer | Promise<Answer> {
  const { pathname } = asked.url;
  const here = ROUTES.filter(([, path]) => path.test(pathname));
  const [found] = here.filter(([method]) => method === asked.method);
  if (found) {
    const [, path, answer] = found;
    return answer(view, asked, (path.exec(pathname) ?? []).slice(1).map(decoded));
  }
  const list = ROUTES.map(([method, path]) => `${method} ${shape(path)}`).join('; ');
  if (here.length > 0) throw new Refusal(405, `${asked.method} is not possible here`, list);
  throw new Refusal(404, `nothing at ${pathname}`, list);
}

function page({ title, cables }: HallView): Answer {
  const body = hallPage(
    title,
    cables.devices.map((device) => deviceView(device, cables)),
  );
  return { status: 200, type: 'text/html; charset=utf-8', body, headers: { 'Content-Security-Policy': PAGE_POLICY } };
}

async function fileOfPage(name: string): Promise<Answer> {
  const file = await pageFile(name);
  if (!file) throw new Refusal(404, `the page has no file "${name}"`, 'open / in a browser');
  return { status: 200, ...file };
}

async function press({ cables }: HallView, asked: Asked, [id = '', hand = '']: readonly string[]): Promise<Answer> {
  const device = deviceOf(cables, id);
  return json({ result: (await useHand(device, hand, await asked.body())) ?? null });
}

async function cable({ cables }: HallView, _: Asked, [id = '', deed = '']: readonly string[]): Promise<Answer> {
  const device = deviceOf(cables, id);
  await (deed === 'pull' ? device.pullCable() : device.plugIn());
  return json({ cable: cables.isOut(id) ? 'out' : 'in' });
}

async function picture({ cables }: HallView, { url }: Asked, [id = '', form]: readonly string[]): Promise<Answer> {
  const kind = form === 'png' ? 'png' : 'txt';
  const body = await lookAt(deviceOf(cables, id), kind, url.searchParams.get('colours') !== 'no');
  return { status: 200, type: kind === 'png' ? 'image/png' : 'text/plain; charset=utf-8', body };
}

/** One happening a line, with its number; those after `since`. */
function truthLines({ happenings }: Truth, first: number): Answer {
  const lines = happenings.slice(first, first + TRUTH_LINES_MAX).map((happening, index) => {
    return `${JSON.stringify({ number: first + index + 1, ...happening })}\n`;
  });
  return { status: 200, type: 'application/x-ndjson; charset=utf-8', body: lines.join('') };
}

/** @throws Refusal 400 when it is no number. */
function sinceOf({ pathname, searchParams }: URL): number {
  const since = searchParams.get('since') ?? '0';
  if (!/^\d{1,15}$/.test(since)) throw new Refusal(400, `since=${since} is no number`, `GET ${pathname}?since=0`);
  return Number(since);
}

function json(value: unknown): Answer {
  return { status: 200, type: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n` };
}

/** A part of the path as it was meant. @throws Refusal 400 for a broken escape. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Refusal(400, `"${part}" is badly escaped`, 'escape names as encodeURIComponent does');
  }
}

/** A path for a person: `/devices/…/pull`. */
function shape({ source }: RegExp): string {
  return source
    .replaceAll('\\', '')
    .replaceAll('([^/]+)', '…')
    .replaceAll(/[\^$()]/g, '');
}
