/**
 * The port of the clocks: shared, tried again when it cannot be opened, closed to strangers, unimpressed by the hostile.
 */
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { request } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../gateway/kernel/clock.ts';
import { collectingLog } from '../../gateway/kernel/log.ts';
import { freePort } from '../../gateway/testing-gateway.ts';
import { until } from '../../simulators/kit/until.ts';
import type { SharedThings } from '../recording-hall.ts';
import { HTTP_LIMITS } from './adms-http.ts';
import { bodyLines } from './adms-lines.ts';
import { openPushServer, type PushMember } from './adms-server.ts';
import { ask, keyOf, punches, pushGateway, pushingClock, SERIAL } from '../testing-push-hall.ts';

const OTHER = 'AAAA000000001';
const poll = (serial: string) => `/iclock/getrequest?SN=${serial}`;
const upload = (table: string, serial = SERIAL) => `/iclock/cdata?SN=${serial}&table=${table}&Stamp=9999`;

describe('the port', () => {
  test('is shared by the clocks of one address, opened by the first and closed after the last', async () => {
    const shared: SharedThings = new Map();
    const one = await pushingClock({ log: punches(20) });
    const two = await pushingClock({ port: one.port, serial: OTHER, log: punches(20, '2002') });
    const first = pushGateway(one.port, { shared });
    const second = pushGateway(one.port, { shared, settings: { serial: OTHER } });
    await until('both are handed over', () => one.body.handedOver() + two.body.handedOver() === 40);
    expect(first.punched()).toEqual(one.body.truth.map(keyOf));
    expect(second.punched()).toEqual(two.body.truth.map(keyOf));
    await first.stop();
    two.punch('2002');
    await until('the other goes on', () => second.punched().length === 21);
    await second.stop();
    await until('the port is closed', () =>
      ask(one.port, 'GET', poll(OTHER)).then(
        () => false,
        () => true,
      ),
    );
  });

  test('that another program has is said, and opened as soon as it is free', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const address = squatter.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const gateway = pushGateway(port);
    await until('it is said', () => gateway.seen.presence.state === 'offline');
    expect(gateway.seen.presence).toMatchObject({ reason: { code: 'push.port-taken' } });
    squatter.close();
    const clock = await pushingClock({ port });
    await until('the clock is there', () => gateway.seen.presence.state === 'online');
    await until('it was answered', () => clock.answers.includes(200));
    expect(gateway.seen.log.filter(({ event }) => event === 'push.down')).toHaveLength(1);
  });

  test('on an address that the box does not have is said', async () => {
    const gateway = pushGateway(8_081, { settings: { listen: '192.168.255.254:8081' } });
    await until('it is said', () => gateway.seen.presence.state === 'offline');
    expect(gateway.seen.presence).toMatchObject({ reason: { code: 'push.address-missing' } });
  });
});

describe('a clock that is not in hall.yaml', () => {
  test('is refused, shown to the technician, and hands over everything once it is entered', async () => {
    const shared: SharedThings = new Map();
    const clock = await pushingClock({ log: punches(7), serial: OTHER });
    const gateway = pushGateway(clock.port, { shared });
    await until('it is shown', () => gateway.state()['candidates'] !== undefined);
    expect(gateway.state()['candidates']).toEqual([{ serial: OTHER, address: '127.0.0.1' }]);
    await until('it was refused again', () => clock.answers.filter((code) => code === 403).length > 2);
    expect(gateway.seen.log.filter(({ event }) => event === 'clock.unknown-serial')).toHaveLength(1);
    expect(clock.body.handedOver()).toBe(0);
    const entered = pushGateway(clock.port, { shared, settings: { serial: OTHER } });
    await until('all is handed over', () => clock.body.handedOver() === 7);
    expect(entered.punched()).toEqual(clock.body.truth.map(keyOf));
    expect(gateway.state()['candidates']).toEqual([]);
  });

  test('and a thousand others make a short list', async () => {
    const port = await freePort();
    const gateway = pushGateway(port);
    await until('the port is open', () => gateway.logged('push.up'));
    for (let nth = 0; nth < 60; nth += 1) expect((await ask(port, 'GET', poll(`STRANGER${nth}`))).status).toBe(403);
    expect(gateway.state()['candidates']).toHaveLength(16);
    expect(gateway.seen.log.filter(({ event }) => event === 'clock.unknown-serial')).toHaveLength(16);
  });
});

