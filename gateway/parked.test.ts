/** What a technician sees of the events that the centre's broker could not bear, while the gateway runs. */
import { readdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startCentralBroker } from '../simulators/central/central-broker.ts';
import { until } from '../simulators/kit/until.ts';
import { runParked } from './parked.ts';
import { evaluation, startTestGateway } from './uplink/proving-ground.ts';

function hallFile(dataDirectory: string, more = ''): string {
  const folder = mkdtempSync(join(tmpdir(), 'parked-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'hall.yaml');
  const uplink = 'uplink: { url: mqtt://centre, username: u, password: { env: NOT_SET_HERE } }';
  writeFileSync(
    file,
    `hall: { id: demo, name: 大厅 }\ngateway: { id: gw1, dataDirectory: ${dataDirectory}${more} }\n${uplink}\n`,
  );
  return file;
}

async function said(file: string, options: { lang?: 'en' | 'zh'; json?: boolean } = {}) {
  let text = '';
  let trouble = '';
  const exitCode = await runParked(file, {
    ...{ lang: 'en', json: false, ...options },
    stdout: { write: (more: string) => (text += more) },
    stderr: { write: (more: string) => (trouble += more) },
  });
  return { text, trouble, exitCode };
}

test('events that the broker dies of are listed and exported, while the gateway runs', async () => {
  const broker = await startCentralBroker();
  onTestFinished(() => broker.close());
  broker.faults.dieOf = (_topic, payload) => payload.includes('poison');
  const gateway = await startTestGateway({ url: broker.url, parkAfterTries: 1 });
  onTestFinished(() => gateway.close());
  const file = hallFile(gateway.directory);
  expect(await said(file)).toEqual({ text: expect.stringContaining('No event') as string, trouble: '', exitCode: 0 });
  await gateway.spool.append({ drafts: [evaluation(0), evaluation(1, { note: 'poison' }), evaluation(2)] });
  const [, poison] = await gateway.spool.read({ after: 0, rowsMax: 3, bytesMax: 1e6 });
  await until('it is set aside, and the others pass', () => gateway.spool.status().confirmed === 3);

  const english = await said(file);
  expect(english.exitCode).toBe(0);
  expect(english.text).toMatch(/^ {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +2 +\d+ +it cuts the connection +hall\/v1\/demo/m);
  expect((await said(file, { lang: 'zh' })).text).toMatch(/共搁置 1 条.*服务器断开连接/s);
  expect((await said(file, { json: true })).text).toBe(`${poison?.body ?? 'nothing'}\n`);
  await gateway.record(5);
  await until('the gateway goes on', () => gateway.spool.status().confirmed === 8);
});

test('a box without a spool, or a file with mistakes, is told apart from one with nothing set aside', async () => {
  const nowhere = mkdtempSync(join(tmpdir(), 'nowhere-'));
  onTestFinished(() => rmSync(nowhere, { recursive: true }));
  const absent = await said(hallFile(nowhere));
  expect(absent).toMatchObject({ exitCode: 1, text: '', trouble: expect.stringContaining(nowhere) as string });
  expect(readdirSync(nowhere)).toEqual([]);
  const mistaken = await said(hallFile(nowhere, ', dataDirectry: /tmp'));
  expect(mistaken).toMatchObject({ exitCode: 1, text: '', trouble: expect.stringContaining('dataDirectry') as string });
});
