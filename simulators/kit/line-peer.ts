/**
 * A device on a serial cable: on a pseudo-terminal, or behind a serial server (TCP). The device need not know which.
 */
import type { Channel } from './channel.ts';
import type { ByteFaults } from './faults.ts';
import { startPtyPeer } from './pty-peer.ts';
import type { Random } from './random.ts';
import type { Recording } from './recording.ts';
import { startTcpPeer } from './tcp-peer.ts';

/** `pty`: a serial port (a given path, or one in a fresh folder); `tcp`: a serial server. */
export type LinePort = { type: 'pty'; path?: string } | { type: 'tcp'; port?: number; host?: string };

export interface LinePeerOptions {
  port: LinePort;
  onConnection: (channel: Channel) => void;
  random: Random;
  faults?: ByteFaults;
  /** On a pseudo-terminal bytes take their time; a serial server has its own cable, which is not simulated. */
  baudRate?: number;
}

export interface LinePeer {
  /** How hall.yaml names this line. */
  readonly line: { type: 'serial'; path: string } | { type: 'tcp'; host: string; port: number };
  readonly faults: ByteFaults;
  readonly received: Recording<Uint8Array>;
  readonly sent: Recording<Uint8Array>;
  /** Somebody is at the other end, as far as this one can see: a serial port cannot, and says yes while it is plugged in. */
  connected(): boolean;
  plugIn(): Promise<void>;
  pullCable(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the peer, plugged in. */
export async function startLinePeer(options: LinePeerOptions): Promise<LinePeer> {
  const { port, baudRate, onConnection, ...rest } = options;
  const channels = new Set<Channel>();
  const shared = {
    ...rest,
    onConnection(channel: Channel) {
      channels.add(channel);
      void channel.closed.then(() => channels.delete(channel));
      onConnection(channel);
    },
  };
  const connected = () => channels.size > 0;
  if (port.type === 'pty') {
    const { path } = port;
    const peer = await startPtyPeer({ ...shared, ...(path !== undefined && { path }), ...(baudRate && { baudRate }) });
    return { ...peer, connected, line: { type: 'serial', path: peer.path } };
  }
  const { type, ...place } = port;
  const peer = await startTcpPeer({ ...shared, ...place });
  return { ...peer, connected, line: { type, host: peer.host, port: peer.port } };
}
