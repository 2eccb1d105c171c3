/**
 * Many LED boards on one pair of Modbus wires, in one process: behind a serial port (pseudo-terminal), a serial server (RTU over
 * TCP), Modbus TCP gateways, or several of these at once, as where two gateways share the wires. `truth` is what the boards
 * truly showed, in order, for a judge to compare.
 */
import type { Channel } from '../kit/channel.ts';
import { noByteFaults, type ByteFaults } from '../kit/faults.ts';
import { startPtyPeer } from '../kit/pty-peer.ts';
import { seededRandom, type Random } from '../kit/random.ts';
import { recording } from '../kit/recording.ts';
import { startTcpPeer } from '../kit/tcp-peer.ts';
import { rtuReader, tcpReader, word, type Telegram } from './modbus-frames.ts';
import { GB2312_REFERENCE, type BoardMap } from './modbus-maps.ts';
import { boardSlave, type BoardSlave } from './modbus-slave.ts';

/** A way to the wires. */
export type BoardPort =
  { type: 'pty'; path?: string } | { type: 'tcp'; framing: 'rtu' | 'tcp'; host?: string; port?: number };

export interface ModbusBoardsOptions {
  units: readonly number[];
  /** What their registers mean; the reference convention when absent. */
  map?: BoardMap;
  /** What those of single units mean, where the boards on the wires are of several makes. */
  maps?: ReadonlyMap<number, BoardMap>;
  ports: readonly BoardPort[];
  seed?: number;
  /** Real time on the wires, both ways; absent: as fast as it goes. */
  baudRate?: number;
  /** After this long a Modbus TCP gateway says 0Bh for a unit that does not answer; absent: it says nothing. */
  gatewayTimeoutMs?: number;
}

/** A board began to show a text. */
export interface TrueText {
  unit: number;
  text: string;
  atMs: number;
}

/** A request that came over the wires. */
export interface HeardRequest {
  /** Place in `ports`. */
  port: number;
  unit: number;
  code: number;
  start: number;
  atMs: number;
}

/** How hall.yaml names a line. */
export type BoardLine =
  { type: 'serial'; path: string } | { type: 'tcp'; host: string; port: number; modbus: { framing: 'rtu' | 'tcp' } };

export interface ModbusBoards {
  /** In the order of `ports`. */
  readonly lines: readonly BoardLine[];
  /** @throws Error for a unit that is not here. */
  board(unit: number): BoardSlave;
  readonly boards: readonly BoardSlave[];
  /** What boards showed, oldest first. */
  readonly truth: readonly TrueText[];
  /** Hears each entry of `truth` as it happens; returns the way to stop. */
  onTruth(listener: (entry: TrueText) => void): () => void;
  readonly heard: readonly HeardRequest[];
  /** Requests that came while another one was not answered yet: on real wires they spoil each other. */
  overlaps(): number;
  /** Faults of what the boards send, on every port. */
  readonly faults: ByteFaults;
  /** The adapter at the wires hears what it sends itself, and hands it back. */
  echo: boolean;
  /** Random bytes from the wires, as a lift's motor makes them. */
  noise(bytesCount: number): void;
  plugIn(): Promise<void>;
  pullCable(): Promise<void>;
  /** All boards as a person sees them, one a line. */
  renderText(): string;
  close(): Promise<void>;
}

const BITS_PER_BYTE = 10;
const GATEWAY_SAYS_NOTHING_CAME = 0x0b;

