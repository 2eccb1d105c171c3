/**
 * Stands between a client's socket and the broker, and plays the faults of a network and of an overloaded broker: it
 * freezes, delays, and swallows PUBACKs.
 */
import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';

export interface GateFaults {
  /** Nothing passes in either direction, not even the end of the connection. */
  frozen: boolean;
  /** The broker's answers come this much later. */
  delayMs: number;
  /** So many PUBACKs to come are swallowed. */
  swallowPubacks: number;
}

const PUBACK_TYPE = 4;
const THAW_POLL_MS = 5;

/** The stream to hand to the broker in place of the socket; `faults` is read anew for every packet. */
export function gate(socket: Socket, faults: GateFaults): Duplex {
  const splitter = packetSplitter((packet) => {
    if ((packet[0] ?? 0) >> 4 === PUBACK_TYPE && faults.swallowPubacks > 0) {
      faults.swallowPubacks -= 1;
      return;
    }
    whenOpen(() => socket.write(packet));
  });
  const whenOpen = (pass: () => void) => {
    if (socket.destroyed) return;
    if (faults.frozen) setTimeout(() => whenOpen(pass), THAW_POLL_MS).unref();
    else if (faults.delayMs > 0) setTimeout(pass, faults.delayMs).unref();
    else pass();
  };
  const inner = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      splitter(chunk);
      done();
    },
    final(done) {
      socket.end();
      done();
    },
    destroy(error, done) {
      whenOpen(() => socket.destroy());
      done(error);
    },
  });
  socket.on('data', (chunk) => feed(inner, socket, chunk, faults));
  socket.on('error', () => undefined);
  socket.on('close', () => inner.destroy());
  inner.on('error', () => undefined);
  return inner;
}

function feed(inner: Duplex, socket: Socket, chunk: Buffer, faults: GateFaults): void {
  if (inner.destroyed) return;
  if (!faults.frozen) {
    inner.push(chunk);
    socket.resume();
    return;
  }
  socket.pause();
  setTimeout(() => feed(inner, socket, chunk, faults), THAW_POLL_MS).unref();
}

/** Cuts a stream of MQTT packets at their ends (MQTT 3.1.1 section 2.2). */
function packetSplitter(onPacket: (packet: Buffer) => void): (chunk: Buffer) => void {
  let held: Buffer = Buffer.alloc(0);
  return (chunk) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    for (let size = packetSize(held); size !== undefined && size <= held.length; size = packetSize(held)) {
      onPacket(held.subarray(0, size));
      held = held.subarray(size);
    }
  };
}

function packetSize(bytes: Buffer): number | undefined {
  let length = 0;
  for (let index = 1; index <= 4; index += 1) {
    const byte = bytes[index];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 128 ** (index - 1);
    if (byte < 0x80) return 1 + index + length;
  }
  return bytes.length;
}
