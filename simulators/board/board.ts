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
import { startPacing, type Pacing } from './pacing.ts';

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
  /** What the board says, as it goes to the line. */
  onSaid?: (bytes: Uint8Array) => void;
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
    options.onSaid?.(bytes);
    for (const channel of connected) channel.write(bytes);
    pacing?.stir();
  };
  const advance = (ms: number) => {
    board.advance(ms);
    tellLine();
  };
  let pacing: Pacing | undefined;
  const touched = touchedBy(board, () => pacing?.stir());
  const onConnection = (channel: Channel) => {
    connected.add(channel);
    void channel.closed.then(() => connected.delete(channel));
    channel.onData((bytes) => touched.receive(bytes));
    if (resetOnConnect) touched.reset();
  };
  const random = seededRandom(options.seed ?? 1);
  const peer = await startLinePeer({ port, onConnection, random, ...(options.faults && { faults: options.faults }) });
  if (pace === 'real') pacing = startPacing(advance);
  return {
    ...board,
    ...touched,
    advance,
    line: peer.line,
    faults: peer.faults,
    pullCable: () => peer.pullCable(),
    plugIn: () => peer.plugIn(),
    async close() {
      pacing?.stop();
      await peer.close();
    },
  };
}

type Touch = 'receive' | 'press' | 'hold' | 'release' | 'paper' | 'cutPower' | 'powerOn' | 'reset' | 'wedge';

/** The board with everything that reaches it from outside, which finds it at the present moment and awake. */
function touchedBy(board: EmulatedBoard, stir: () => void): Pick<EmulatedBoard, Touch> {
  const stirred =
    <Values extends unknown[]>(touch: (...values: Values) => void) =>
    (...values: Values) => {
      stir();
      touch(...values);
    };
  return {
    receive: stirred((bytes) => board.receive(bytes)),
    press: stirred((key, options) => board.press(key, options)),
    hold: stirred((key, bounceMs) => board.hold(key, bounceMs)),
    release: stirred((key, bounceMs) => board.release(key, bounceMs)),
    paper: stirred((present) => board.paper(present)),
    cutPower: stirred((atCycle) => board.cutPower(atCycle)),
    powerOn: stirred((cause) => board.powerOn(cause)),
    reset: stirred(() => board.reset()),
    wedge: stirred(() => board.wedge()),
  };
}
