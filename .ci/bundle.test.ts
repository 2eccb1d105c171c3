import { execFileSync } from 'node:child_process';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { boxManifest, bundle } from './build.mjs';
import { freePort, makeHall, startBus, startCentre, startProcess } from './bundle-rig.ts';
import { runtimes } from './runtimes.ts';
import { ROOT, textOf } from './tree.ts';

const FILE = join(ROOT, '.cache', 'bundle', 'hall-gateway.mjs');
/** Evaluator 5, key 3 (very satisfied), and what the host answers once the event is safe. */
const PRESS = 'ff680303680511031916';
const ACKNOWLEDGED = 'ff680303680501030916';
const WAIT = { timeout: 20_000, interval: 25 };

let built: Awaited<ReturnType<typeof bundle>>;
beforeAll(async () => {
  built = await bundle('gateway/main.ts', FILE);
});

describe('the bundle', () => {
  it('is one file that needs nothing beside it but the packages with native parts', () => {
    const packages = built.externals.filter((name) => !isBuiltin(name));
    expect(packages.sort()).toEqual(['@serialport/bindings-cpp', 'sqlite3']);
    expect(Object.keys(boxManifest().dependencies).sort()).toEqual(packages);
  });

  it('tells the version of the package, and the commit', () => {
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(textOf('package.json')));
    const told = execFileSync(process.execPath, [FILE, '--version'], { encoding: 'utf8' }).trim();
    expect(told.split('+')[0]).toBe(version);
  });
});

const evaluationSchema = z.object({
  type: z.string(),
  sequence: z.string(),
  epoch: z.string(),
  source: z.literal('/halls/north/gateways/gw-1/evaluator/evaluator-5'),
  data: z.looseObject({ level: z.number() }),
});

describe.each(runtimes())('the bundle under $name', ({ command }) => {
  it.skipIf(!command)(
    'brings an evaluation to the centre that was acknowledged before the gateway was killed',
    async () => {
      const bus = await startBus();
      onTestFinished(() => bus.close());
      const centrePort = await freePort();
      const hall = await makeHall({ bus: bus.port, centre: centrePort, local: await freePort() });
      onTestFinished(hall.remove);
      const run = () => {
        const gateway = startProcess([...(command ?? ['']), FILE, 'run', hall.file]);
        onTestFinished(() => void gateway.end('SIGKILL'));
        return gateway;
      };

      const first = run();
      await vi.waitUntil(() => bus.connected(), WAIT).catch(() => expect.fail(first.said()));
      bus.press(PRESS);
      await vi.waitUntil(() => bus.heard().includes(ACKNOWLEDGED), WAIT).catch(() => expect.fail(first.said()));
      await first.end('SIGKILL');

      const centre = await startCentre(centrePort);
      onTestFinished(() => centre.close());
      const second = run();
      const evaluations = () =>
        centre.arrived.filter(({ topic }) =>
          topic.endsWith('/evaluator/evaluator-5/event/hall.evaluation.submitted.v1'),
        );
      await vi.waitUntil(() => evaluations().length > 0, WAIT).catch(() => expect.fail(second.said()));
      expect(await second.end('SIGTERM')).toBe(0);

      expect(evaluations()).toHaveLength(1);
      expect(evaluationSchema.parse(evaluations()[0]?.body).data.level).toBe(5);
    },
  );
});
