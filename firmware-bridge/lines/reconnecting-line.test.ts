// A line that is kept open while its other end comes and goes.
import { afterEach, describe, expect, it } from 'vitest';
import type { HallError } from '../../gateway/kernel/errors.ts';
import { collectingLog } from '../../gateway/kernel/log.ts';
import { startTcpPeer, type TcpPeer } from '../../simulators/kit/tcp-peer.ts';
import { until } from '../../simulators/kit/until.ts';
import type { Line } from './line.ts';
import { openTcpLine } from './tcp-line.ts';
import { keepOpen } from './reconnecting-line.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function peerOn(): Promise<TcpPeer> {
  const peer = await startTcpPeer({ onConnection: () => undefined });
  closers.push(() => peer.close());
  return peer;
}

function kept(peer: TcpPeer) {
  const controller = new AbortController();
  const log = collectingLog();
  const up: Line[] = [];
  const down: HallError[] = [];
  let attempts = 0;
  const over = keepOpen(
    (signal) => {
      attempts += 1;
      return openTcpLine({ host: peer.host, port: peer.port, connectTimeoutMs: 1_000, signal });
    },
    {
      backoff: { firstMs: 5, maxMs: 20 },
      signal: controller.signal,
      log,
      onUp: (line) => {
        line.onData(() => undefined);
        up.push(line);
      },
      onDown: (reason) => void down.push(reason),
    },
  );
  const stop = async () => {
    controller.abort(new Error('stopped'));
    await over;
  };
  closers.push(stop);
  return { up, down, log, stop, attempts: () => attempts };
}

describe('a line that is kept open', () => {
  it('comes up again after each pulled cable, and tells up and down in turn', async () => {
    const peer = await peerOn();
    const { up, down, log } = kept(peer);
    for (let round = 1; round <= 3; round += 1) {
      await until('up', () => up.length === round);
      await peer.pullCable();
      await until('down', () => down.length >= round);
      await peer.plugIn();
    }
    await until('up for the fourth time', () => up.length === 4);
    const words = log.lines.map(({ event }) => event).filter((event, index, all) => event !== all[index - 1]);
    expect(words).toEqual(['line.up', 'line.down', 'line.up', 'line.down', 'line.up', 'line.down', 'line.up']);
  });

  it('tells a reason once, however often it tries', async () => {
    const peer = await peerOn();
    await peer.pullCable();
    const { down, attempts, log } = kept(peer);
    await until('several attempts', () => attempts() >= 5);
    expect(down.map(({ code }) => code)).toEqual(['line.unreachable']);
    expect(log.lines).toHaveLength(1);
  });

  it('closes the line and ends when it is stopped', async () => {
    const peer = await peerOn();
    const { up, down, stop } = kept(peer);
    await until('up', () => up.length === 1 && peer.clients() === 1);
    await stop();
    await until('the peer sees it go', () => peer.clients() === 0);
    expect(down).toEqual([]);
    await expect(up[0]!.dropped).resolves.toBeUndefined();
  });

  it('ends at once when it is stopped between two attempts', async () => {
    const peer = await peerOn();
    await peer.pullCable();
    const { down, stop } = kept(peer);
    await until('down', () => down.length === 1);
    await stop();
  });
});
