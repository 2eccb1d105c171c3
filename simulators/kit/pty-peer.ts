/**
 * A serial port without hardware: a pseudo-terminal whose path a serial driver opens, made by a small Python program
 * (every Debian has it; Node cannot make one without native code). The path given out is a symbolic link that stays the
 * same, so that the cable can be pulled (the driver sees a hang-up) and plugged in again.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Channel } from './channel.ts';
import { faultyBytes, noByteFaults, type ByteFaults } from './faults.ts';
import { PTY_BRIDGE } from './pty-bridge.ts';
import { seededRandom, type Random } from './random.ts';
import { recording, type Recording } from './recording.ts';

export interface PtyPeerOptions {
  /** Called each time the cable is plugged in. */
  onConnection: (channel: Channel) => void;
  /** Where the symbolic link stands; absent: in a fresh folder. */
  path?: string;
  /** Bytes take their time on the wire (8N1); absent or 0: as fast as it goes. */
  baudRate?: number;
  faults?: ByteFaults;
  random?: Random;
}

export interface PtyPeer {
  /** What a driver opens; stays the same when the cable is pulled and plugged in. */
  readonly path: string;
  readonly faults: ByteFaults;
  /** What the driver wrote. */
  readonly received: Recording<Uint8Array>;
  /** What went out, after the faults. */
  readonly sent: Recording<Uint8Array>;
  plugIn(): Promise<void>;
  /** The device file goes away; whoever has it open sees a hang-up. */
  pullCable(): Promise<void>;
  close(): Promise<void>;
}

type Bridge = ChildProcessByStdio<Writable, Readable, null>;

/** Starts the peer, plugged in. */
export async function startPtyPeer(options: PtyPeerOptions): Promise<PtyPeer> {
  const faults = options.faults ?? noByteFaults();
  const random = options.random ?? seededRandom(1);
  const received = recording<Uint8Array>();
  const sent = recording<Uint8Array>();
  const folder = options.path === undefined ? await mkdtemp(join(tmpdir(), 'pty-peer-')) : undefined;
  const path = options.path ?? join(folder ?? '', 'port');
  let bridge: Bridge | undefined;

  const plugIn = async () => {
    if (bridge !== undefined) return;
    const fresh = spawn('python3', ['-c', PTY_BRIDGE, String(options.baudRate ?? 0)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      // Out of the terminal's group: Ctrl-C stops the simulator, which closes the bridge when its turn comes.
      detached: true,
    });
    bridge = fresh;
    const slave = await firstLine(fresh);
    await placeLink(slave, path);
    options.onConnection(channelOver(fresh, { path, faults, random: random.fork(), received, sent }));
  };
  const pullCable = async () => {
    const pulled = bridge;
    bridge = undefined;
    await rm(path, { force: true });
    if (pulled === undefined || pulled.exitCode !== null || pulled.signalCode !== null) return;
    const gone = once(pulled, 'exit');
    pulled.kill('SIGKILL');
    await gone;
  };
  await plugIn();
  return {
    path,
    faults,
    received,
    sent,
    plugIn,
    pullCable,
    async close() {
      await pullCable();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Wiring {
  path: string;
  faults: ByteFaults;
  random: Random;
  received: Recording<Uint8Array>;
  sent: Recording<Uint8Array>;
}

function channelOver(bridge: Bridge, wiring: Wiring): Channel {
  const outgoing = faultyBytes((bytes) => void bridge.stdin.write(bytes), {
    random: wiring.random,
    faults: wiring.faults,
    record: wiring.sent,
  });
  const closed = new Promise<void>((resolve) => {
    bridge.once('exit', () => {
      outgoing.close();
      resolve();
    });
  });
  // Writing to a bridge that was just killed: the cable is pulled, nobody hears it.
  bridge.stdin.on('error', () => undefined);
  bridge.stdout.on('data', (chunk: Buffer) => wiring.received.add(chunk));
  return {
    name: wiring.path,
    write: (bytes) => outgoing.write(bytes),
    onData(listener) {
      bridge.stdout.on('data', listener);
      return () => bridge.stdout.off('data', listener);
    },
    closed,
    close: () => void bridge.kill('SIGKILL'),
  };
}

/** Reads the slave's path; what follows the line belongs to the channel. */
function firstLine(bridge: Bridge): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const onExit = () => reject(new Error('the pseudo-terminal bridge ended before it began: is python3 installed?'));
    const onReadable = () => {
      for (
        let byte = bridge.stdout.read(1) as Buffer | null;
        byte !== null;
        byte = bridge.stdout.read(1) as Buffer | null
      ) {
        if (byte[0] !== 0x0a) {
          text += byte.toString('latin1');
          continue;
        }
        bridge.off('error', onExit).off('exit', onExit);
        bridge.stdout.off('readable', onReadable);
        resolve(text);
        return;
      }
    };
    bridge.once('error', onExit).once('exit', onExit);
    bridge.stdout.on('readable', onReadable);
  });
}

/** Puts the link in place in one step, so that a driver never sees half of it. */
async function placeLink(target: string, path: string): Promise<void> {
  const fresh = `${path}.new`;
  await rm(fresh, { force: true });
  await symlink(target, fresh);
  await rename(fresh, path);
}
