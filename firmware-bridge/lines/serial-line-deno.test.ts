// Under Deno the `serialport` package receives nothing: there the terminal stands in for it. Run by a real Deno.
import { spawn } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { runtimes } from '../../.ci/runtimes.ts';
import { startPtyPeer } from '../../simulators/kit/pty-peer.ts';
import { until } from '../../simulators/kit/until.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const deno = runtimes().find(({ name }) => name === 'Deno')?.command;

/** Says every byte that could mean something to a terminal, prints what it hears and how the line ended. */
const program = (path: string) => `
  import { openSerialLine } from ${JSON.stringify(new URL('serial-line.ts', import.meta.url).href)};
  const line = await openSerialLine({
    type: 'serial', path: ${JSON.stringify(path)}, baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1,
  });
  line.onData((chunk) => console.log('heard', [...chunk].join()));
  await line.write(Uint8Array.from({ length: 33 }, (_, value) => value));
  console.log('dropped', (await line.dropped)?.code);
  Deno.exit(0);`;

describe.skipIf(!deno)('a serial port under Deno', () => {
  it('carries bytes in both directions and says that it dropped', async () => {
    const peer = await startPtyPeer({
      onConnection: (channel) => channel.onData(() => channel.write(Uint8Array.of(104, 13, 17, 255))),
    });
    closers.push(() => peer.close());
    const [command, ...args] = deno!;
    const child = spawn(command, [...args, '-'], { stdio: ['pipe', 'pipe', 'inherit'] });
    closers.push(() => child.kill('SIGKILL'));
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stdin.end(program(peer.path));
    await until('it heard the answer', () => text.includes('heard 104,13,17,255'));
    await until('all bytes came', () => Buffer.concat(peer.received.entries).length >= 33);
    expect([...Buffer.concat(peer.received.entries)]).toEqual(Array.from({ length: 33 }, (_, value) => value));
    await peer.pullCable();
    await until('it says that the line dropped', () => text.includes('dropped line.lost'));
  });
});
