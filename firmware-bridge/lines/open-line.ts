/**
 * Opens whatever line hall.yaml names: a serial port of the box or a serial server on the network.
 */
import type { LineSettings } from '../../gateway/kernel/line-settings.ts';
import type { Line } from './line.ts';
import { openSerialLine } from './serial-line.ts';
import { openTcpLine } from './tcp-line.ts';

export interface OpenLineOptions {
  signal?: AbortSignal;
  writeTimeoutMs?: number;
}

/**
 * Resolves with the open line.
 *
 * @throws HallError `line.unreachable`, or for serial ports `line.port-missing`, `line.port-forbidden`, `line.port-busy`;
 *   the signal's reason when it aborts.
 */
export function openLine(settings: LineSettings, options: OpenLineOptions = {}): Promise<Line> {
  switch (settings.type) {
    case 'serial':
      return openSerialLine(settings, options);
    case 'tcp':
      return openTcpLine({ ...settings, ...options });
  }
}

/** How a line is called in logs and reasons, before it is open: its path, or host and port. */
export function lineName(settings: LineSettings): string {
  return settings.type === 'serial' ? settings.path : `${settings.host}:${settings.port}`;
}
