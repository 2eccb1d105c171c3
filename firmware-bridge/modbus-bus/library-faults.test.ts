// What modbus-serial 8.0.25 does wrong, shown on the library as it comes, and that nothing of it reaches whoever uses our bus.
import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import ModbusSerial from 'modbus-serial';
import { afterEach, describe, expect, it } from 'vitest';
import { lineSettingsSchema } from '../../gateway/kernel/line-settings.ts';
import { collectingLog } from '../../gateway/kernel/log.ts';
import { startModbusBoards, type ModbusBoards } from '../../simulators/led-board/modbus-board.ts';
import { until } from '../../simulators/kit/until.ts';
import { openTcpLine } from '../lines/tcp-line.ts';
import { openModbusBus, type Membership } from './modbus-bus.ts';
import { modbusClient } from './modbus-client.ts';
import { rtuFraming } from './rtu-framing.ts';

const Library = ModbusSerial.default;
type Client = InstanceType<typeof Library>;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const TIMEOUT_MS = 60;
const LATE_MS = 140;
const never = Symbol('never settled');
/** Long after everything that will settle has settled. */
const orNever = (work: Promise<unknown>, waitMs = 400) =>
  Promise.race([work, new Promise((resolve) => setTimeout(() => resolve(never), waitMs))]);

/** Boards behind a serial server, or behind a Modbus TCP gateway. */
async function boards(
  framing: 'rtu' | 'tcp' = 'rtu',
): Promise<{ simulator: ModbusBoards; host: string; port: number }> {
  const simulator = await startModbusBoards({ units: [1, 2], ports: [{ type: 'tcp', framing }] });
  closers.push(() => simulator.close());
  const [line] = simulator.lines;
  if (line?.type !== 'tcp') throw new Error('not reached: the boards are behind TCP');
  return { simulator, host: line.host, port: line.port };
}

/** The library over a socket that carries RTU frames, as its own example has it. */
async function rawClient({ host, port }: { host: string; port: number }): Promise<{ client: Client; socket: Socket }> {
  const socket = connect(port, host);
  await once(socket, 'connect');
  const client = new Library();
  client.on('error', () => undefined);
  closers.push(() => socket.destroy());
  await client.connectRTUSocket(socket);
  client.setTimeout(TIMEOUT_MS);
  client.setID(1);
  return { client, socket };
}

function joined({ simulator }: { simulator: ModbusBoards }, times: object = {}) {
  const bus = openModbusBus(collectingLog());
  closers.push(() => bus.close());
  const settings = lineSettingsSchema.parse({
    ...simulator.lines[0],
    modbus: { framing: 'rtu', baudRate: 115_200, responseTimeoutMs: TIMEOUT_MS, lateAnswerMs: 2 * LATE_MS, ...times },
  });
  const seat = (unit: number): Membership =>
    bus.join({
      unit,
      line: 'bus-a',
      settings,
      pollMs: 60_000,
      poll: () => read(0),
      onWell: () => undefined,
      onTrouble: () => undefined,
    });
  return { bus, seat };
}

const read = (start: number) => ({ kind: 'read', table: 'holding', start, count: 1 }) as const;
const call = { lane: 'call' } as const;

/** Text registers that tell themselves apart: register 20 holds 20, and so on. */
function number(simulator: ModbusBoards): void {
  for (const board of simulator.boards) board.handle(Uint8Array.of(16, 0, 20, 0, 2, 4, 0, 20, 0, 21));
}

