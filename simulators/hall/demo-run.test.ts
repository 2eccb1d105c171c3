/**
 * The promise as a newcomer sees it: the real program, killed and cut off again and again while people go on, and not one
 * ticket call, evaluation or punch is missing or invented at the centre.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { bundle } from '../../.ci/build.mjs';
import { ROOT } from '../../.ci/tree.ts';
import { seededRandom } from '../kit/random.ts';
import type { DemoOptions } from './demo-options.ts';
import { startDemo, type Demo } from './demo-run.ts';

const PROGRAM = join(ROOT, '.cache', 'demo-test', 'hall-gateway.mjs');

beforeAll(async () => {
  await bundle('gateway/main.ts', PROGRAM);
});

describe('the demo hall', () => {
  test('loses and invents nothing while the gateway is killed again and again and the uplink comes and goes', async () => {
    const demo = await openDemo({ perMinute: 600 });
    const random = seededRandom(7);
    for (let kill = 0; kill < 6; kill += 1) {
      await sleep(random.int(400, 2_500));
      if (kill % 2 === 1) demo.troubles.pullUplink(random.int(500, 2_500));
      demo.troubles.killGateway();
      await sleep(1_700);
    }
    const end = await demo.stop();
    expect(end.truthText).toMatch(/ 0 missing, 0 invented/);
    expect(end.verdict).toMatchObject({ ok: true, gaps: [], conflicts: [], disorder: 0 });
    expect(end.verdict.events).toBeGreaterThan(30);
  }, 120_000);

  test('sends what waited during an outage of the centre, in order, when it stops', async () => {
    const demo = await openDemo({ perMinute: 900 });
    demo.troubles.pullUplink(60_000);
    await sleep(6_000);
    expect(demo.view().truth.made).toBeGreaterThan(demo.view().truth.arrived);
    expect(demo.view().waiting).toBeGreaterThan(0);
    expect(demo.view().link).toBe('down');
    const end = await demo.stop();
    expect(end, end.truthText).toMatchObject({ ok: true });
  }, 90_000);

  test('says which port is taken and what to type', async () => {
    const portBase = await freePorts();
    const squatter = createServer().listen(portBase + 1, '127.0.0.1');
    onTestFinished(() => void squatter.close());
    const refused = await startDemo(options({ portBase, language: 'zh' }), PROGRAM, fail);
    expect(refused).toMatchObject({ refusal: expect.stringContaining(`--port-base ${portBase + 1_001}`) as unknown });
  });
});

function options(changes: Partial<DemoOptions>): DemoOptions {
  return {
    language: 'en',
    portBase: 0,
    directory: '',
    pullUplinkAfterSeconds: undefined,
    pullUplinkForSeconds: 60,
    killAfterSeconds: undefined,
    stopAfterSeconds: undefined,
    perMinute: 600,
    seed: 3,
    ...changes,
  };
}

async function openDemo(changes: Partial<DemoOptions>): Promise<Demo> {
  const directory = await mkdtemp(join(tmpdir(), 'demo-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const demo = await startDemo(options({ portBase: await freePorts(), directory, ...changes }), PROGRAM, fail);
  if ('refusal' in demo) throw new Error(demo.refusal);
  return demo;
}

function fail(why: Error): void {
  throw why;
}

/** The first of three free neighbours. */
async function freePorts(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? Math.min(address.port, 65_000) : 20_000;
}
