/**
 * A hall board on a line: the emulated firmware behind a serial server (TCP) or a pseudo-terminal, paced to real time or
 * moved by the test. Its hands and its truth are those of `emulated-board.ts`.
 */
import type { Channel } from '../kit/channel.ts';
import type { ByteFaults } from '../kit/faults.ts';
import { startLinePeer, type LinePeer, type LinePort } from '../kit/line-peer.ts';
import { seededRandom } from '../kit/random.ts';
import { createEmulatedBoard, type EmulatedBoard } from './emulated-board.ts';
import { factoryEeprom } from './factory.ts';
import type { BoardProfile } from './fitting.ts';

export interface BoardOptions {
  port: LinePort;
  profile?: BoardProfile;
  /** Set in a factory new board; ignored when `eeprom` is given. */
  serial?: string;
  eeprom?: Uint8Array;
  displays?: number;
  seed?: number;
  faults?: ByteFaults;
  /** `real`: as time goes by; `virtual`: only `advance` moves it. */
  pace?: 'real' | 'virtual';
  /** Opening the port restarts a Uno or Nano (DTR); a bare chip goes on. */
  resetOnConnect?: boolean;
}

export interface SimulatedBoard extends EmulatedBoard {
  readonly line: LinePeer['line'];
  /** Faults of what the board sends; may be changed at any time. */
  readonly faults: ByteFaults;
  pullCable(): Promise<void>;
  plugIn(): Promise<void>;
  close(): Promise<void>;
}

const PACE_MS = 4;
/** A machine that was busy for longer does not make up for it: the board's time stands still instead. */
const LAG_MAX_MS = 100;

/** Starts the board, switched on and plugged in. */
export async function startBoard(options: BoardOptions): Promise<SimulatedBoard> {
  const { port, pace = 'real', resetOnConnect = false, serial, ...rest } = options;
  const connected = new Set<Channel>();
  let said: number[] = [];
  const board = createEmulatedBoard({
    ...rest,
    ...(serial !== undefined && { eeprom: options.eeprom ?? factoryEeprom(serial) }),
    onByte: (byte) => void said.push(byte),
  });
  const tellLine = () => {
    if (said.length === 0) return;
    const bytes = Uint8Array.from(said);
    said = [];
    for (const channel of connected) channel.write(bytes);
  };
  const advance = (ms: number) => {
    board.advance(ms);
    tellLine();
  };
  const onConnection = (channel: Channel) => {
    connected.add(channel);
    void channel.closed.then(() => connected.delete(channel));
    channel.onData((bytes) => board.receive(bytes));
    if (resetOnConnect) board.reset();
  };
  const random = seededRandom(options.seed ?? 1);
  const peer = await startLinePeer({ port, onConnection, random, ...(options.faults && { faults: options.faults }) });
  const stopPacing = pace === 'real' ? paced(advance) : () => undefined;
  return {
    ...board,
    advance,
    line: peer.line,
    faults: peer.faults,
    pullCable: () => peer.pullCable(),
    plugIn: () => peer.plugIn(),
    async close() {
      stopPacing();
      await peer.close();
    },
  };
}

/** Lets a board's time follow the machine's. Returns the way to stop. */
function paced(advance: (ms: number) => void): () => void {
  let beforeMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    advance(Math.min(nowMs - beforeMs, LAG_MAX_MS));
    beforeMs = nowMs;
  }, PACE_MS);
  return () => clearInterval(timer);
}
