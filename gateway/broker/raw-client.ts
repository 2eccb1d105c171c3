/**
 * A client for tests that knows nothing of MQTT but bytes: packets are written by hand, so that wrong ones can be, and
 * answers are compared byte by byte.
 */
import { connect, type Socket } from 'node:net';

export interface RawClient {
  send(bytes: Buffer): void;
  /** The next `count` bytes as hex; fewer when the other end closed first. */
  read(count: number): Promise<string>;
  /** Resolves when the other end has closed; bytes that still came are returned as hex. */
  closed(): Promise<string>;
  /** Stops reading: what comes stays in the kernel, and then with the sender. */
  freeze(): void;
  close(): void;
}

const PATIENCE_MS = 5_000;

/** `from` is the local address, to be somebody else than 127.0.0.1. */
export function rawClient(port: number, from?: string): Promise<RawClient> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', ...(from ? { localAddress: from } : {}) });
    let received = Buffer.alloc(0);
    let over = false;
    let wake = () => {};
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      wake();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      over = true;
      wake();
      reject(new Error('closed before it was open'));
    });
    const until = async (ready: () => boolean, what: string) => {
      const deadline = Date.now() + PATIENCE_MS;
      while (!ready()) {
        if (Date.now() > deadline) throw new Error(`${what}; got ${received.toString('hex')}`);
        await new Promise<void>((done) => {
          const timer = setTimeout(done, 200);
          wake = () => {
            clearTimeout(timer);
            done();
          };
        });
      }
    };
    const take = (count: number) => {
      const hex = received.subarray(0, count).toString('hex');
      received = received.subarray(count);
      return hex;
    };
    socket.once('connect', () =>
      resolve({
        send: (bytes) => void socket.write(bytes),
        async read(count) {
          await until(() => received.length >= count || over, `waited for ${count} bytes`);
          return take(count);
        },
        async closed() {
          await until(() => over, 'waited for the end');
          return take(received.length);
        },
        freeze: () => void socket.pause(),
        close: () => void socket.destroy(),
      }),
    );
  });
}

const text = (value: string | Buffer) => {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
};

/** A packet from its first byte and its body; the length is right. */
export function packet(first: number, ...parts: (Buffer | number[])[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from([first, ...length]), body]);
}

export interface ConnectOptions {
  id?: string | Buffer;
  user?: string;
  password?: string;
  clean?: boolean;
  keepAlive?: number;
  will?: { topic: string; payload: string; qos?: number; retain?: boolean };
  protocol?: string;
  level?: number;
  /** Bits to turn over in the connect flags. */
  flip?: number;
  /** Bytes after the last field. */
  extra?: number[];
}

export function connectPacket(options: ConnectOptions = {}): Buffer {
  const { id = '', keepAlive = 0, level = 4, protocol = 'MQTT', will } = options;
  const credentials = [options.user, options.password].filter((field) => field !== undefined);
  return packet(
    0x10,
    text(protocol),
    [level, connectFlags(options), keepAlive >> 8, keepAlive & 0xff],
    text(id),
    ...(will ? [text(will.topic), text(will.payload)] : []),
    ...credentials.map(text),
    options.extra ?? [],
  );
}

function connectFlags({ user, password, clean = true, will, flip = 0 }: ConnectOptions): number {
  const willFlags = will ? 4 | ((will.qos ?? 0) << 3) | (will.retain ? 32 : 0) : 0;
  const credentials = (password === undefined ? 0 : 64) | (user === undefined ? 0 : 128);
  return ((clean ? 2 : 0) | willFlags | credentials) ^ flip;
}

export interface PublishFlags {
  qos?: number;
  id?: number;
  retain?: boolean;
  dup?: boolean;
}

export function publishPacket(topic: string | Buffer, payload: string, flags: PublishFlags = {}): Buffer {
  const { qos = 0, id = 1, retain = false, dup = false } = flags;
  const first = 0x30 | (qos << 1) | (retain ? 1 : 0) | (dup ? 8 : 0);
  return packet(first, text(topic), qos > 0 ? [id >> 8, id & 0xff] : [], Buffer.from(payload));
}

/** What a delivery looks like, with dots for the packet identifier. */
export function delivery(topic: string, payload: string, flags: PublishFlags = {}): string {
  const hex = publishPacket(topic, payload, flags).toString('hex');
  if (!flags.qos) return hex;
  const at = hex.length - 2 * Buffer.byteLength(payload);
  return `${hex.slice(0, at - 4)}....${hex.slice(at)}`;
}

export function subscribePacket(id: number, ...wishes: [filter: string | Buffer, qos: number][]): Buffer {
  return packet(0x82, [id >> 8, id & 0xff], ...wishes.flatMap(([filter, qos]) => [text(filter), [qos]]));
}

export function unsubscribePacket(id: number, ...filters: string[]): Buffer {
  return packet(0xa2, [id >> 8, id & 0xff], ...filters.map(text));
}
