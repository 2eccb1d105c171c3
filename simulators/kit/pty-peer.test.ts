// The serial port without hardware, opened as a driver opens a real one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { SerialPort } from 'serialport';
import { afterEach, describe, expect, it } from 'vitest';
import type { Channel } from './channel.ts';
import { startPtyPeer } from './pty-peer.ts';
import { until } from './until.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function peerAndChannels(baudRate = 0) {
  const channels: Channel[] = [];
  const peer = await startPtyPeer({ onConnection: (channel) => channels.push(channel), baudRate });
  closers.push(() => peer.close());
  return { peer, channel: () => channels.at(-1)! };
}

async function openPort(path: string) {
  const port = new SerialPort({ path, baudRate: 9600 });
  closers.push(() => new Promise((resolve) => (port.isOpen ? port.close(resolve) : resolve(undefined))));
  const bytes: number[] = [];
  port.on('data', (chunk: Buffer) => bytes.push(...chunk));
  port.on('error', () => undefined);
  await once(port, 'open');
  return { port, bytes };
}

describe('a pseudo-terminal peer', () => {
  it('carries every byte value in both directions unchanged', async () => {
    const { peer, channel } = await peerAndChannels();
    const { port, bytes } = await openPort(peer.path);
    const all = Array.from({ length: 256 }, (_, value) => value);
    port.write(Buffer.from(all));
    channel().write(Uint8Array.from(all));
    await until('all bytes came', () => bytes.length === 256 && Buffer.concat(peer.received.entries).length === 256);
    expect(bytes).toEqual(all);
    expect([...Buffer.concat(peer.received.entries)]).toEqual(all);
  });

  it('hangs up when the cable is pulled, and the same path works when it is plugged in', async () => {
    const { peer, channel } = await peerAndChannels();
    const { port } = await openPort(peer.path);
    const hungUp = once(port, 'close');
    await peer.pullCable();
    await hungUp;
    expect(existsSync(peer.path)).toBe(false);
    await channel().closed;
    await peer.plugIn();
    const { bytes } = await openPort(peer.path);
    channel().write(Uint8Array.of(1, 2, 3));
    await until('bytes came', () => bytes.length === 3);
  });

  it('loses what is said while no driver has the port open', async () => {
    const { peer, channel } = await peerAndChannels();
    channel().write(Uint8Array.of(9));
    await until('it left', () => peer.sent.entries.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { bytes } = await openPort(peer.path);
    channel().write(Uint8Array.of(1));
    await until('the later byte came', () => bytes.includes(1));
    expect(bytes).toEqual([1]);
  });

  it('takes the wire time of 9600 baud for its bytes', async () => {
    const { peer, channel } = await peerAndChannels(9600);
    const { bytes } = await openPort(peer.path);
    const beganMs = performance.now();
    channel().write(new Uint8Array(96));
    await until('all bytes came', () => bytes.length === 96);
    expect(performance.now() - beganMs).toBeGreaterThan(90);
  });

  it('leaves no bridge behind when its simulator is killed', async () => {
    const program = `
      import { startPtyPeer } from ${JSON.stringify(new URL('pty-peer.ts', import.meta.url).href)};
      const { realpathSync } = await import('node:fs');
      const peer = await startPtyPeer({ onConnection: () => {} });
      console.log(realpathSync(peer.path));`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program]);
    let slave = '';
    child.stdout.on('data', (chunk: Buffer) => (slave += chunk.toString()));
    await until('the child has its port', () => slave.includes('\n'));
    child.kill('SIGKILL');
    await until('its pseudo-terminal is gone', () => !existsSync(slave.trim()));
  });
});
