/**
 * The simulated clock against two clients from npm that know nothing of it: what they read is what is in it.
 *
 * Defects of theirs that the tests step around (seen in zkteco-js 1.7.2 and node-zklib 1.3.0):
 *  - they take one TCP segment for one answer, so the clock leaves a gap between its frames (`frameGapMs`);
 *  - a data set that is answered at once ends for them after a second of silence, so it is always given in pieces here;
 *  - over UDP they know users of 28 and records of 16 bytes only, and read 16 bits of the user id;
 *  - node-zklib goes over to UDP when TCP is refused; zkteco-js means to, but loses the error code on the way, so its UDP
 *    half is used directly;
 *  - they print to the console.
 */
import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { until } from '../kit/until.ts';
import { startClock, type ClockOptions, type SimulatedClock } from './clock.ts';

interface NpmClient {
  createSocket(): Promise<unknown>;
  disconnect(): Promise<unknown>;
  getInfo(): Promise<{ userCounts: number; logCounts: number; logCapacity: number }>;
  getUsers(): Promise<{ data: { uid: number; userId: string | number; name: string }[] }>;
  getAttendances(): Promise<{ data: Record<string, unknown>[] }>;
  getRealTimeLogs(listener: (log: { userId: string | number; attTime: Date }) => void): Promise<unknown>;
}
/** The UDP half inside zkteco-js. */
interface UdpHalf {
  createSocket(): Promise<unknown>;
  connect(): Promise<unknown>;
}
type NpmClientClass = new (host: string, port: number, timeoutMs: number, ownPort: number) => NpmClient;

const load = createRequire(import.meta.url);
const CLIENTS = [
  { name: 'zkteco-js', Client: load('zkteco-js') as NpmClientClass, userField: 'user_id', timeField: 'record_time' },
  {
    name: 'node-zklib',
    Client: load('node-zklib') as NpmClientClass,
    userField: 'deviceUserId',
    timeField: 'recordTime',
  },
];
const PEOPLE = [
  { uid: 1, userId: '1001', name: 'Li Lei', privilege: 14, password: '1' },
  { uid: 2, userId: '1002', name: 'Han Mei' },
];
/** How long a client waits for an answer: never the reason for a failure on a busy machine. */
const PATIENCE_MS = 12_000;
const COUNT = 130;
const LOG = Array.from({ length: COUNT }, (_, index) => ({
  userId: PEOPLE[index % 2]?.userId ?? '',
  time: `2026-06-0${1 + (index % 9)}T08:${String(index % 60).padStart(2, '0')}:07`,
  verify: 1,
  punch: index % 2,
}));

let clock: SimulatedClock;
let client: NpmClient | undefined;

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(async () => {
  await client?.disconnect().catch(() => undefined);
  client = undefined;
  await clock.close();
  vi.restoreAllMocks();
});

async function connect(Client: NpmClientClass, options: ClockOptions): Promise<NpmClient> {
  clock = await startClock({ users: [...PEOPLE], log: [...LOG], inlineBytesMax: 0, ...options });
  clock.body.quirks.frameGapMs = 10;
  client = new Client(clock.host, clock.port, PATIENCE_MS, 0);
  await (clock.udp && 'zudp' in client ? overUdp(client) : client.createSocket());
  return client;
}

async function overUdp(half: NpmClient & { zudp?: unknown; connectionType?: string }): Promise<void> {
  const udp = half.zudp as UdpHalf;
  await udp.createSocket();
  await udp.connect();
  half.connectionType = 'udp';
}

/** The clients make a Date of local time in the zone of this machine, and one of them prints it. */
const timeOf = (value: unknown) => new Date(value as string | Date).getTime();
const localMs = (text: string) => new Date(text).getTime();

describe.each(CLIENTS)('$name over TCP', ({ Client, userField, timeField }) => {
  test('reads the counters', async () => {
    const reader = await connect(Client, {});
    expect(await reader.getInfo()).toEqual({ userCounts: 2, logCounts: COUNT, logCapacity: 100_000 });
  });

  test('reads the users', async () => {
    const reader = await connect(Client, {});
    const { data } = await reader.getUsers();
    expect(data.map(({ uid, userId, name }) => ({ uid, userId, name }))).toEqual(
      PEOPLE.map(({ uid, userId, name }) => ({ uid, userId, name })),
    );
  });

  test('reads the whole attendance log', async () => {
    const reader = await connect(Client, {});
    const { data } = await reader.getAttendances();
    expect(data.map((record) => [record[userField], timeOf(record[timeField])])).toEqual(
      LOG.map(({ userId, time }) => [userId, localMs(time)]),
    );
  });

  test('hears a punch as it happens', async () => {
    const reader = await connect(Client, { eventLength: 52 });
    const heard: { userId: string | number; attTime: Date }[] = [];
    await reader.getRealTimeLogs((log) => heard.push(log));
    await until('the client listens', () => clock.talks().some(({ talk }) => talk.listening));
    const { time } = clock.punch('1002');
    await until('the punch was heard', () => heard.length > 0);
    expect(heard.map(({ userId, attTime }) => [userId, timeOf(attTime)])).toEqual([['1002', localMs(time)]]);
  });
});

/** A datagram may be lost on a busy machine, and these clients never ask again. */
const DATAGRAMS = { retry: 3 };
const OLD_CLOCK: ClockOptions = { transport: 'udp', userSize: 28, recordSize: 16, eventLength: 10 };

const usersOf = async (reader: NpmClient) =>
  (await reader.getUsers()).data.map(({ uid, userId, name }) => ({ uid, userId: String(userId), name }));
const ENROLLED = PEOPLE.map(({ uid, userId, name }) => ({ uid, userId, name }));

test('node-zklib reads counters, users and the log over UDP', DATAGRAMS, async () => {
  const reader = await connect(load('node-zklib') as NpmClientClass, OLD_CLOCK);
  expect(await reader.getInfo()).toMatchObject({ userCounts: 2, logCounts: COUNT });
  expect(await usersOf(reader)).toEqual(ENROLLED);
  const { data } = await reader.getAttendances();
  expect(data.map((record) => [String(record['deviceUserId']), timeOf(record['recordTime'])])).toEqual(
    LOG.map(({ userId, time }) => [userId, localMs(time)]),
  );
});

// Its chunked read over UDP drops what it read, so the log is out of its reach.
test('zkteco-js reads counters and users over UDP', DATAGRAMS, async () => {
  const reader = await connect(load('zkteco-js') as NpmClientClass, { ...OLD_CLOCK, inlineBytesMax: 1_000 });
  expect(await reader.getInfo()).toMatchObject({ userCounts: 2, logCounts: COUNT });
  expect(await usersOf(reader)).toEqual(ENROLLED);
});

test('a client that asks for templates or clears the log is refused, and counted', async () => {
  const reader = (await connect(load('node-zklib') as NpmClientClass, {})) as NpmClient & {
    executeCmd(command: number, data: string | Buffer): Promise<Buffer>;
    clearAttendanceLog(): Promise<Buffer>;
  };
  const refusals = [await reader.clearAttendanceLog(), await reader.executeCmd(9, Buffer.alloc(3))];
  expect(refusals.map((answer) => answer.readUInt16LE(0))).toEqual([2001, 2001]);
  expect(clock.body.refused).toEqual([15, 9]);
  expect(clock.body.log).toHaveLength(COUNT);
});
