/**
 * The way to a clock: payloads in both directions over TCP or UDP. What differs between the two ends here, except that a
 * datagram may be lost, doubled or overtaken (`reliable`).
 */
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { openTcpLine } from '../../firmware-bridge/lines/tcp-line.ts';
import { HallError, textOf } from '../../gateway/kernel/errors.ts';
import { deferred, once, withDeadline } from '../../gateway/kernel/waiting.ts';
import { decodePayload, encodePayload, encodeTcpFrame, tcpFramer, type Payload } from './zk-frame.ts';

export interface ZkLink {
  readonly name: string;
  /** True over TCP: nothing is lost, nothing comes twice or out of order. */
  readonly reliable: boolean;
  /** @throws HallError `line.lost` or `line.stuck`. */
  send(payload: Payload): Promise<void>;
  /** Sets who hears the payloads. */
  listen(listener: (payload: Payload) => void): void;
  /** Resolves once: with the reason when the link drops, with undefined after `close()`. */
  readonly dropped: Promise<HallError | undefined>;
  close(): Promise<void>;
}

export interface ZkAddress {
  host: string;
  port: number;
  connectTimeoutMs: number;
  signal: AbortSignal;
}

/** @throws HallError `line.unreachable`; the signal's reason when it aborts. */
export async function openTcpLink(address: ZkAddress): Promise<ZkLink> {
  const line = await openTcpLine(address);
  let listener: (payload: Payload) => void = () => undefined;
  const framer = tcpFramer((payload) => listener(payload));
  line.onData((chunk) => framer.push(chunk));
  return {
    name: line.name,
    reliable: true,
    send: (payload) => line.write(encodeTcpFrame(payload)),
    listen: (hear) => void (listener = hear),
    dropped: line.dropped,
    close: () => line.close(),
  };
}

/** A UDP link is open as soon as the name is resolved; whether somebody is there, the first answer tells. */
export async function openUdpLink({ host, port, connectTimeoutMs, signal }: ZkAddress): Promise<ZkLink> {
  const name = `${host}:${port}/udp`;
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  const dropped = deferred<HallError | undefined>();
  const connected = deferred<undefined>();
  socket.on('error', (cause) => {
    connected.reject(unreachable(name, cause));
    dropped.resolve(unreachable(name, cause));
  });
  const close = once(
    () =>
      new Promise<void>((resolve) => {
        dropped.resolve(undefined);
        socket.close(() => resolve());
      }),
  );
  socket.connect(port, host, () => connected.resolve(undefined));
  const late = () => unreachable(name, new Error(`no address in ${connectTimeoutMs} ms`));
  await withDeadline(connected.promise, connectTimeoutMs, late, signal).catch(async (thrown: unknown) => {
    await close();
    throw thrown;
  });
  let listener: (payload: Payload) => void = () => undefined;
  socket.on('message', (bytes) => {
    const payload = decodePayload(bytes);
    if (payload) listener(payload);
  });
  return {
    name,
    reliable: false,
    // A datagram that cannot leave is a lost one: the error event tells what is wrong, the deadline does the rest.
    send: (payload) => new Promise((resolve) => socket.send(encodePayload(payload), () => resolve())),
    listen: (hear) => void (listener = hear),
    dropped: dropped.promise,
    close,
  };
}

function unreachable(name: string, cause: Error): HallError {
  return new HallError('line.unreachable', {
    message: `${name} cannot be reached: ${textOf(cause)}.`,
    cause,
    facts: { line: name },
  });
}
