/**
 * LED boards with Onbon BX-5K/6K cards: one behind a TCP port (5005 on real ones), or one or many on a serial line (a pseudo-terminal, or
 * a serial server on TCP). `truth` is what a person in the hall saw, each time it became another.
 */
import type { Channel } from '../kit/channel.ts';
import type { ByteFaults } from '../kit/faults.ts';
import { startPtyPeer } from '../kit/pty-peer.ts';
import { seededRandom } from '../kit/random.ts';
import { recording } from '../kit/recording.ts';
import { startTcpPeer } from '../kit/tcp-peer.ts';
import { bxCard, type BxCard, type CardOptions } from './bx-card.ts';
import type { AreaPicture } from './bx-picture.ts';
import { telegramBytes, telegramReader, type Telegram } from './bx-telegrams.ts';

export type BxPort = { type: 'pty'; path?: string; baudRate?: number } | { type: 'tcp'; port?: number; host?: string };

export interface BxLineOptions {
  cards: readonly CardOptions[];
  port: BxPort;
  seed?: number;
  faults?: ByteFaults;
}

/** What a person sees on a board from this moment on. */
export interface TrueDisplay {
  address: number;
  /** When the last byte of what changed it had arrived, or a time-out or a person changed it. */
  atMs: number;
  areas: readonly AreaPicture[];
}

export interface BxLine {
  /** How hall.yaml names this line. */
  readonly line: { type: 'serial'; path: string } | { type: 'tcp'; host: string; port: number };
  /** @throws Error for an address that is not on this line. */
  card(address: number): BxCard;
  readonly truth: readonly TrueDisplay[];
  /** Hears each entry of the truth as it happens; returns the way to stop. */
  onTruth(listener: (entry: TrueDisplay) => void): () => void;
  /** Faults of what the cards send; may be changed at any time. */
  readonly faults: ByteFaults;
  /** Random bytes on the wires. */
  noise(bytesCount: number): void;
  plugIn(): Promise<void>;
  pullCable(): Promise<void>;
  close(): Promise<void>;
}

const ANY_CARD = 0xfffe;
const BROADCAST_SILENT = 0xffff;
/** Longest noise: an untrue start and end may stand in it, as in real noise. */
const NOISE_MAX = 256;

/** Starts a line with its cards, plugged in. */
export async function startBxLine(options: BxLineOptions): Promise<BxLine> {
  const random = seededRandom(options.seed ?? 1);
  const truth = recording<TrueDisplay>();
  const listeners = new Set<(entry: TrueDisplay) => void>();
  const channels = new Set<Channel>();
  const cards = new Map<number, BxCard>();
  for (const card of options.cards) {
    cards.set(
      card.address,
      bxCard(card, () => tell(card.address)),
    );
  }
  const card = (address: number) => {
    const found = cards.get(address);
    if (!found) throw new Error(`no card has the address ${address}`);
    return found;
  };
  const tell = (address: number) => {
    const entry = { address, atMs: Date.now(), areas: card(address).visible() };
    truth.add(entry);
    for (const listener of listeners) listener(entry);
  };
  const answer = (telegram: Telegram, channel: Channel) => {
    const { destination, source } = telegram;
    const isForAll = destination === ANY_CARD || destination === BROADCAST_SILENT;
    for (const each of isForAll ? cards.values() : [cards.get(destination)]) {
      const reply = each?.hear(telegram);
      if (reply) channel.write(telegramBytes(source, destination, reply));
    }
  };
  const port = await startPort(options, random.fork(), (channel) => {
    channels.add(channel);
    void channel.closed.then(() => channels.delete(channel));
    channel.onData(telegramReader((telegram) => answer(telegram, channel)));
  });
  return {
    line: port.line,
    card,
    truth: truth.entries,
    onTruth(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    faults: port.faults,
    noise(bytesCount) {
      const bytes = random.bytes(Math.min(bytesCount, NOISE_MAX));
      for (const channel of channels) channel.write(bytes);
    },
    plugIn: () => port.plugIn(),
    pullCable: () => port.pullCable(),
    async close() {
      for (const each of cards.values()) each.close();
      await port.close();
    },
  };
}

export interface BxBoard extends Omit<BxLine, 'card'> {
  readonly card: BxCard;
  /** Takes the mains away: the port dies, and what was shown is lost. */
  powerOff(): Promise<void>;
  powerOn(): Promise<void>;
}

/** Starts one board with a port of its own. */
export async function startBxBoard(
  options: Omit<BxLineOptions, 'cards'> & Partial<CardOptions> = { port: { type: 'tcp' } },
): Promise<BxBoard> {
  const address = options.address ?? 1;
  const line = await startBxLine({ ...options, cards: [{ ...options, address }] });
  const card = line.card(address);
  return {
    ...line,
    card,
    async powerOff() {
      card.powerOff();
      await line.pullCable();
    },
    async powerOn() {
      card.powerOn();
      await line.plugIn();
    },
  };
}

interface Port extends Pick<BxLine, 'line' | 'faults' | 'plugIn' | 'pullCable' | 'close'> {
  readonly line: BxLine['line'];
}

async function startPort(
  { port, faults }: BxLineOptions,
  random: ReturnType<typeof seededRandom>,
  onConnection: (channel: Channel) => void,
): Promise<Port> {
  const shared = { onConnection, random, ...(faults && { faults }) };
  const { type, ...place } = port;
  if (type === 'pty') {
    const peer = await startPtyPeer({ ...shared, ...place });
    return { ...peer, line: { type: 'serial', path: peer.path } };
  }
  const peer = await startTcpPeer({ ...shared, ...place });
  return { ...peer, line: { type, host: peer.host, port: peer.port } };
}
