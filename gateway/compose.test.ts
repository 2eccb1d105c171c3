/**
 * The whole gateway on real wires: what one part meets, the rest of the hall does not feel.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startCommandSender } from '../simulators/central/command-sender.ts';
import { until } from '../simulators/kit/until.ts';
import { hear, openHall, PASSWORD } from './testing-gateway.ts';

describe('the whole gateway', () => {
  test('brings a key press and a punch to the local broker and to the centre, once and in order', async () => {
    const hall = await openHall();
    const gateway = await hall.open();
    const local = await hear(gateway.brokerPort);
    expect(await hall.bus.press(1, 5)).toBe('acknowledged');
    hall.clock.punch('1001');
    await until('both are with the centre', () => hall.recordsAtCentre().length === 2);
    expect(
      hall
        .recordsAtCentre()
        .map(({ type }) => type)
        .sort(),
    ).toEqual(['hall.attendance.punched.v1', 'hall.evaluation.submitted.v1']);
    await until('both were said locally', () => hall.recordsAtCentre().every(({ id }) => local.includes(id)));
    expect(hall.consumer.verdict()).toMatchObject({ ok: true, repeats: 0 });
  });

  test('tells health, status, inventory and states on both brokers', async () => {
    const hall = await openHall();
    const gateway = await hall.open();
    const client = await hall.desk(gateway.brokerPort);
    const local = new Set<string>();
    client.on('message', (topic) => local.add(topic));
    await client.subscribeAsync(['hall/v1/north/gateway/gw-1/+', 'hall/v1/north/+/+/state']);
    const wanted = [
      'gateway/gw-1/status',
      'gateway/gw-1/inventory',
      'gateway/gw-1/health',
      'evaluator/evaluator-1/state',
    ];
    for (const topic of wanted.map((end) => `hall/v1/north/${end}`)) {
      await until(`the centre has ${topic}`, () => hall.consumer.latest(topic) !== undefined);
    }
    for (const topic of wanted.filter((end) => !end.endsWith('health')).map((end) => `hall/v1/north/${end}`)) {
      await until(`the hall has ${topic}`, () => local.has(topic));
    }
  });

  test('answers commands that are unknown, malformed or for an absent device, and carries out the others', async () => {
    const hall = await openHall({ clockPulled: true });
    const gateway = await hall.open();
    const sender = await startCommandSender({
      url: `mqtt://127.0.0.1:${gateway.brokerPort}`,
      hall: 'north',
      clientId: 'desk',
      username: 'desk',
      password: PASSWORD,
    });
    onTestFinished(() => sender.close());
    await until('the bus is up', () => hall.logged('line.up'));
    const last = async (kind: string, device: string, name: string, data: Record<string, unknown>) =>
      (await sender.sendCommand(kind, device, name, data)).at(-1);
    expect(await last('evaluator', 'evaluator-1', 'show-ticket', { ticketNumber: 'A023' })).toMatchObject({
      status: 'done',
    });
    expect(await last('evaluator', 'evaluator-1', 'explode', {})).toMatchObject({ status: 'rejected' });
    expect(await last('evaluator', 'evaluator-1', 'show-waiting', { count: 5_000 })).toMatchObject({
      status: 'rejected',
      error: { message: expect.stringContaining('count') as unknown },
    });
    expect(await last('evaluator', 'evaluator-99', 'beep', {})).toMatchObject({ status: 'rejected' });
    expect(await last('fingerprint-clock', 'clock-1', 'set-time', {})).toMatchObject({ status: 'failed' });
    expect(hall.bus.device(1).display).toContain('023');
  });

  test('a line full of noise, a dead serial server and a clock that hangs cost the other window nothing', async () => {
    const hall = await openHall({ deadLine: true });
    hall.clock.hang();
    await hall.open();
    const noise = setInterval(() => hall.bus.noise(64), 50);
    onTestFinished(() => clearInterval(noise));
    for (const key of [5, 4, 3]) expect(await hall.bus.press(2, key)).toBe('acknowledged');
    await hall.judged(3);
    expect(hall.recordsAtCentre().map(({ data }) => data['level'])).toEqual([5, 4, 3]);
  });

  test('starts over a database that is garbage, keeps it aside, and takes records', async () => {
    const hall = await openHall();
    await mkdir(hall.dataDirectory, { recursive: true });
    await writeFile(join(hall.dataDirectory, 'spool.db'), 'this is no database '.repeat(1_000));
    await hall.open();
    expect(await hall.bus.press(1, 4)).toBe('acknowledged');
    await hall.judged(1);
    expect((await readdir(hall.dataDirectory)).some((name) => name.startsWith('spool.db.broken-'))).toBe(true);
  });

  test.skipIf(process.getuid?.() !== 0)(
    'does not acknowledge while the disk is full, goes on with everything else, and catches up when there is room',
    async () => {
      const hall = await openHall({ tmpfsMiB: 6 });
      const gateway = await hall.open();
      expect(await hall.bus.press(1, 5)).toBe('acknowledged');
      await writeFile(join(hall.dataDirectory, 'filler'), Buffer.alloc(32 * 1_048_576)).catch(() => undefined);
      const flood = Array.from({ length: 400 }, (_, nth) => hall.clock.punch('1001', { time: clockText(nth) }));
      await until('the disk refuses', () => hall.logged('spool.trouble'), 30_000);
      const press = hall.bus.press(2, 3);
      const client = await hall.desk(gateway.brokerPort);
      expect(client.connected).toBe(true);
      expect(hall.bus.truth.at(-1)?.outcome).toBeUndefined();
      await rm(join(hall.dataDirectory, 'filler'));
      expect(await press).toBe('acknowledged');
      await until('everything is with the centre', () => hall.recordsAtCentre().length === flood.length + 2, 30_000);
      expect(hall.consumer.verdict()).toMatchObject({ ok: true });
    },
    90_000,
  );

  test('says which port is taken and what to change, and leaves nothing open', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void squatter.close());
    await until('the squatter listens', () => squatter.address() !== null);
    const address = squatter.address();
    const hall = await openHall({ brokerPort: typeof address === 'object' && address ? address.port : 0 });
    await expect(hall.open()).rejects.toMatchObject({ code: 'broker.port-taken', remedy: 'operator' });
    expect(hall.logged('gateway.stopped')).toBe(true);
  });

  test('goes on in the hall when there is no centre at all', async () => {
    const hall = await openHall({ noCentre: true });
    const gateway = await hall.open();
    const local = await hear(gateway.brokerPort);
    expect(await hall.bus.press(1, 5)).toBe('acknowledged');
    await until('the mark was said in the hall', () => local.length > 0);
  });

  test('shows no password in any log line or message', async () => {
    const hall = await openHall();
    const gateway = await hall.open();
    await hall.desk(gateway.brokerPort);
    await expect(
      connectAsync(`mqtt://127.0.0.1:${gateway.brokerPort}`, {
        username: 'desk',
        clientId: 'desk',
        password: `${PASSWORD}x`,
        reconnectPeriod: 0,
      }),
    ).rejects.toThrow();
    await until('the centre has the inventory', () =>
      hall.consumer.topics().some((topic) => topic.endsWith('inventory')),
    );
    const everything = JSON.stringify([hall.lines, hall.consumer.topics().map((topic) => hall.consumer.latest(topic))]);
    expect(everything).not.toContain(PASSWORD);
  });
});

function clockText(nth: number): string {
  return new Date(Date.UTC(2026, 5, 1, 8, 0, nth)).toISOString().slice(0, 19);
}
