/**
 * A line over a serial port of the box. Under Node the `serialport` package opens it; under Deno that package receives
 * nothing, so there the device file is set up with `stty` and read as a terminal.
 */
import type { SerialLineSettings } from '../../gateway/kernel/line-settings.ts';
import type { Line } from './line.ts';
import { openNativePort } from './native-port.ts';
import { serialTrouble } from './serial-trouble.ts';
import { openTerminalPort } from './terminal-port.ts';
import { lineOver, type Wire } from './wire-line.ts';

/** Opens the port as a wire; rejects with the system's error. */
export type PortOpener = (settings: SerialLineSettings) => Promise<Wire>;

export interface SerialLineOptions {
  signal?: AbortSignal;
  writeTimeoutMs?: number;
  /** How the port is opened; absent: what fits the runtime. */
  opener?: PortOpener;
}

/**
 * Opens the port and resolves with the line.
 *
 * @throws HallError `line.port-missing`, `line.port-forbidden`, `line.port-busy`, or `line.unreachable` for anything else;
 *   the signal's reason when it aborts.
 */
export async function openSerialLine(settings: SerialLineSettings, options: SerialLineOptions = {}): Promise<Line> {
  const { signal, opener = openerOf(globalThis) } = options;
  signal?.throwIfAborted();
  const wire = await opener(settings).catch((thrown: unknown) => {
    throw serialTrouble(settings.path, thrown);
  });
  if (signal?.aborted) wire.destroy();
  signal?.throwIfAborted();
  return lineOver(settings.path, wire, options.writeTimeoutMs);
}

/** The opener that works in this runtime. */
export function openerOf(runtime: object): PortOpener {
  return 'Deno' in runtime ? openTerminalPort : openNativePort;
}
