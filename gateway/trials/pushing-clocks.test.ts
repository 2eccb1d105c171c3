// Clocks that push: the gateway dies between the commit and the OK, and the centre still gets every punch once.
import { createServer, connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startPushClock, type SimulatedPushClock } from '../../simulators/fingerprint-clock/push-clock.ts';
import { seededRandom } from '../../simulators/kit/random.ts';
import { until } from '../../simulators/kit/until.ts';
import { freePort, openHall, type TestHall } from '../testing-gateway.ts';
import { buildProgram, runProgram } from './testing-program.ts';

const SERIAL = 'BRM9203460118';
const SEED = 11;
const KILLS = 4;
const PUNCHES_A_LIFE = 200;

/** What stands between the clock and the box: answers can be swallowed, so that what is committed is not known to be. */
async function startLine(port: number) {
  const line = { port: 0, answersPass: true, swallowed: 0 };
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    near.on('data', (chunk) => far.write(chunk));
    far.on('data', (chunk) => {
      if (line.answersPass) near.write(chunk);
      else line.swallowed += 1;
    });
    near.on('error', () => undefined).on('close', () => far.destroy());
    far.on('error', () => undefined).on('close', () => near.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  line.port = typeof address === 'object' && address ? address.port : 0;
  return line;
}

async function pushingHall(): Promise<{
  hall: TestHall;
  clock: SimulatedPushClock;
  line: Awaited<ReturnType<typeof startLine>>;
}> {
  const port = await freePort();
  const hall = await openHall({
    moreDevices: [
      `{ id: clock-2, kind: fingerprint-clock, wire: adms, listen: '127.0.0.1:${port}', serial: ${SERIAL} }`,
    ],
  });
  const line = await startLine(port);
  const clock = await startPushClock({
    port: line.port,
    serial: SERIAL,
    linesPerBatch: 20,
    delayMs: 50,
    errorDelayMs: 50,
    users: [{ uid: 1, userId: '1001', name: '张三' }],
  });
  onTestFinished(() => clock.close());
  return { hall, clock, line };
}

function punchMany(clock: SimulatedPushClock, count: number): void {
  for (let nth = 0; nth < count; nth += 1) {
    const time = new Date(Date.UTC(2026, 5, 1, 8, 0, clock.body.truth.length)).toISOString().slice(0, 19);
    clock.punch('1001', { time });
  }
}

describe('a clock that pushes', () => {
  test('is heard by the centre, name and all, and restarts when the centre says so', async () => {
    const { hall, clock } = await pushingHall();
    const gateway = await hall.open();
    await until('the people are known', () => clock.answers.filter((code) => code === 200).length > 2);
    punchMany(clock, 30);
    await hall.judged(30);
    expect(hall.recordsAtCentre().every(({ data }) => data['name'] === '张三')).toBe(true);
    const desk = await hall.desk(hall.brokerPort);
    const results: string[] = [];
    desk.on('message', (_topic, payload) => results.push(payload.toString('utf8')));
    await desk.subscribeAsync('hall/v1/north/fingerprint-clock/clock-2/result/restart', { qos: 1 });
    const command = JSON.stringify({ id: '01K0000000000000000000000A', data: {} });
    await desk.publishAsync('hall/v1/north/fingerprint-clock/clock-2/command/restart', command, { qos: 1 });
    await until('the clock restarted', () => clock.body.restarts === 1);
    await until('the command is done', () => results.some((result) => result.includes('"done"')));
    await gateway.close();
  });

  test('loses and doubles nothing when the gateway is killed after the commit and before the OK', async () => {
    const program = await buildProgram('trial-pushing-clocks');
    const { hall, clock, line } = await pushingHall();
    const random = seededRandom(SEED);
    let gateway = await runProgram(program, hall);
    for (let kill = 0; kill < KILLS; kill += 1) {
      punchMany(clock, PUNCHES_A_LIFE);
      const some = clock.body.truth.length - PUNCHES_A_LIFE + random.int(1, PUNCHES_A_LIFE - 30);
      await until('some are handed over', () => clock.body.handedOver() >= some, 30_000);
      line.answersPass = false;
      const before = line.swallowed;
      punchMany(clock, 1);
      await until('an answer was swallowed', () => line.swallowed > before, 30_000);
      await gateway.end('SIGKILL');
      line.answersPass = true;
      gateway = await runProgram(program, hall);
    }
    await until('all is handed over', () => clock.body.handedOver() === clock.body.truth.length, 30_000);
    await hall.judged(KILLS * (PUNCHES_A_LIFE + 1), 60_000);
    const arrived = hall.recordsAtCentre().map(({ data }) => data['deviceTime']);
    expect([...arrived].sort()).toEqual(clock.body.truth.map(({ time }) => time).sort());
  }, 120_000);
});