describe('a clock with sloppy headers', () => {
  test.each(['', 'text', ';', 'text/plain, text/html'])('that calls its punches %j hands them over', async (type) => {
    const port = await freePort();
    const gateway = pushGateway(port);
    await until('the port is open', () => gateway.logged('push.up'));
    const line = '1001\t2026-06-01 08:00:00\t0\t1\n';
    const headers = { 'Content-Type': type, 'Content-Length': String(line.length) };
    const answer = await ask(port, 'POST', `/iclock/cdata?SN=${SERIAL}&table=ATTLOG`, line, headers);
    expect(answer).toMatchObject({ status: 200, text: 'OK: 1\n' });
    expect(gateway.punched()).toEqual(['1001 2026-06-01T08:00:00']);
  });

  test('that does not name the host is answered', async () => {
    const port = await freePort();
    const gateway = pushGateway(port);
    await until('the port is open', () => gateway.logged('push.up'));
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write(`GET ${poll(SERIAL)} HTTP/1.1\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });
});

describe('what is not acceptable', () => {
  test('gets a clear answer, and clocks go on', async () => {
    const clock = await pushingClock();
    const gateway = pushGateway(clock.port);
    await until('the clock is there', () => gateway.seen.presence.state === 'online');
    const statusOf = async (method: string, path: string, body?: string) =>
      (await ask(clock.port, method, path, body)).status;
    expect(await statusOf('GET', '/')).toBe(404);
    expect(await statusOf('GET', '/iclock/shell?SN=1')).toBe(404);
    expect(await statusOf('DELETE', poll(SERIAL))).toBe(404);
    expect(await statusOf('GET', '/iclock/getrequest')).toBe(400);
    expect(await statusOf('GET', '/iclock/getrequest?SN=a%00b&SN=c')).toBe(400);
    expect(await statusOf('GET', '/iclock/getrequest?SN=%E0%A4%A')).toBe(400);
    expect(await statusOf('GET', `/iclock/getrequest?SN=${'A'.repeat(9_000)}`)).toBe(431);
    expect(await statusOf('POST', upload('ATTLOG'), '\u0000\n\n\r\n{}')).toBe(200);
    expect((await ask(clock.port, 'GET', poll(SERIAL))).text).toBe('OK\n');
    clock.punch('1001');
    await until('the clock goes on', () => clock.body.handedOver() === 1);
    expect(gateway.punched()).toHaveLength(1);
  });

  test('is a body beyond the limit', async () => {
    const clock = await pushingClock();
    const gateway = pushGateway(clock.port);
    await until('the clock is there', () => gateway.seen.presence.state === 'online');
    const answer = await ask(clock.port, 'POST', upload('ATTPHOTO'), Buffer.alloc(10 * 1024 * 1024 + 1)).catch(
      () => undefined,
    );
    expect(answer?.status ?? 413).toBe(413);
    await until('it was said', () => gateway.logged('clock.upload-refused'));
    clock.punch('1001');
    await until('the clock goes on', () => clock.body.handedOver() === 1);
  });

  test('is taking for ever over a request, or holding many connections', async () => {
    const port = await freePort();
    const limits = {
      ...HTTP_LIMITS,
      headersTimeoutMs: 300,
      requestTimeoutMs: 600,
      checkMs: 50,
      connectionsPerAddressMax: 4,
    };
    const log = collectingLog();
    const server = openPushServer({ listen: `127.0.0.1:${port}`, log, clock: systemClock(), limits });
    onTestFinished(() => server.close());
    await until('the port is open', () => log.lines.some(({ event }) => event === 'push.up'));
    let open = 0;
    const begin = (text: string) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      open += 1;
      socket
        .on('error', () => undefined)
        .on('close', () => (open -= 1))
        .resume();
    };
    for (let nth = 0; nth < 20; nth += 1) begin('GET /iclock/getreq');
    await until('too many are turned away', () => open <= 4);
    await until('the slow are cut off', () => open === 0);
    const leave = server.join(SERIAL, reader());
    begin(`POST ${upload('ATTLOG')} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc`);
    expect((await ask(port, 'POST', upload('ATTLOG'), 'a\nb\n')).text).toBe('2\n');
    await until('the slow body is cut off', () => open === 0);
    leave();
    expect((await ask(port, 'GET', poll(SERIAL))).status).toBe(403);
  });
});

test('eight clocks that upload photos at once do not fill the memory', async () => {
  const port = await freePort();
  const shared: SharedThings = new Map();
  const serials = Array.from({ length: 8 }, (_, nth) => `CLOCK${nth}`);
  const gateways = serials.map((serial) => pushGateway(port, { shared, settings: { serial } }));
  await until('the port is open', () => gateways[0]?.logged('push.up'));
  const piece = Buffer.alloc(64 * 1024, 7);
  const before = memoryMiB();
  let peak = before;
  const sampling = setInterval(() => (peak = Math.max(peak, memoryMiB())), 2);
  const statuses = await Promise.all(serials.map((serial) => sendPieces(port, serial, piece, 150)));
  clearInterval(sampling);
  expect(statuses).toEqual(serials.map(() => 200));
  for (const gateway of gateways) expect(gateway.state()).toMatchObject({ dropped: 1 });
  expect(peak - before).toBeLessThan(40);
});

/** A clock's side of the port that only counts lines. */
function reader(): PushMember {
  return {
    async answer({ body }) {
      let count = 0;
      for await (const lines of bodyLines(body, 1_000)) count += lines.length;
      return { status: 200, text: String(count) };
    },
    onUp: () => undefined,
    onDown: () => undefined,
    onCandidates: () => undefined,
  };
}

function memoryMiB(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1024 / 1024;
}

/** Sends a photo of so many pieces, no faster than it is taken; 75 MB in all for eight of 150. */
function sendPieces(port: number, serial: string, piece: Buffer, count: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-length': piece.length * count };
    const sending = request({
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: upload('ATTPHOTO', serial),
      agent: false,
      headers,
    });
    sending.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sending.on('error', reject);
    let left = count;
    const write = () => {
      while (left > 0) {
        left -= 1;
        if (!sending.write(piece)) {
          sending.once('drain', write);
          return;
        }
      }
      sending.end();
    };
    write();
  });
}
