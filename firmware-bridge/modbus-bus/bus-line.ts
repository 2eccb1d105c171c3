/**
 * One way to the wires of a Modbus bus: a line that is kept open, with a fresh client each time it opens.
 */
import type { BackoffLimits } from '../../gateway/kernel/backoff.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import { modbusSettingsOf, type LineSettings, type ModbusLineSettings } from '../../gateway/kernel/line-settings.ts';
import type { Log } from '../../gateway/kernel/log.ts';
import { once } from '../../gateway/kernel/waiting.ts';
import { lineName, openLine } from '../lines/open-line.ts';
import { keepOpen } from '../lines/reconnecting-line.ts';
import { modbusClient, type ModbusClient, type ModbusLibrary } from './modbus-client.ts';
import { wireTimeMs, type ModbusRequest } from './modbus-request.ts';
import { rtuFraming } from './rtu-framing.ts';
import { tcpFraming } from './tcp-framing.ts';

export interface BusLine {
  readonly settings: ModbusLineSettings;
  /** Open, or why not; `opening` before the first attempt came to an end. */
  status(): 'up' | 'opening' | HallError;
  /** @throws HallError as `ModbusClient.ask`, or why the line is down. */
  ask(unit: number, request: ModbusRequest): Promise<readonly number[]>;
  close(): Promise<void>;
}

export interface BusLineOptions {
  log: Log;
  onUp: () => void;
  onDown: (reason: HallError) => void;
}

const BACKOFF: BackoffLimits = { firstMs: 200, maxMs: 10_000 };

/** Opens the line and keeps it open until it is closed. */
export function openBusLine(line: LineSettings, { log, onUp, onDown }: BusLineOptions): BusLine {
  const settings = modbusSettingsOf(line);
  const stopping = new AbortController();
  let library: ModbusLibrary | undefined;
  let client: ModbusClient | undefined;
  let trouble: HallError | undefined;
  const letGo = () => {
    client?.close();
    client = undefined;
  };
  const open = async (signal: AbortSignal) => {
    library ??= await loadLibrary();
    return openLine(line, { signal });
  };
  const kept = keepOpen(open, {
    backoff: BACKOFF,
    signal: stopping.signal,
    log,
    onUp(opened) {
      letGo();
      trouble = undefined;
      const { framing, ownEcho } = settings;
      if (library) client = modbusClient(library, opened, framing === 'tcp' ? tcpFraming() : rtuFraming({ ownEcho }));
      onUp();
    },
    onDown(reason) {
      letGo();
      trouble = reason;
      onDown(reason);
    },
  });
  return {
    settings,
    status: () => (client ? 'up' : (trouble ?? 'opening')),
    async ask(unit, request) {
      if (!client) throw trouble ?? notYetOpen(lineName(line));
      return client.ask(unit, request, settings.responseTimeoutMs + wireTimeMs(request, settings.baudRate));
    },
    close: once(async () => {
      stopping.abort(new HallError('device.stopped'));
      letGo();
      await kept;
    }),
  };
}

/** On demand: where there is no Modbus device, the library (and the serial package that it loads) stays out. */
async function loadLibrary(): Promise<ModbusLibrary> {
  return (await import('modbus-serial')).default.default;
}

function notYetOpen(line: string): HallError {
  return new HallError('line.unreachable', { message: `${line} is being opened.`, facts: { line } });
}
