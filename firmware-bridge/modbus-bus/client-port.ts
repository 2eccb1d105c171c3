/**
 * What `modbus-serial` asks of a port: it writes whole RTU frames and hears whole RTU frames. Our ports put them on a
 * `Line`, so that serial ports, serial servers and Modbus TCP open, drop and run out of time like every other line.
 */
import { EventEmitter } from 'node:events';
import type { Line } from '../lines/line.ts';

/** A frame as RTU has it: unit, function code, data, CRC. */
export type RtuFrame = Uint8Array;

/** Turns frames into what the line carries and back. */
export interface Framing {
  /** Bytes for the line; what comes in from now on is held against this request. */
  request(frame: RtuFrame): Uint8Array;
  /** Feeds what came; returns the answer once it is whole. Anything else is dropped. */
  hear(chunk: Uint8Array): RtuFrame | undefined;
  /** Forgets the request: what comes later answers nothing. */
  forget(): void;
  /** Bytes that answered nothing so far. */
  strayBytes(): number;
}

/** Names with an underscore are the library's own: it writes them on a port, and finds its one transaction by them. */
export interface ClientPort extends EventEmitter {
  isOpen: boolean;
  _transactionIdRead: number;
  _transactionIdWrite: number;
  open(callback: (error?: Error) => void): void;
  close(callback?: (error?: Error) => void): void;
  destroy(): void;
  write(frame: Buffer): void;
}

/** A port over a line that is open already. */
export function clientPort(line: Line, framing: Framing): ClientPort {
  const port: ClientPort = Object.assign(new EventEmitter(), {
    isOpen: true,
    _transactionIdRead: 1,
    _transactionIdWrite: 1,
    open: (callback: (error?: Error) => void) => callback(),
    close(callback?: (error?: Error) => void) {
      shut();
      callback?.();
    },
    destroy: () => shut(),
    // A line that takes nothing drops, and says so to whoever waits.
    write: (frame: Buffer) => void line.write(framing.request(frame)).catch(() => undefined),
  });
  const stopHearing = line.onData((chunk) => {
    const answer = framing.hear(chunk);
    if (answer) port.emit('data', Buffer.from(answer));
  });
  const shut = () => {
    port.isOpen = false;
    stopHearing();
  };
  void line.dropped.then(() => {
    shut();
    port.emit('close');
  });
  return port;
}
