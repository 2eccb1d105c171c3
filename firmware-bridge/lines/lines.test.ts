// One set of promises for every line: TCP, a serial port through `serialport`, a serial port as a terminal.
import { afterEach, describe, expect, it } from 'vitest';
import { serialLineSchema } from '../../gateway/kernel/line-settings.ts';
import { startPtyPeer } from '../../simulators/kit/pty-peer.ts';
import { startTcpPeer } from '../../simulators/kit/tcp-peer.ts';
import type { Channel } from '../../simulators/kit/channel.ts';
import { until } from '../../simulators/kit/until.ts';
import type { Line } from './line.ts';
import { openNativePort } from './native-port.ts';
import { openLine } from './open-line.ts';
import { openerOf, openSerialLine, type PortOpener } from './serial-line.ts';
import { openTerminalPort, sttyArguments } from './terminal-port.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Bench {
  open(): Promise<Line>;
  channel(): Channel;
  received(): Buffer;
  pullCable(): Promise<void>;
  plugIn(): Promise<void>;
}

async function tcpBench(): Promise<Bench> {
  const channels: Channel[] = [];
  const peer = await startTcpPeer({ onConnection: (channel) => channels.push(channel) });
  closers.push(() => peer.close());
  return {
    open: async () => {
      const before = peer.accepted();
      const line = await openLine({ type: 'tcp', host: peer.host, port: peer.port, connectTimeoutMs: 2_000 });
      closers.push(() => line.close());
      await until('the peer let it in', () => peer.accepted() > before);
      return line;
    },
    channel: () => channels.at(-1)!,
    received: () => Buffer.concat(peer.received.entries),
    pullCable: () => peer.pullCable(),
    plugIn: () => peer.plugIn(),
  };
}

const serialBench = (opener: PortOpener) => async (): Promise<Bench> => {
  const channels: Channel[] = [];
  const peer = await startPtyPeer({ onConnection: (channel) => channels.push(channel) });
  closers.push(() => peer.close());
  return {
    open: async () => {
      const line = await openSerialLine(serialLineSchema.parse({ type: 'serial', path: peer.path }), { opener });
      closers.push(() => line.close());
      return line;
    },
    channel: () => channels.at(-1)!,
    received: () => Buffer.concat(peer.received.entries),
    pullCable: () => peer.pullCable(),
    plugIn: () => peer.plugIn(),
  };
};

function collect(line: Line): number[] {
  const bytes: number[] = [];
  line.onData((chunk) => void bytes.push(...chunk));
  return bytes;
}

const ALL = Uint8Array.from({ length: 256 }, (_, value) => value);

describe.each([
  ['TCP', tcpBench],
  ['a serial port', serialBench(openNativePort)],
  ['a serial port as a terminal', serialBench(openTerminalPort)],
])('a line over %s', (_, startBench) => {
  it('carries every byte value in both directions', async () => {
    const bench = await startBench();
    const line = await bench.open();
    const bytes = collect(line);
    await line.write(ALL);
    bench.channel().write(ALL);
    await until('both sides have all', () => bytes.length === 256 && bench.received().length === 256);
    expect(Uint8Array.from(bytes)).toEqual(ALL);
    expect(Uint8Array.from(bench.received())).toEqual(ALL);
  });

  it('says that it dropped when the cable is pulled, and takes no more writes', async () => {
    const bench = await startBench();
    const line = await bench.open();
    collect(line);
    await bench.pullCable();
    await expect(line.dropped).resolves.toMatchObject({ code: 'line.lost', facts: { line: line.name } });
    await expect(line.write(ALL)).rejects.toMatchObject({ code: 'line.lost' });
    await line.close();
  });

  it('opens again after the cable was plugged in', async () => {
    const bench = await startBench();
    collect(await bench.open());
    await bench.pullCable();
    await bench.plugIn();
    const bytes = collect(await bench.open());
    bench.channel().write(Uint8Array.of(7));
    await until('the byte came', () => bytes.includes(7));
  });

  it('gives no reason when it is closed on purpose, also twice', async () => {
    const bench = await startBench();
    const line = await bench.open();
    collect(line);
    await Promise.all([line.close(), line.close()]);
    await expect(line.dropped).resolves.toBeUndefined();
  });
});

