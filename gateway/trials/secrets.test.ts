// Passwords and ID-card numbers are sown everywhere they can come in; then everything that goes out is searched for them.
// Not searched are the topic and the id that a command itself came with: its answer has to carry them.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { until } from '../../simulators/kit/until.ts';
import { openHall, PASSWORD } from '../testing-gateway.ts';
import { buildProgram, runProgram } from './testing-program.ts';

const CENTRE_PASSWORD = 'sown-centre-5512';
const PERSON_PASSWORD = '48151623';
/** A made-up number with the shape of one; its birthday must not be seen anywhere. */
const ID_NUMBER = '110105194912310021';
const BIRTHDAY = '19491231';
const SOWN = [PASSWORD, CENTRE_PASSWORD, PERSON_PASSWORD, BIRTHDAY];

let program: string;
beforeAll(async () => {
  program = await buildProgram('trial-secrets');
});

const foundIn = (text: string) => SOWN.filter((secret) => text.includes(secret));

test('what is sown as a secret or an ID-card number stands in no log, no message of either broker and not in the program', async () => {
  const hall = await openHall({
    uplink: { username: 'north', password: { file: await secretFile(CENTRE_PASSWORD) } },
    clockWith: { users: [{ uid: 1, userId: '1001', name: '张三', password: PERSON_PASSWORD }] },
  });
  const gateway = await runProgram(program, hall);
  await until('the link is up', () => gateway.said().includes('uplink.up'), 30_000);
  const desk = await hall.desk(hall.brokerPort);
  const heard: string[] = [];
  desk.on('message', (_topic, payload) => heard.push(payload.toString()));
  await desk.subscribeAsync('hall/v1/north/#', { qos: 1 });

  await expect(connectAsync(`mqtt://127.0.0.1:${hall.brokerPort}`, stranger(`${PASSWORD}x`))).rejects.toThrow();
  hall.clock.punch('1001');
  const order = (device: string, message: object) =>
    desk.publishAsync(`hall/v1/north/evaluator/${device}/command/show-ticket`, JSON.stringify(message), { qos: 1 });
  await order('evaluator-1', { id: 'c1', data: { ticketNumber: ID_NUMBER } });
  await order('evaluator-1', { id: 'c2', data: { ticketNumber: 7, note: ID_NUMBER } });
  await order('evaluator-1', { id: 'c3', data: { [`id${ID_NUMBER}`]: 1 } });
  await order(`nobody-${ID_NUMBER}`, { id: 'c4', data: {} });
  const centre = await connectAsync(hall.centre.url, { username: 'north', password: CENTRE_PASSWORD });
  onTestFinished(() => centre.endAsync(true));
  await centre.publishAsync(`hall/v1/north/evaluator/No ${ID_NUMBER}/command/beep`, '{"id":"c5","data":{}}', {
    qos: 1,
  });
  await until('the punch is with the centre', () => hall.recordsAtCentre().length === 1);
  const all = ['c1', 'c2', 'c3', 'c4', 'command-refused'];
  await until('everybody was answered', () => all.every((id) => heard.some((said) => said.includes(id))));
  await gateway.end('SIGTERM');

  const newest = hall.consumer.topics().map((topic) => hall.consumer.latest(topic));
  expect(newest.length).toBeGreaterThan(5);
  expect(foundIn(gateway.said())).toEqual([]);
  expect(foundIn(JSON.stringify(newest))).toEqual([]);
  expect(foundIn(JSON.stringify(hall.received))).toEqual([]);
  expect(foundIn(heard.join('\n'))).toEqual([]);
  expect(foundIn(await readFile(program, 'utf8'))).toEqual([]);
}, 60_000);

test('the check of a hall.yaml with mistakes shows the mistakes and none of the secrets', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trial-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'hall.yaml');
  await writeFile(
    file,
    `hall: {id: north, name: 北区}
gateway: {id: gw-1, pasword: ${PASSWORD}}
uplink: {url: 'mqtt://north:${CENTRE_PASSWORD}@centre/', password: ${CENTRE_PASSWORD}}
devices: [{id: clock-1, kind: fingerprint-clock, wire: zk, host: 10.0.0.2, commKey: ${PERSON_PASSWORD}, name: "${ID_NUMBER}", port: x}]
`,
  );
  for (const lang of ['zh', 'en']) {
    const { stdout, stderr, status } = spawnSync(process.execPath, [program, 'check', '--lang', lang, file]);
    expect(status).toBe(1);
    expect(stdout.toString()).toContain('settings.secret-plain');
    expect(foundIn(`${stdout.toString()}${stderr.toString()}`)).toEqual([]);
  }
  expect(foundIn(execFileSync(process.execPath, [program, '--help'], { encoding: 'utf8' }))).toEqual([]);
});

function stranger(password: string) {
  return { username: 'desk', clientId: 'desk', password, reconnectPeriod: 0 };
}

async function secretFile(secret: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trial-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'secret');
  await writeFile(file, `${secret}\n`, { mode: 0o600 });
  return file;
}
