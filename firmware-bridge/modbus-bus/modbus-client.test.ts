// A bus is asked several times a second for months, on a line that may never drop.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import ModbusSerial from 'modbus-serial';
import { expect, it } from 'vitest';
import type { HallError } from '../../gateway/kernel/errors.ts';
import { deferred } from '../../gateway/kernel/waiting.ts';
import type { Line } from '../lines/line.ts';
import { modbusClient } from './modbus-client.ts';
import { rtuFraming } from './rtu-framing.ts';

const ASKED = 5_000;
/** Far below one object for each question. */
const GROWTH_BYTES_MAX = 500_000;

/** A line to a board that confirms at once what it is told to write: its answer is the request. */
function mirror(): Line & { drop(): void } {
  const dropped = deferred<HallError | undefined>();
  let hear: (chunk: Uint8Array) => void = () => undefined;
  return {
    name: 'mirror',
    onData(listener) {
      hear = listener;
      return () => undefined;
    },
    write(bytes) {
      setImmediate(() => hear(bytes));
      return Promise.resolve();
    },
    dropped: dropped.promise,
    close: () => Promise.resolve(),
    drop: () => dropped.resolve(undefined),
  };
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
  return process.memoryUsage().heapUsed;
}

it('a line that never drops keeps nothing of the questions that were asked on it', async () => {
  const client = modbusClient(ModbusSerial.default, mirror(), rtuFraming({ ownEcho: false }));
  const ask = async () => {
    for (let nth = 0; nth < ASKED; nth += 1) await client.ask(1, { kind: 'write-one', register: 1, value: 1 }, 1_000);
  };
  await ask();
  const before = heapBytes();
  await ask();
  expect(heapBytes() - before).toBeLessThan(GROWTH_BYTES_MAX);
  client.close();
});

it('a question on a line that has dropped is answered at once with its reason', async () => {
  const line = mirror();
  const client = modbusClient(ModbusSerial.default, line, rtuFraming({ ownEcho: false }));
  line.drop();
  await line.dropped;
  const asked = client.ask(1, { kind: 'read', table: 'holding', start: 1, count: 1 }, 60_000);
  await expect(asked).rejects.toMatchObject({ code: 'line.lost' });
});
