/**
 * One `modbus-serial` client over one open line, made safe: its calls always settle, its answers are held against what was
 * asked, and it is never used again after its line dropped.
 */
import type ModbusSerial from 'modbus-serial';
import { HallError, textOf, type ErrorCode } from '../../gateway/kernel/errors.ts';
import { withDeadline } from '../../gateway/kernel/waiting.ts';
import type { Line } from '../lines/line.ts';
import { clientPort, type Framing } from './client-port.ts';
import { EVERY_UNIT, functionOf, type ModbusRequest } from './modbus-request.ts';

export interface ModbusClient {
  /**
   * Asks one thing; one call at a time. Resolves with the registers read, or with nothing for a write that was confirmed
   * (a message to all units is confirmed by nobody: it resolves at once).
   *
   * @throws HallError `modbus.no-answer`, `modbus.garbled`, `modbus.busy`, `modbus.refused`, or the line's reason.
   */
  ask(unit: number, request: ModbusRequest, deadlineMs: number): Promise<readonly number[]>;
  /** Lets go of the library's client; the line is its owner's to close. */
  close(): void;
}

/** What `import('modbus-serial')` gives. */
export type ModbusLibrary = { new (port: unknown): InstanceType<typeof ModbusSerial.default> };
type LibraryClient = InstanceType<ModbusLibrary>;

/** The library's own time-out comes first; ours is for the cases in which it forgets its promise. */
const BACKSTOP_MS = 50;

/** Exceptions with which a gateway says that it got nothing from the device (0Ah, 0Bh). */
const GATEWAY_EXCEPTIONS: readonly number[] = [0x0a, 0x0b];
/** "Acknowledge" and "busy": ask again later. */
const BUSY_EXCEPTIONS: readonly number[] = [5, 6];

/** A client over a line that was opened just now. */
export function modbusClient(library: ModbusLibrary, line: Line, framing: Framing): ModbusClient {
  const client = new library(clientPort(line, framing));
  // Without a listener an error of the library ends the process; the line tells the same through `dropped`.
  client.on('error', () => undefined);
  client.open();
  let lost: HallError | undefined;
  let giveUp: (reason: HallError) => void = () => undefined;
  void line.dropped.then((reason) => {
    lost = reason ?? new HallError('line.lost', { facts: { line: line.name } });
    giveUp(lost);
  });
  /** Not a race with `dropped`: that promise lives as long as the line, and would keep every call that ever raced it. */
  const unlessLost = (answer: Promise<readonly number[]>) =>
    new Promise<readonly number[]>((resolve, reject) => {
      giveUp = reject;
      if (lost) reject(lost);
      answer.then(resolve, reject);
    });
  return {
    async ask(unit, request, deadlineMs) {
      const place = placeOf(line, unit, request);
      client.setID(unit);
      client.setTimeout(deadlineMs);
      // The library's time-out is no Error; it gets its meaning before anything else touches it.
      const performed = perform(client, request).catch((thrown: unknown) => {
        throw meaningOf(thrown, place, deadlineMs);
      });
      try {
        if (unit === EVERY_UNIT) {
          performed.catch(() => undefined);
          return [];
        }
        return await withDeadline(unlessLost(performed), deadlineMs + BACKSTOP_MS, () => noAnswer(place, deadlineMs));
      } finally {
        giveUp = () => undefined;
        framing.forget();
      }
    },
    close: () => client.destroy(() => undefined),
  };
}

/** Calls the library and holds its answer against the request. */
async function perform(client: LibraryClient, request: ModbusRequest): Promise<readonly number[]> {
  switch (request.kind) {
    case 'read': {
      const { start, count } = request;
      const isHolding = request.table === 'holding';
      const answer = isHolding ? client.readHoldingRegisters(start, count) : client.readInputRegisters(start, count);
      return (await answer).data;
    }
    case 'write-one': {
      const { register, value } = request;
      const echo = await client.writeRegister(register, value);
      return confirmed([echo.address, echo.value], [register, value]);
    }
    case 'write-many': {
      const { start, values } = request;
      const echo = await client.writeRegisters(start, [...values]);
      return confirmed([echo.address, echo.length], [start, values.length]);
    }
  }
}

/** The library does not compare what a device confirms with what was asked of it. */
function confirmed(echo: readonly number[], asked: readonly number[]): readonly number[] {
  if (asked.every((value, index) => echo[index] === value)) return [];
  throw new HallError('modbus.garbled', {
    message: `A device was asked to write ${asked.join(', ')} and confirmed ${echo.join(', ')}.`,
  });
}

interface Place {
  line: string;
  unit: number;
  register: number;
  functionCode: number;
}

function placeOf(line: Line, unit: number, request: ModbusRequest): Place {
  const register = request.kind === 'write-one' ? request.register : request.start;
  return { line: line.name, unit, register, functionCode: functionOf(request) };
}

/** The library's errors in the gateway's words. */
function meaningOf(thrown: unknown, place: Place, deadlineMs: number): HallError {
  if (thrown instanceof HallError) return thrown;
  const { modbusCode, errno } = isObject(thrown) ? thrown : {};
  if (typeof modbusCode === 'number') return refusal(modbusCode, place);
  if (errno === 'ETIMEDOUT') return noAnswer(place, deadlineMs);
  const code: ErrorCode = errno === 'ECONNREFUSED' ? 'line.lost' : 'modbus.garbled';
  return new HallError(code, { message: `${nameOf(place)}: ${textOf(thrown)}.`, cause: thrown, facts: { ...place } });
}

function refusal(exception: number, place: Place): HallError {
  const facts = { ...place, exception };
  if (GATEWAY_EXCEPTIONS.includes(exception)) {
    const message = `The gateway got no answer from ${nameOf(place)} (exception ${exception}).`;
    return new HallError('modbus.no-answer', { message, facts });
  }
  const code: ErrorCode = BUSY_EXCEPTIONS.includes(exception) ? 'modbus.busy' : 'modbus.refused';
  const message = `${nameOf(place)} answered function ${place.functionCode} at register ${place.register} with exception ${exception}${EXCEPTIONS[exception] ?? ''}.`;
  return new HallError(code, { message, facts });
}

const EXCEPTIONS: Record<number, string> = {
  1: ' (it does not know the function)',
  2: ' (it has no such register)',
  3: ' (it does not take this value or length)',
  4: ' (it failed)',
  5: ' (it has begun, and is not done yet)',
  6: ' (it is busy)',
};

function noAnswer(place: Place, deadlineMs: number): HallError {
  return new HallError('modbus.no-answer', {
    message: `${nameOf(place)} did not answer function ${place.functionCode} within ${deadlineMs} ms.`,
    facts: { ...place },
  });
}

function nameOf({ line, unit }: Place): string {
  return `unit ${unit} on ${line}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
