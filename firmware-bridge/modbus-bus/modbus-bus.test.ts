// What a hall with 131 boards sees of its buses: calls that do not wait for polls, dead boards that hold nobody up, and gateways that
// share their wires without talking at once. Exchanges are counted, not milliseconds.
import { afterEach, describe, expect, it } from 'vitest';
import { lineSettingsSchema, type LineSettings } from '../../gateway/kernel/line-settings.ts';
import { collectingLog } from '../../gateway/kernel/log.ts';
import {
  startModbusBoards,
  type ModbusBoards,
  type ModbusBoardsOptions,
} from '../../simulators/led-board/modbus-board.ts';
import { until } from '../../simulators/kit/until.ts';
import type { BusMember } from './bus-seat.ts';
import { busKey, openModbusBus, type Membership, type ModbusBus } from './modbus-bus.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const TIMES = { responseTimeoutMs: 50, lateAnswerMs: 80, baudRate: 115_200 };
const read = { kind: 'read', table: 'holding', start: 0, count: 1 } as const;
const write = (value: number) => ({ kind: 'write-one', register: 1, value }) as const;
const WRITE = 6;
const READ = 3;

async function segment(options: ModbusBoardsOptions): Promise<ModbusBoards> {
  const boards = await startModbusBoards(options);
  closers.push(() => boards.close());
  return boards;
}

function settingsOf({ lines }: ModbusBoards, nth = 0, more: object = {}): LineSettings {
  const line = lines[nth];
  const framing = line?.type === 'tcp' ? line.modbus.framing : 'rtu';
  return lineSettingsSchema.parse({ ...line, modbus: { framing, ...TIMES, ...more } });
}

function openBus(): ModbusBus {
  const bus = openModbusBus(collectingLog());
  closers.push(() => bus.close());
  return bus;
}

interface Seen {
  well: number;
  troubles: string[];
  member: Membership;
}

function sit(bus: ModbusBus, unit: number, settings: LineSettings, changes: Partial<BusMember> = {}): Seen {
  const seen = { well: 0, troubles: [] as string[] };
  const member = bus.join({
    unit,
    line: 'line-a',
    settings,
    pollMs: 60_000,
    poll: () => read,
    onWell: () => (seen.well += 1),
    onTrouble: ({ code }) => void seen.troubles.push(code),
    ...changes,
  });
  return Object.assign(seen, { member });
}

const range = (count: number, first = 1) => Array.from({ length: count }, (_, index) => first + index);

describe('131 boards on four buses, ten of them dead', () => {
  it('shows each call after the one exchange that is under way, however much is polled', async () => {
    const segments = await Promise.all(
      [33, 33, 33, 32].map((count) => segment({ units: range(count), ports: [{ type: 'tcp', framing: 'rtu' }] })),
    );
    const dead = segments.flatMap((boards) => [boards.board(3), boards.board(11), boards.board(20)]).slice(0, 10);
    for (const board of dead) board.cutPower();
    const halls = segments.map((boards) => {
      const bus = openBus();
      // Due again as soon as they were heard: there is never a moment without a poll.
      const seats = boards.boards.map(({ unit }) => sit(bus, unit, settingsOf(boards), { pollMs: 1 }));
      return { boards, bus, seats };
    });
    const isDead = ({ boards }: { boards: ModbusBoards }, unit: number) => dead.includes(boards.board(unit));
    await until('everybody is known', () =>
      halls.every((hall) =>
        hall.seats.every(({ well, troubles }, index) => (isDead(hall, index + 1) ? troubles.length > 0 : well > 0)),
      ),
    );
    for (let round = 0; round < 5; round += 1) {
      const before = halls.map(({ boards }) => boards.heard.length);
      const units = [5 + round, 12 + round, 25 + round];
      await Promise.all(
        halls.flatMap(({ seats }) =>
          units.flatMap((unit) => seats[unit - 1]?.member.perform(() => [write(round)], { lane: 'call' }) ?? []),
        ),
      );
      for (const [index, { boards }] of halls.entries()) {
        const since = boards.heard.slice(before[index]);
        const calls = since.filter(({ code }) => code === WRITE).map(({ unit }) => unit);
        expect(calls).toEqual(units);
        const lastCall = since.findLastIndex(({ code }) => code === WRITE);
        expect(since.slice(0, lastCall).filter(({ code }) => code === READ).length).toBeLessThanOrEqual(1);
      }
    }
    const asked = (board: (typeof dead)[number]) =>
      halls
        .flatMap(({ boards }) => (boards.boards.includes(board) ? boards.heard : []))
        .filter(({ unit }) => unit === board.unit);
    // Two misses make a board rest; the next look at it is five seconds later.
    for (const board of dead) expect(asked(board).length).toBeLessThanOrEqual(3);
  });
});