describe('a late answer after a time-out', () => {
  it('is taken by the library for the answer to its next request', async () => {
    const rig = await boards();
    number(rig.simulator);
    const { client } = await rawClient(rig);
    rig.simulator.board(1).habits.delayMs = LATE_MS;
    await expect(client.readHoldingRegisters(20, 1)).rejects.toMatchObject({ errno: 'ETIMEDOUT' });
    client.setTimeout(1_000);
    await expect(client.readHoldingRegisters(21, 1)).resolves.toMatchObject({ data: [20] });
  });

  it('is waited for and thrown away on our bus', async () => {
    const rig = await boards();
    number(rig.simulator);
    const { seat } = joined(rig, { responseTimeoutMs: 200, lateAnswerMs: 500 });
    const board = seat(1);
    await board.perform(() => [read(20)], call);
    const { habits } = rig.simulator.board(1);
    habits.delayMs = 270;
    const registers = [20, 21];
    // The second attempt asks for another register, and would be under way when the first answer comes.
    const asked = board.perform(() => [read(registers.shift() ?? 0)], call);
    await until(
      'the slow request was heard',
      () => rig.simulator.heard.filter(({ start }) => start === 20).length === 2,
    );
    habits.delayMs = 120;
    await expect(asked).resolves.toEqual([[21]]);
  });

  it('comes while the wires are left alone: nothing else is asked before', async () => {
    const rig = await boards();
    const { seat } = joined(rig);
    await seat(2).perform(() => [read(20)], call);
    rig.simulator.board(1).habits.mute = true;
    const begunMs = performance.now();
    void seat(1)
      .perform(() => [read(20)], call)
      .catch(() => undefined);
    await until('it was asked twice', () => rig.simulator.heard.filter(({ unit }) => unit === 1).length >= 2);
    expect(performance.now() - begunMs).toBeGreaterThanOrEqual(2 * LATE_MS);
  });
});

describe('two calls at the same time', () => {
  it('are mixed up by the library: one times out, the other gets its value', async () => {
    const rig = await boards();
    number(rig.simulator);
    const { client } = await rawClient(rig);
    rig.simulator.board(1).habits.delayMs = 10;
    const outcomes = await Promise.allSettled([
      client.readHoldingRegisters(20, 1),
      orNever(client.readHoldingRegisters(21, 1)),
    ]);
    expect(outcomes[0].status).toBe('rejected');
    expect(outcomes[1]).not.toMatchObject({ value: { data: [21] } });
  });

  it('are done one after the other on our bus', async () => {
    const rig = await boards();
    number(rig.simulator);
    for (const board of rig.simulator.boards) board.habits.delayMs = 10;
    const { seat } = joined(rig);
    const [one, two] = [seat(1), seat(2)];
    const asked = [one, two, one, two].map((board, nth) => board.perform(() => [read(20 + (nth % 2))], call));
    await expect(Promise.all(asked)).resolves.toEqual([[[20]], [[21]], [[20]], [[21]]]);
    expect(rig.simulator.overlaps()).toBe(0);
  });
});

describe('destroying a client while it waits', () => {
  it("leaves the library's promise open for ever", async () => {
    const rig = await boards();
    rig.simulator.board(1).habits.mute = true;
    const { client } = await rawClient(rig);
    const asked = client.readHoldingRegisters(20, 1);
    client.destroy(() => undefined);
    await expect(orNever(asked)).resolves.toBe(never);
  });

  it('settles our call all the same', async () => {
    const rig = await boards();
    rig.simulator.board(1).habits.mute = true;
    const line = await openTcpLine({ host: rig.host, port: rig.port, connectTimeoutMs: 1_000 });
    closers.push(() => line.close());
    const client = modbusClient(Library, line, rtuFraming({ ownEcho: false }));
    const asked = client.ask(1, read(20), TIMEOUT_MS);
    client.close();
    await expect(asked).rejects.toMatchObject({ code: 'modbus.no-answer' });
  });
});

describe('closing after the other side has closed', () => {
  it('is never confirmed by the library', async () => {
    const rig = await boards('tcp');
    const client = new Library();
    client.on('error', () => undefined);
    await client.connectTCP(rig.host, { port: rig.port });
    const closed = new Promise((resolve) => client.on('close', () => resolve(undefined)));
    await rig.simulator.pullCable();
    await closed;
    await expect(orNever(new Promise((resolve) => client.close(resolve)))).resolves.toBe(never);
  });

  it('ends our bus at once', async () => {
    const rig = await boards();
    const { bus, seat } = joined(rig);
    await seat(1).perform(() => [read(20)], call);
    await rig.simulator.pullCable();
    await expect(orNever(bus.close().then(() => 'closed'))).resolves.toBe('closed');
  });
});