/** Starts the boards, switched on and plugged in. */
export async function startModbusBoards(options: ModbusBoardsOptions): Promise<ModbusBoards> {
  const random = seededRandom(options.seed ?? 1);
  const faults = noByteFaults();
  const truth = recording<TrueText>();
  const heard = recording<HeardRequest>();
  const listeners = new Set<(entry: TrueText) => void>();
  const channels = new Set<Channel>();
  const wires = sharedWires();
  const boards = options.units.map((unit) =>
    boardSlave(unit, options.maps?.get(unit) ?? options.map ?? GB2312_REFERENCE, ({ text }) => {
      const entry = { unit, text, atMs: Date.now() };
      truth.add(entry);
      for (const listener of listeners) listener(entry);
    }),
  );
  const byUnit = new Map(boards.map((board) => [board.unit, board]));

  const onTelegram = (port: number, channel: Channel, telegram: Telegram, pack: (answer: Telegram) => Uint8Array) => {
    const { unit, pdu } = telegram;
    heard.add({ port, unit, code: pdu[0] ?? 0, start: word(pdu, 1), atMs: performance.now() });
    if (unit === 0) {
      for (const board of boards) board.handle(pdu);
      return;
    }
    const board = byUnit.get(unit);
    const answer = board?.handle(pdu);
    const { gatewayTimeoutMs } = options;
    const isGateway = isModbusTcp(options.ports[port]);
    if (answer) {
      const wireMs = isPaced(options.ports[port]) ? 0 : wireTimeMs(pdu.length + answer.length + 6, options.baudRate);
      wires.later((board?.habits.delayMs ?? 0) + wireMs, () => channel.write(pack({ unit, pdu: answer })));
    } else if (isGateway && gatewayTimeoutMs !== undefined) {
      const nothing = Uint8Array.of((pdu[0] ?? 0) | 0x80, GATEWAY_SAYS_NOTHING_CAME);
      wires.later(gatewayTimeoutMs, () => channel.write(pack({ unit, pdu: nothing })));
    }
  };
  const ports = await Promise.all(
    options.ports.map((port, index) =>
      startPort(port, options.baudRate, faults, random.fork(), (channel) => {
        channels.add(channel);
        void channel.closed.then(() => channels.delete(channel));
        const reader = isModbusTcp(port) ? tcpReader : rtuReader;
        channel.onData((chunk) => {
          if (simulator.echo) channel.write(chunk);
        });
        channel.onData(reader((telegram, pack) => onTelegram(index, channel, telegram, pack)));
      }),
    ),
  );
  const simulator: ModbusBoards = {
    echo: false,
    lines: ports.map(({ line }) => line),
    boards,
    board(unit) {
      const found = byUnit.get(unit);
      if (!found) throw new Error(`no board has the unit ${unit}`);
      return found;
    },
    truth: truth.entries,
    onTruth(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    heard: heard.entries,
    overlaps: () => wires.overlaps(),
    faults,
    noise(bytesCount) {
      for (const channel of channels) channel.write(random.bytes(bytesCount));
    },
    async plugIn() {
      await Promise.all(ports.map((port) => port.plugIn()));
    },
    async pullCable() {
      wires.clear();
      await Promise.all(ports.map((port) => port.pullCable()));
    },
    renderText: () => boards.map((board) => board.renderText()).join('\n'),
    async close() {
      wires.clear();
      await Promise.all(ports.map((port) => port.close()));
    },
  };
  return simulator;
}

/** What is still to be answered on the wires, whichever port it came from. */
function sharedWires() {
  const pending = new Set<NodeJS.Timeout>();
  let overlaps = 0;
  return {
    later(delayMs: number, answer: () => void) {
      if (pending.size > 0) overlaps += 1;
      if (delayMs === 0) {
        answer();
        return;
      }
      const timer = setTimeout(() => {
        pending.delete(timer);
        answer();
      }, delayMs);
      pending.add(timer);
    },
    overlaps: () => overlaps,
    clear() {
      for (const timer of pending) clearTimeout(timer);
      pending.clear();
    },
  };
}

interface Port {
  line: BoardLine;
  plugIn(): Promise<void>;
  pullCable(): Promise<void>;
  close(): Promise<void>;
}

async function startPort(
  port: BoardPort,
  baudRate: number | undefined,
  faults: ByteFaults,
  random: Random,
  onConnection: (channel: Channel) => void,
): Promise<Port> {
  const shared = { onConnection, random, faults };
  if (port.type === 'pty') {
    const { path } = port;
    const peer = await startPtyPeer({ ...shared, ...(path !== undefined && { path }), ...(baudRate && { baudRate }) });
    return { ...peer, line: { type: 'serial', path: peer.path } };
  }
  const { type, framing, ...place } = port;
  const peer = await startTcpPeer({ ...shared, ...place });
  return { ...peer, line: { type, host: peer.host, port: peer.port, modbus: { framing } } };
}

function isModbusTcp(port: BoardPort | undefined): boolean {
  return port?.type === 'tcp' && port.framing === 'tcp';
}

/** A pseudo-terminal keeps real time by itself. */
function isPaced(port: BoardPort | undefined): boolean {
  return port?.type === 'pty';
}

function wireTimeMs(bytes: number, baudRate: number | undefined): number {
  return baudRate === undefined ? 0 : (bytes * BITS_PER_BYTE * 1_000) / baudRate;
}
