// The simulated boards before judges that know nothing of this project: Debian's mbpoll (libmodbus) and npm's jsmodbus.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { client as jsmodbus } from 'jsmodbus';
import { afterEach, describe, expect, it } from 'vitest';
import { requireTool } from '../kit/tools.ts';
import { crcBytes } from './modbus-frames.ts';
import { startModbusBoards, type BoardPort, type ModbusBoards } from './modbus-board.ts';

const run = promisify(execFile);
const mbpoll = requireTool('mbpoll');
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function boards(port: BoardPort, units: readonly number[] = [5]): Promise<ModbusBoards> {
  const simulator = await startModbusBoards({ units, ports: [port] });
  closers.push(() => simulator.close());
  return simulator;
}

/** "请A1" in GB2312, two bytes a register. */
const TEXT = [0xc7eb, 0x4131];

describe('the boards, spoken to by jsmodbus over TCP', () => {
  it('take a text, show it, and give it back', async () => {
    const simulator = await boards({ type: 'tcp', framing: 'tcp' }, [5, 6]);
    const [line] = simulator.lines;
    if (line?.type !== 'tcp') throw new Error('not reached: the boards are behind TCP');
    const socket = connect(line.port, line.host);
    closers.push(() => socket.destroy());
    const client = new jsmodbus.TCP(socket, 6, 2_000);
    await once(socket, 'connect');
    await client.writeMultipleRegisters(16, TEXT);
    await client.writeSingleRegister(5, 4);
    await client.writeSingleRegister(0, 1);
    expect(simulator.board(6).shown.text).toBe('请A1');
    expect(simulator.board(5).shown.text).toBe('');
    const { response } = await client.readHoldingRegisters(16, 2);
    expect(response.body.valuesAsArray).toEqual(TEXT);
    await expect(client.readHoldingRegisters(9_000, 1)).rejects.toMatchObject({ response: { body: { code: 2 } } });
    await expect(client.writeSingleRegister(1, 101)).rejects.toMatchObject({ response: { body: { code: 3 } } });
  });
});

describe.skipIf(!mbpoll)('the boards, spoken to by mbpoll', () => {
  const poll = (...args: string[]) => run(mbpoll ?? '', ['-1', '-0', '-q', '-o', '2', ...args], { timeout: 10_000 });

  it.each([
    ['serial port', { type: 'pty' }],
    ['Modbus TCP gateway', { type: 'tcp', framing: 'tcp' }],
  ] as const)('take a text and give it back behind a %s', async (_name, port) => {
    const simulator = await boards(port);
    const [line] = simulator.lines;
    const way =
      line?.type === 'tcp'
        ? ['-m', 'tcp', '-p', String(line.port), line.host]
        : ['-m', 'rtu', '-b', '9600', '-P', 'none', line?.path ?? ''];
    const registers = ['-a', '5', '-t', '4'];
    await poll(...registers, '-r', '16', ...way, ...TEXT.map(String));
    await poll(...registers, '-r', '5', ...way, '4');
    await poll(...registers, '-r', '0', ...way, '1');
    expect(simulator.board(5).shown.text).toBe('请A1');
    const { stdout } = await poll(...registers, '-r', '16', '-c', '2', ...way);
    expect(stdout).toMatch(/\[16\]:\s+(51179|-14357)\b/);
    expect(stdout).toMatch(/\[17\]:\s+16689\b/);
    await expect(poll(...registers, '-r', '9000', '-c', '1', ...way)).rejects.toThrow(/Illegal data address/);
  });
});

describe("the simulator's own checksum", () => {
  it('is that of the specification', () => {
    // MODBUS over Serial Line V1.02, 6.2.2: unit 2, function 7.
    expect([...crcBytes(Uint8Array.of(0x02, 0x07))]).toEqual([0x41, 0x12]);
  });
});