describe('the other side goes away while a call waits', () => {
  it("shows in the library only when the call's time is over, and the client stays dead", async () => {
    const rig = await boards('tcp');
    rig.simulator.board(1).habits.mute = true;
    const client = new Library();
    client.on('error', () => undefined);
    client.setTimeout(300);
    await client.connectTCP(rig.host, { port: rig.port });
    const begunMs = performance.now();
    const asked = client.readHoldingRegisters(20, 1);
    asked.catch(() => undefined);
    await until('it was heard', () => rig.simulator.heard.length > 0);
    await rig.simulator.pullCable();
    await expect(asked).rejects.toMatchObject({ errno: 'ETIMEDOUT' });
    expect(performance.now() - begunMs).toBeGreaterThanOrEqual(290);
    await rig.simulator.plugIn();
    await expect(orNever(client.readHoldingRegisters(20, 1))).rejects.toMatchObject({ message: 'Port Not Open' });
  });

  it('fails our call at once, and the bus comes back by itself with a fresh client', async () => {
    const rig = await boards();
    const { seat } = joined(rig);
    const board = seat(1);
    await board.perform(() => [read(20)], call);
    rig.simulator.board(1).habits.mute = true;
    const asked = board.perform(() => [read(21)], call);
    asked.catch(() => undefined);
    await until('it was heard', () => rig.simulator.heard.at(-1)?.start === 21);
    await rig.simulator.pullCable();
    await expect(asked).rejects.toMatchObject({ code: 'line.lost' });
    rig.simulator.board(1).habits.mute = false;
    await rig.simulator.plugIn();
    await until('the board answers again', () => board.perform(() => [read(20)], call).catch(() => undefined));
  });
});

describe('a message to all units', () => {
  it('is waited for by the library although nobody answers it', async () => {
    const rig = await boards();
    const { client } = await rawClient(rig);
    client.setID(0);
    await expect(client.writeRegister(1, 5)).rejects.toMatchObject({ errno: 'ETIMEDOUT' });
    expect(rig.simulator.board(2).register(1)).toBe(5);
  });

  it('is sent on our bus without waiting for an answer, and the next request leaves the boards time to take it in', async () => {
    const rig = await boards();
    const { seat } = joined(rig);
    const board = seat(1);
    await board.perform(() => [read(20)], call);
    await board.tellAll({ kind: 'write-one', register: 1, value: 7 }, call);
    await board.perform(() => [read(20)], call);
    expect(rig.simulator.boards.map((each) => each.register(1))).toEqual([7, 7]);
    const [told, next] = rig.simulator.heard.slice(-2);
    expect(told?.unit).toBe(0);
    expect((next?.atMs ?? 0) - (told?.atMs ?? 0)).toBeGreaterThanOrEqual(95);
  });
});

describe('a device that confirms another register than the one that was written', () => {
  it('is believed by the library', async () => {
    const rig = await boards();
    rig.simulator.board(1).habits.wrongEcho = true;
    const { client } = await rawClient(rig);
    await expect(client.writeRegisters(20, [1, 2])).resolves.toMatchObject({ address: 21 });
  });

  it('is not believed by us', async () => {
    const rig = await boards();
    rig.simulator.board(1).habits.wrongEcho = true;
    const { seat } = joined(rig);
    const written = seat(1).perform(() => [{ kind: 'write-many', start: 20, values: [1, 2] }], call);
    await expect(written).rejects.toMatchObject({ code: 'modbus.garbled' });
  });
});

describe('an error of the port', () => {
  it('is thrown by the library where nobody listens to it', async () => {
    const { host, port } = await boards();
    const socket = connect(port, host);
    await once(socket, 'connect');
    closers.push(() => socket.destroy());
    const client = new Library();
    await client.connectRTUSocket(socket);
    expect(() => socket.emit('error', new Error('the port failed'))).toThrow('the port failed');
  });

  it('is heard by our client, which goes on', async () => {
    const rig = await boards();
    const line = await openTcpLine({ host: rig.host, port: rig.port, connectTimeoutMs: 1_000 });
    closers.push(() => line.close());
    let emit: ((error: Error) => void) | undefined;
    class WatchedLibrary extends Library {
      constructor(port: unknown) {
        super(port);
        if (port instanceof EventEmitter) emit = (error) => void port.emit('error', error);
      }
    }
    const client = modbusClient(WatchedLibrary, line, rtuFraming({ ownEcho: false }));
    emit?.(new Error('the port failed'));
    await expect(client.ask(1, read(20), 1_000)).resolves.toEqual([0]);
  });
});
