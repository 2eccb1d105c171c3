/**
 * The promise as a newcomer sees it: the real program, killed and cut off again and again while people go on, and not one
 * ticket call, evaluation or punch is missing or invented at the centre.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { bundle } from '../../.ci/build.mjs';
import { ROOT } from '../../.ci/tree.ts';
import { seededRandom } from '../kit/random.ts';
import { until } from '../kit/until.ts';
import { compareText } from './compare-text.ts';
import type { DemoOptions } from './demo-options.ts';
import { startDemo, type Demo, type DemoHooks } from './demo-run.ts';

const FOLDER = join(ROOT, '.cache', 'demo-test');
/** Demos of one run of this file, and the ports of each. */
const DEMOS = 8;
const DEMO_PORTS = 20;
const PROGRAM = join(FOLDER, 'hall-gateway.mjs');

beforeAll(async () => {
  await bundle('gateway/main.ts', PROGRAM);
  await bundle('firmware-bridge/firmata/runner.ts', join(FOLDER, 'board-runner.mjs'));
});

describe('the demo hall', () => {
  test('loses and invents nothing while the gateway is killed again and again and the uplink comes and goes', async () => {
    const demo = await openDemo({ speed: 120 });
    const random = seededRandom(7);
    for (let kill = 0; kill < 6; kill += 1) {
      await sleep(random.int(400, 2_500));
      if (kill % 2 === 1) demo.troubles.pullUplink(random.int(500, 2_500));
      demo.troubles.killGateway();
      await sleep(1_700);
    }
    const end = await demo.stop();
    expect(end.truth, compareText(end.truth)).toMatchObject({ ok: true });
    expect(end.verdict).toMatchObject({ ok: true, gaps: [], conflicts: [], disorder: 0 });
    expect(end.verdict.events).toBeGreaterThan(30);
  }, 120_000);

  test('sends what waited during an outage of the centre, in order, when it stops', async () => {
    const demo = await openDemo({ speed: 120 });
    demo.troubles.pullUplink(60_000);
    await sleep(6_000);
    expect(demo.view().truth.made).toBeGreaterThan(demo.view().truth.arrived);
    expect(demo.view().waiting).toBeGreaterThan(0);
    expect(demo.view().link).toBe('down');
    const end = await demo.stop();
    expect(end, compareText(end.truth)).toMatchObject({ ok: true });
  }, 90_000);

  test('says which port is taken and what to type', async () => {
    const portBase = freePorts();
    const squatter = createServer().listen(portBase + 1, '127.0.0.1');
    onTestFinished(() => void squatter.close());
    const refused = await startDemo(options({ portBase, language: 'zh' }), PROGRAM, hooks());
    expect(refused).toMatchObject({ refusal: expect.stringContaining(`--port-base ${portBase + 1_001}`) as unknown });
  });

  test('says what the gateway said when it cannot start, and where its log is', async () => {
    const directory = await freshFolder();
    const program = join(directory, 'broken.mjs');
    await writeFile(program, "process.stderr.write('the disk is upside down\\n'); process.exitCode = 1;");
    const ends: string[] = [];
    const refused = await startDemo(options({ portBase: freePorts(), directory }), program, {
      ...hooks(),
      onGatewayEnd: (why) => ends.push(why),
    });
    expect(refused).toMatchObject({ refusal: expect.stringContaining('the disk is upside down') as unknown });
    expect(refused).toMatchObject({ refusal: expect.stringContaining(join(directory, 'gateway.log')) as unknown });
    expect(ends).toHaveLength(1);
  });

  test('goes on where the run before it stopped: what was not sent then arrives, and nothing counts twice', async () => {
    const directory = await freshFolder();
    const first = await openDemo({ directory, speed: 120 });
    await until('something is with the centre', () => first.view().centre.events > 10);
    expect(await first.stop()).toMatchObject({ ok: true });
    const second = await openDemo({ directory, speed: 120, seed: 4 });
    await until('something new is with the centre', () => second.view().centre.events > 10);
    const end = await second.stop();
    expect(end, compareText(end.truth)).toMatchObject({ ok: true });
  }, 60_000);

  test('puts the uplink back at once when key p is pressed again', async () => {
    const demo = await openDemo({ visitsPerDay: 0 });
    demo.troubles.toggleUplink(60_000);
    expect(demo.troubles.uplinkPulled).toBe(true);
    expect(demo.troubles.notice('zh')).toMatch(/60 秒/);
    demo.troubles.toggleUplink(60_000);
    expect(demo.troubles.uplinkPulled).toBe(false);
    expect(await demo.stop()).toMatchObject({ ok: true });
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
    hall: 'small',
    speed: 120,
    visitsPerDay: 300,
    faults: false,
    record: undefined,
    seed: 3,
    ...changes,
  };
}

async function openDemo(changes: Partial<DemoOptions>): Promise<Demo> {
  const directory = changes.directory ?? (await freshFolder());
  const demo = await startDemo(options({ portBase: freePorts(), ...changes, directory }), PROGRAM, hooks());
  if ('refusal' in demo) throw new Error(demo.refusal);
  return demo;
}

async function freshFolder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'demo-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

function hooks(): DemoHooks {
  return {
    signal: new AbortController().signal,
    onGatewayEnd(why) {
      throw new Error(why);
    },
  };
}

let given = 0;

/** Ports of one demo: below those that systems give out by themselves, which another connection may take meanwhile. */
function freePorts(): number {
  given += 1;
  return 10_000 + ((process.pid % 50) * DEMOS + given) * DEMO_PORTS;
}