describe('a board that does not answer', () => {
  it('rests after two misses: its commands fail at once, and it is used again as soon as it answers', async () => {
    const boards = await segment({ units: [1, 2], ports: [{ type: 'tcp', framing: 'rtu' }] });
    const bus = openBus();
    boards.board(1).cutPower();
    const [one, two] = [1, 2].map((unit) => sit(bus, unit, settingsOf(boards)));
    await until('it rests', () => one?.troubles.length === 1);
    expect(one?.troubles).toEqual(['modbus.no-answer']);
    await expect(one?.member.perform(() => [write(1)], { lane: 'call' })).rejects.toMatchObject({
      code: 'modbus.unit-resting',
    });
    await expect(two?.member.perform(() => [write(1)], { lane: 'call' })).resolves.toEqual([[]]);
    expect(boards.heard.filter(({ unit, code }) => unit === 1 && code === WRITE)).toEqual([]);
    boards.board(1).restorePower();
    await until('it answers its next poll', () => one?.well === 1);
    await expect(one?.member.perform(() => [write(1)], { lane: 'call' })).resolves.toEqual([[]]);
  }, 20_000);

  it('is known behind a gateway that says so itself', async () => {
    const boards = await segment({ units: [1], ports: [{ type: 'tcp', framing: 'tcp' }], gatewayTimeoutMs: 10 });
    const bus = openBus();
    const stranger = sit(bus, 9, settingsOf(boards));
    await until('it rests', () => stranger.troubles.length === 1);
    expect(stranger.troubles).toEqual(['modbus.no-answer']);
  });

  it('costs no other board its line: one that refuses is there all the same', async () => {
    const boards = await segment({ units: [1], ports: [{ type: 'tcp', framing: 'rtu' }] });
    boards.board(1).habits.exception = 2;
    const seat = sit(openBus(), 1, settingsOf(boards));
    await until('it answers', () => seat.well === 1);
    await expect(seat.member.perform(() => [write(1)], { lane: 'call' })).rejects.toMatchObject({
      code: 'modbus.refused',
      facts: { exception: 2, register: 1, unit: 1 },
    });
    expect(seat.troubles).toEqual([]);
  });
});

describe('two gateways on one pair of wires', () => {
  const busyHall = async (sharedBus: string | undefined) => {
    const gateway = { type: 'tcp', framing: 'tcp' } as const;
    const boards = await segment({ units: range(20), ports: [gateway, gateway] });
    for (const board of boards.boards) board.habits.delayMs = 3;
    const buses = new Map<string, ModbusBus>();
    const seats = boards.boards.map(({ unit }) => {
      const settings = settingsOf(boards, unit % 2, sharedBus === undefined ? {} : { bus: sharedBus });
      const line = `gateway-${unit % 2}`;
      const key = busKey(line, settings);
      const bus = buses.get(key) ?? openBus();
      buses.set(key, bus);
      return sit(bus, unit, settings, { line, pollMs: 1 });
    });
    const tell = () => seats.map(({ member }) => member.perform(() => [write(7), write(8)], { lane: 'call' }));
    await Promise.all([...tell(), ...tell()]);
    return { boards, buses };
  };

  it('never carry two requests at once where hall.yaml says that they share it', async () => {
    const { boards, buses } = await busyHall('east');
    expect(buses.size).toBe(1);
    expect(new Set(boards.heard.map(({ port }) => port))).toEqual(new Set([0, 1]));
    expect(boards.heard.filter(({ code }) => code === WRITE)).toHaveLength(80);
    expect(boards.overlaps()).toBe(0);
  });

  it('would carry two at once if it did not', async () => {
    const { boards, buses } = await busyHall(undefined);
    expect(buses.size).toBe(2);
    expect(boards.overlaps()).toBeGreaterThan(0);
  });

  it('refuses a unit that both are said to reach', async () => {
    const boards = await segment({ units: [1], ports: [{ type: 'tcp', framing: 'tcp' }] });
    const bus = openBus();
    const first = sit(bus, 1, settingsOf(boards));
    const second = sit(bus, 1, settingsOf(boards), { line: 'line-b' });
    await until('the second is told', () => second.troubles.length === 1);
    expect(second.troubles).toEqual(['modbus.unit-taken']);
    second.member.leave();
    await expect(first.member.perform(() => [write(1)], { lane: 'call' })).resolves.toEqual([[]]);
  });
});

describe('what waits for the wires', () => {
  it('is sent with calls first, and each job without anything in between', async () => {
    const boards = await segment({ units: [1, 2, 3], ports: [{ type: 'tcp', framing: 'rtu' }] });
    const bus = openBus();
    const seats = [1, 2, 3].map((unit) => sit(bus, unit, settingsOf(boards)));
    const jobs = seats.map(({ member }, index) =>
      member.perform(() => [write(1), write(2)], { lane: index === 2 ? 'call' : 'command' }),
    );
    await Promise.all(jobs);
    const writes = boards.heard.filter(({ code }) => code === WRITE).map(({ unit }) => unit);
    expect(writes).toEqual([3, 3, 1, 1, 2, 2]);
  });

  it('is made when its turn comes, and leaves the queue when nobody waits for it any more', async () => {
    const boards = await segment({ units: [1, 2], ports: [{ type: 'tcp', framing: 'rtu' }] });
    const bus = openBus();
    const [one, two] = [1, 2].map((unit) => sit(bus, unit, settingsOf(boards)));
    const giveUp = new AbortController();
    let newest = 1;
    const first = one?.member.perform(() => [write(newest)], { lane: 'call' });
    const given = two?.member.perform(() => [write(9)], { lane: 'command', signal: giveUp.signal });
    newest = 2;
    giveUp.abort();
    await expect(given).rejects.toMatchObject({ code: 'device.stopped' });
    await first;
    expect(boards.board(1).register(1)).toBe(2);
    await one?.member.perform(() => [read], { lane: 'command' });
    expect(boards.board(2).register(1)).toBe(100);
  });
});

describe('an adapter that hears itself', () => {
  it('is not taken for the board: a write that no board confirms fails', async () => {
    const boards = await segment({ units: [1], ports: [{ type: 'tcp', framing: 'rtu' }] });
    const seat = sit(openBus(), 1, settingsOf(boards, 0, { ownEcho: true }));
    boards.echo = true;
    await expect(seat.member.perform(() => [write(5), read], { lane: 'call' })).resolves.toEqual([[], [0]]);
    boards.board(1).habits.mute = true;
    await expect(seat.member.perform(() => [write(6)], { lane: 'call' })).rejects.toMatchObject({
      code: 'modbus.no-answer',
    });
  });
});
