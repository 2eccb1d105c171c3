/**
 * A real browser for tests of pages: Debian's Chromium without a window, driven by its own protocol over two pipes. Every page
 * has a profile of its own.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

export interface BrowserPage {
  /** The value of an expression in the page, which is awaited. @throws Error with what the page threw. */
  value(expression: string): Promise<unknown>;
  /** Resolves when the expression is true in the page. @throws Error when it has not become so. */
  until(expression: string): Promise<void>;
  /** Goes there, or loads it anew, and waits until its scripts have run. */
  open(url: string): Promise<void>;
}

export interface Browser {
  newPage(options: { language: string; widthPx: number }): Promise<BrowserPage>;
  close(): Promise<void>;
}

const ARGUMENTS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update', '--remote-debugging-pipe'],
];
const HEIGHT_PX = 900;
const POLL_MS = 50;
const PATIENCE_MS = 15_000;

const messageSchema = z.object({
  id: z.number().optional(),
  result: z.record(z.string(), z.unknown()).optional(),
  error: z.object({ message: z.string() }).optional(),
});
const evaluatedSchema = z.object({
  result: z.looseObject({ value: z.unknown().optional() }),
  exceptionDetails: z.looseObject({ text: z.string() }).optional(),
});

type Send = (method: string, params: object, sessionId?: string) => Promise<Record<string, unknown>>;

/** @param program Path of Chromium. */
export async function startBrowser(program: string): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'browser-'));
  const child = spawn(program, [...ARGUMENTS, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const send = protocolOf(child);
  return {
    async newPage({ language, widthPx }) {
      const { browserContextId } = await send('Target.createBrowserContext', {});
      const { targetId } = await send('Target.createTarget', { url: 'about:blank', browserContextId });
      const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
      const tell = (method: string, params: object) => send(method, params, z.string().parse(sessionId));
      const size = { width: widthPx, height: HEIGHT_PX, deviceScaleFactor: 1, mobile: widthPx < 600 };
      await tell('Emulation.setDeviceMetricsOverride', size);
      await tell('Emulation.setUserAgentOverride', { userAgent: 'test', acceptLanguage: language });
      return pageOf(tell);
    },
    async close() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      await rm(profile, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** Messages are JSON, each ended by a zero byte: to the browser on its descriptor 3, from it on 4. */
function protocolOf(child: ChildProcess): Send {
  const [, , , toBrowser, fromBrowser] = child.stdio;
  if (!(toBrowser instanceof Writable) || !(fromBrowser instanceof Readable))
    throw new Error('no pipes to the browser');
  const waiting = new Map<number, (message: z.output<typeof messageSchema>) => void>();
  let rest = '';
  fromBrowser.setEncoding('utf8').on('data', (text: string) => {
    const messages = (rest + text).split('\0');
    rest = messages.pop() ?? '';
    for (const each of messages) {
      const message = messageSchema.parse(JSON.parse(each));
      if (message.id !== undefined) waiting.get(message.id)?.(message);
    }
  });
  let last = 0;
  return async (method, params, sessionId) => {
    const id = ++last;
    const answer = new Promise<z.output<typeof messageSchema>>((resolve) => waiting.set(id, resolve));
    toBrowser.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result = {}, error } = await answer;
    waiting.delete(id);
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };
}

function pageOf(tell: (method: string, params: object) => Promise<Record<string, unknown>>): BrowserPage {
  const value = async (expression: string): Promise<unknown> => {
    const asked = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = evaluatedSchema.parse(await tell('Runtime.evaluate', asked));
    if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return result.value;
  };
  const until = async (expression: string): Promise<void> => {
    const endMs = performance.now() + PATIENCE_MS;
    while ((await value(expression)) !== true) {
      if (performance.now() > endMs) throw new Error(`never true in the page: ${expression}`);
      await sleep(POLL_MS);
    }
  };
  return {
    ...{ value, until },
    async open(url) {
      await value('window.left = true');
      await tell('Page.navigate', { url });
      await until(`window.left === undefined && document.readyState === 'complete'`);
    },
  };
}
