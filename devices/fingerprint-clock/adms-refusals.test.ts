/**
 * No punch is acknowledged that is not recorded: what arrives packed is unpacked, what cannot be understood stays in the clock.
 */
import { connect } from 'node:net';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../gateway/kernel/clock.ts';
import { collectingLog } from '../../gateway/kernel/log.ts';
import { freePort } from '../../gateway/testing-gateway.ts';
import { until } from '../../simulators/kit/until.ts';
import { recordingHall } from '../recording-hall.ts';
import { ask, keyOf, punches, pushGateway, pushingClock, SERIAL, type PushGateway } from '../testing-push-hall.ts';
import { pushClock } from './adms-clock.ts';
import { HTTP_LIMITS } from './adms-http.ts';
import { openPushServer } from './adms-server.ts';
import { admsConfigSchema } from './adms-settings.ts';
import { fingerprintClock } from './kind.ts';

const LINE = '1001\t2026-06-01 08:00:00\t0\t1\n';
const PUNCH = '1001 2026-06-01T08:00:00';
const upload = (query: string) => `/iclock/cdata?SN=${SERIAL}${query}`;
const ATTLOG = upload('&table=ATTLOG&Stamp=9999');
const packed = (packing: string) => ({ 'Content-Encoding': packing });

async function gatewayAtPort(settings: object = {}): Promise<{ port: number; gateway: PushGateway }> {
  const port = await freePort();
  const gateway = pushGateway(port, { settings });
  await until('the port is open', () => gateway.logged('push.up'));
  return { port, gateway };
}

function refusalsOf(gateway: PushGateway): unknown[] {
  return gateway.seen.log.filter(({ event }) => event === 'clock.upload-refused').map(({ facts }) => facts);
}

describe('a packed upload', () => {
  test.each([
    ['gzip', gzipSync(LINE)],
    ['X-GZIP', gzipSync(LINE)],
    ['deflate', deflateSync(LINE)],
    ['deflate', deflateRawSync(LINE)],
    ['identity', Buffer.from(LINE)],
  ])('as %s is unpacked and recorded', async (packing, body) => {
    const { port, gateway } = await gatewayAtPort();
    expect(await ask(port, 'POST', ATTLOG, body, packed(packing))).toMatchObject({ status: 200, text: 'OK: 1\n' });
    expect(gateway.punched()).toEqual([PUNCH]);
  });

  test.each(['gzip', 'deflate'] as const)('of a clock that packs everything (%s) loses nothing', async (packing) => {
    const clock = await pushingClock({ packing, log: punches(1_200), linesPerBatch: 700 });
    const gateway = pushGateway(clock.port);
    clock.punch('1002');
    await until('all is handed over', () => clock.body.handedOver() === 1_201);
    expect(gateway.punched()).toEqual(clock.body.truth.map(keyOf));
  });

  test.each([
    ['is torn', 'gzip', gzipSync(LINE.repeat(2_000)).subarray(0, -9)],
    ['does not add up', 'gzip', withWrongSum(gzipSync(LINE.repeat(2_000)))],
    ['is packed in a way that nobody knows', 'br', Buffer.from(LINE)],
    ['is said to be packed and is not', 'deflate', Buffer.from(LINE)],
    ['is packed and does not say so', '', gzipSync(LINE)],
  ])('that %s stays in the clock, and nothing of it is recorded', async (_what, packing, body) => {
    const { port, gateway } = await gatewayAtPort();
    for (let nth = 0; nth < 2; nth += 1) {
      expect((await ask(port, 'POST', ATTLOG, body, packing === '' ? {} : packed(packing))).status).toBe(415);
    }
    expect(gateway.store.occurrences).toEqual([]);
    expect(refusalsOf(gateway)).toMatchObject([{ code: 'push.upload-unreadable' }]);
    expect(gateway.state()).toMatchObject({ refused: 2 });
  });

  test('that would unpack to far more than it may is turned away before it fills the memory', async () => {
    const { port, gateway } = await gatewayAtPort();
    const bomb = gzipSync(Buffer.alloc(96 * 1024 * 1024));
    let peak = 0;
    const before = memoryMiB();
    const sampling = setInterval(() => (peak = Math.max(peak, memoryMiB() - before)), 2);
    const answer = await ask(port, 'POST', ATTLOG, bomb, packed('gzip'));
    clearInterval(sampling);
    expect(answer.status).toBe(413);
    expect(peak).toBeLessThan(40);
    expect(refusalsOf(gateway)).toMatchObject([{ code: 'push.upload-too-large' }]);
  });
});

