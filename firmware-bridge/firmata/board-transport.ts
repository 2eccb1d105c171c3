/**
 * Our line as the transport of johnny-five: what the board says passes the gate (`frame-gate.ts`) first, and a board that
 * says more than its serial port could carry is cut off.
 */
import { EventEmitter } from 'node:events';
import type { FirmataTransport } from 'johnny-five';
import { HallError } from '../../gateway/kernel/errors.ts';
import type { Line } from '../lines/line.ts';
import { frameGate } from './frame-gate.ts';

export interface BoardTransport extends FirmataTransport {
  /** Lets go of the line: the library keeps every transport for ever. */
  release(): void;
}

/** 115,200 baud carry 11,520 bytes a second; more comes from no board. */
const FLOOD_BYTES_MAX = 24_000;
const FLOOD_WINDOW_MS = 1_000;

/** `onFlood` is called once, when the board says more than a board can. */
export function boardTransport(line: Line, onFlood: (reason: HallError) => void): BoardTransport {
  const emitter = new EventEmitter();
  const gate = frameGate();
  const isFlood = byteRate(FLOOD_BYTES_MAX, FLOOD_WINDOW_MS);
  let held: Line | undefined = line;
  const stop = line.onData((chunk) => {
    if (isFlood(chunk.length)) {
      release();
      onFlood(flooding(line.name));
      return;
    }
    for (const message of gate.push(chunk)) emitter.emit('data', message);
  });
  const release = () => {
    stop();
    held = undefined;
  };
  return Object.assign(emitter, {
    write(bytes: Uint8Array, done?: () => void) {
      // A write that fails drops the line, which is told there; the library only counts what is pending.
      const settled = () => done?.();
      void held?.write(bytes).then(settled, settled);
    },
    release,
  });
}

/** True when more than `bytesMax` came within `windowMs`. */
function byteRate(bytesMax: number, windowMs: number): (bytes: number) => boolean {
  let beganMs = performance.now();
  let count = 0;
  return (bytes) => {
    const nowMs = performance.now();
    if (nowMs - beganMs >= windowMs) {
      beganMs = nowMs;
      count = 0;
    }
    count += bytes;
    return count > bytesMax;
  };
}

function flooding(line: string): HallError {
  return new HallError('hall-board.flooding', {
    message: `${line} sent more than ${FLOOD_BYTES_MAX} bytes in a second.`,
    facts: { line },
  });
}
