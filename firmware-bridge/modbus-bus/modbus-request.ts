/**
 * What can be asked of a Modbus device, in the words of the specification (MODBUS Application Protocol V1.1b3), and how
 * long its bytes are on a pair of wires.
 */
export type ModbusRequest =
  | { kind: 'read'; table: 'holding' | 'input'; start: number; count: number }
  | { kind: 'write-one'; register: number; value: number }
  | { kind: 'write-many'; start: number; values: readonly number[] };

/** Units that a device can have; 0 is a message to all, which nobody answers. */
export const UNIT_MIN = 1;
export const UNIT_MAX = 247;
export const EVERY_UNIT = 0;
/** Most registers that one request can write (function 16) and read (functions 3 and 4). */
export const WRITE_COUNT_MAX = 123;
export const READ_COUNT_MAX = 125;
export const REGISTER_MAX = 0xffff;

/** Unit, function code, CRC. */
const AROUND_BYTES = 4;
/** Start bit, eight data bits, parity or second stop bit, stop bit. */
const BITS_PER_BYTE = 11;
/** Silence that ends an RTU frame: 3.5 characters, above 19200 baud 1.75 ms (MODBUS over Serial Line V1.02, 2.5.1.1). */
const GAP_CHARACTERS = 3.5;
const GAP_FAST_MS = 1.75;
const GAP_FAST_BAUD = 19_200;

/** Function code of a request. */
export function functionOf(request: ModbusRequest): number {
  switch (request.kind) {
    case 'read':
      return request.table === 'holding' ? 3 : 4;
    case 'write-one':
      return 6;
    case 'write-many':
      return 16;
  }
}

/** Bytes that request and answer together take as RTU frames. */
function bytesOnWires(request: ModbusRequest): number {
  switch (request.kind) {
    case 'read':
      return AROUND_BYTES + 4 + AROUND_BYTES + 1 + 2 * request.count;
    case 'write-one':
      return 2 * (AROUND_BYTES + 4);
    case 'write-many':
      return AROUND_BYTES + 5 + 2 * request.values.length + AROUND_BYTES + 4;
  }
}

/** Milliseconds that request and answer are on the wires. */
export function wireTimeMs(request: ModbusRequest, baudRate: number): number {
  return Math.ceil((bytesOnWires(request) * BITS_PER_BYTE * 1_000) / baudRate);
}

/** Silence to keep between two frames. */
export function frameGapMs(baudRate: number): number {
  return baudRate > GAP_FAST_BAUD ? GAP_FAST_MS : (GAP_CHARACTERS * BITS_PER_BYTE * 1_000) / baudRate;
}