describe('an upload that cannot be understood', () => {
  test.each([
    ['names no table', ''],
    ['names a table that is empty', '&table='],
    ['names a table twice', '&table=ATTLOG&table=OPERLOG'],
    ['names a table that nobody knows', '&table=ATTLOG2'],
    ['names a part of the access control that nobody knows', '&table=tabledata&tablename=transaction'],
  ])('because it %s is not told OK', async (_what, query) => {
    const { port, gateway } = await gatewayAtPort();
    expect((await ask(port, 'POST', upload(query), LINE)).status).toBe(501);
    expect(refusalsOf(gateway)).toMatchObject([{ code: 'push.table-unknown' }]);
    expect(gateway.state()).toMatchObject({ refused: 1 });
  });

  test('and comes again for ever stops no other table, and is said once', async () => {
    const { port, gateway } = await gatewayAtPort();
    for (let nth = 0; nth < 20; nth += 1) {
      expect((await ask(port, 'POST', upload('&table=POISON'), LINE)).status).toBe(501);
      const line = LINE.replace('1001', String(2_000 + nth));
      expect((await ask(port, 'POST', ATTLOG, line)).text).toBe('OK: 1\n');
    }
    expect((await ask(port, 'POST', upload('&table=OPERLOG'), 'OPLOG 3\t0\t2026-06-01 08:00:00\t55\n')).status).toBe(
      200,
    );
    expect(gateway.punched()).toHaveLength(20);
    expect(gateway.store.occurrences.at(-1)).toMatchObject({ type: 'clock.alarm' });
    expect(refusalsOf(gateway)).toMatchObject([{ code: 'push.table-unknown', table: 'POISON' }]);
    expect(gateway.seen.presence.state).toBe('online');
    expect(gateway.state()).toMatchObject({ refused: 20 });
  });

  test('is told OK after the technician has judged its table', async () => {
    const { port, gateway } = await gatewayAtPort({ dropTables: ['poison'] });
    expect((await ask(port, 'POST', upload('&table=POISON'), LINE)).status).toBe(200);
    expect(gateway.state()).toMatchObject({ dropped: 1 });
    expect(refusalsOf(gateway)).toEqual([]);
  });

  test.each(['ATTLOG', 'operlog', 'RTLOG'])('cannot be judged away where records stand in it (%s)', (table) => {
    const settings = { listen: '127.0.0.1:8081', serial: SERIAL, dropTables: [table] };
    expect(admsConfigSchema.safeParse(settings).error?.issues[0]?.path).toEqual(['dropTables', 0]);
  });
});

test('a line of the log that nobody can read is recorded as it stands, once, before the clock is told OK', async () => {
  const { port, gateway } = await gatewayAtPort();
  const lines = `1001\t01.06.2026 08:00\t0\t1\n${LINE}`;
  for (let nth = 0; nth < 2; nth += 1) expect((await ask(port, 'POST', ATTLOG, lines)).text).toBe('OK: 2\n');
  expect(gateway.store.occurrences.map(({ type, data }) => [type, data['line'] ?? keyOf(data)])).toEqual([
    ['attendance.unreadable', '1001\t01.06.2026 08:00\t0\t1'],
    ['attendance.punched', PUNCH],
  ]);
});

test('an upload that breaks off without a word holds its desk no longer than a breath', async () => {
  const port = await freePort();
  const listen = `127.0.0.1:${port}`;
  const config = admsConfigSchema.parse({ listen, serial: SERIAL });
  const seen = recordingHall(fingerprintClock);
  const clock = pushClock(config, seen.hall);
  const log = collectingLog();
  const limits = { ...HTTP_LIMITS, bodyStallMs: 200 };
  const server = openPushServer({ listen, log, clock: systemClock(), limits });
  const leave = server.join(SERIAL, clock);
  onTestFinished(async () => {
    leave();
    seen.stop();
    clock.stop();
    await server.close();
  });
  await until('the port is open', () => log.lines.some(({ event }) => event === 'push.up'));
  const halfOpen = connect(port, '127.0.0.1');
  const heard: Buffer[] = [];
  halfOpen.on('data', (chunk: Buffer) => heard.push(chunk)).on('error', () => undefined);
  halfOpen.write(`POST ${ATTLOG} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n${LINE}1002\t2026-06-01`);
  await until('the desk is taken', () => halfOpen.bytesWritten > 100);
  expect((await ask(port, 'POST', ATTLOG, LINE)).status).toBe(200);
  await until('the half-open one is closed', () => halfOpen.closed);
  expect(Buffer.concat(heard).toString('latin1')).toMatch(/^HTTP\/1\.1 408 /);
  expect(seen.store.occurrences.map(({ data }) => keyOf(data))).toEqual([PUNCH]);
});

function withWrongSum(gzip: Buffer): Buffer {
  const sum = gzip.length - 8;
  gzip.writeUInt32LE((gzip.readUInt32LE(sum) ^ 1) >>> 0, sum);
  return gzip;
}

function memoryMiB(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1024 / 1024;
}
