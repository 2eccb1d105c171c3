/**
 * The stream of bytes to the centre's broker: TCP, TLS or WebSocket by the URL's scheme, with the PUBACKs taken out on
 * the way in.
 */
import { readFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { createWebSocketStream, WebSocket } from 'ws';
import { HallError, textOf } from '../kernel/errors.ts';
import { pubackFilter, type AckListener } from './puback-filter.ts';
import type { UplinkSettings } from './uplink-settings.ts';

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883, 'ws:': 80, 'wss:': 443 };

/** Bytes from the centre that wait for mqtt.js, at most: more means that commands come faster than they are stored. */
const INBOUND_BYTES_MAX = 4_194_304;

export type TlsMaterial = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername'>;

/**
 * Reads certificates and key afresh, so that renewed files count from the next connection on.
 *
 * @throws HallError `uplink.tls-file-unreadable` with the path.
 */
export async function readTlsMaterial(tls: UplinkSettings['tls']): Promise<TlsMaterial> {
  const [ca, cert, key] = await Promise.all([readPem(tls?.ca), readPem(tls?.cert), readPem(tls?.key)]);
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(tls?.serverName !== undefined && { servername: tls.serverName }),
  };
}

async function readPem(path: string | undefined): Promise<Buffer | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path);
  } catch (cause) {
    throw new HallError('uplink.tls-file-unreadable', {
      message: `${path} cannot be read: ${textOf(cause)}.`,
      cause,
      facts: { path },
    });
  }
}

/** Host and port of a URL, for logs and messages: never the user part. */
export function placeOf(url: string): string {
  const { hostname, protocol, port } = new URL(url);
  return `${hostname}:${port || String(DEFAULT_PORTS[protocol] ?? '')}`;
}

/** Begins to connect; the stream takes writes at once and reports failure by an `error` event. */
export function openTransport(url: string, tls: TlsMaterial): Duplex {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const target = { host, port: Number(port) || (DEFAULT_PORTS[protocol] ?? 1883) };
  if (protocol === 'ws:' || protocol === 'wss:') {
    return createWebSocketStream(new WebSocket(url, 'mqtt', { ...tls }));
  }
  if (protocol !== 'mqtts:') return connectTcp({ ...target, noDelay: true });
  const servername = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
  return connectTls({ ...target, ...servername, ...tls });
}

/** The transport as mqtt.js may see it: everything but the PUBACKs, which go to `onAck`. */
export function withoutPubacks(transport: Duplex, onAck: AckListener): Duplex {
  const filter = pubackFilter(onAck);
  const outer = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, taken) {
      if (transport.write(chunk)) taken();
      else transport.once('drain', () => taken());
    },
    final(done) {
      transport.end();
      done();
    },
    destroy(error, done) {
      transport.destroy();
      done(error);
    },
  });
  transport.on('data', (chunk: Buffer) => {
    const rest = filter(chunk);
    if (rest) outer.push(rest);
    if (outer.readableLength > INBOUND_BYTES_MAX) outer.destroy(new Error('more commands than can be stored'));
  });
  transport.on('end', () => outer.push(null));
  transport.on('error', (error) => outer.destroy(error));
  transport.on('close', () => outer.destroy());
  return outer;
}