describe('opening a serial port', () => {
  const settings = (path: string) => serialLineSchema.parse({ type: 'serial', path });

  it.each([
    ['serialport', openNativePort],
    ['the terminal', openTerminalPort],
  ])('says that the port is not there (%s)', async (_, opener) => {
    await expect(openSerialLine(settings('/dev/nowhere-42'), { opener })).rejects.toMatchObject({
      code: 'line.port-missing',
      message: expect.stringContaining('/dev/nowhere-42') as string,
    });
  });

  it('says that another program has the port', async () => {
    const peer = await startPtyPeer({ onConnection: () => undefined });
    closers.push(() => peer.close());
    const first = await openSerialLine(settings(peer.path));
    closers.push(() => first.close());
    await expect(openSerialLine(settings(peer.path))).rejects.toMatchObject({
      code: 'line.port-busy',
      hint: expect.stringContaining('fuser') as string,
    });
  });

  it('says that permission is missing, in the words of either way to open', async () => {
    for (const text of ['Error Permission denied Cannot open /dev/ttyS0', 'EACCES: permission denied, open']) {
      const opener = () => Promise.reject(new Error(text));
      await expect(openSerialLine(settings('/dev/ttyS0'), { opener })).rejects.toMatchObject({
        code: 'line.port-forbidden',
      });
    }
  });

  it('refuses a file that is no serial port', async () => {
    await expect(openSerialLine(settings('/dev/null'), { opener: openTerminalPort })).rejects.toMatchObject({
      code: 'line.unreachable',
    });
  });

  it('sets parity and stop bits of the terminal as asked', () => {
    const asked = serialLineSchema.parse({
      type: 'serial',
      path: '/dev/x',
      baudRate: 19_200,
      dataBits: 7,
      parity: 'even',
      stopBits: 2,
    });
    expect(sttyArguments(asked)).toEqual(
      expect.arrayContaining(['raw', '-echo', '19200', 'cs7', 'parenb', '-parodd', 'cstopb']),
    );
  });

  it('uses the terminal under Deno only', () => {
    expect(openerOf({ Deno: {} })).toBe(openTerminalPort);
    expect(openerOf({})).toBe(openNativePort);
  });
});

describe('opening a TCP line', () => {
  it('says that nobody listens', async () => {
    const peer = await startTcpPeer({ onConnection: () => undefined });
    await peer.close();
    await expect(
      openLine({ type: 'tcp', host: peer.host, port: peer.port, connectTimeoutMs: 2_000 }),
    ).rejects.toMatchObject({ code: 'line.unreachable' });
  });

  it('gives up at once when its signal aborts', async () => {
    const controller = new AbortController();
    const opening = openLine(
      { type: 'tcp', host: '192.0.2.1', port: 9, connectTimeoutMs: 20_000 },
      { signal: controller.signal },
    );
    controller.abort(new Error('stopped'));
    await expect(opening).rejects.toThrow('stopped');
  });

  it('drops as stuck when the peer takes no more bytes', async () => {
    const peer = await startTcpPeer({ onConnection: () => undefined });
    closers.push(() => peer.close());
    peer.hang();
    const line = await openLine(
      { type: 'tcp', host: peer.host, port: peer.port, connectTimeoutMs: 2_000 },
      { writeTimeoutMs: 100 },
    );
    collect(line);
    await expect(line.write(new Uint8Array(32_000_000))).rejects.toMatchObject({ code: 'line.stuck' });
    await expect(line.dropped).resolves.toMatchObject({ code: 'line.stuck' });
  });
});
