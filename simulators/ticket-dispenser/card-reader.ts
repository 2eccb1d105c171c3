/**
 * An ID-card reader with a SAM_V module, on a pseudo-terminal or behind a serial server. People lay cards on it and take them
 * away; `truth` is what they truly did.
 */
import type { ByteFaults } from '../kit/faults.ts';
import { startLinePeer, type LinePeer, type LinePort } from '../kit/line-peer.ts';
import { seededRandom } from '../kit/random.ts';
import { recording } from '../kit/recording.ts';
import { cardModule, type CardModule, type Deed, type FindHabit } from './card-module.ts';
import type { Person } from './people.ts';
import { commandReader } from './reader-frames.ts';

export interface CardReaderOptions {
  port: LinePort;
  seed?: number;
  faults?: ByteFaults;
  /** The pace of a pseudo-terminal; absent: as fast as it goes. */
  baudRate?: number;
  finds?: FindHabit;
}

export interface TrueDeed {
  deed: Deed;
  person: Person;
  atMs: number;
}

export interface CardReaderSimulator
  extends
    Omit<CardModule, 'answer'>,
    Pick<LinePeer, 'line' | 'faults' | 'connected' | 'sent' | 'plugIn' | 'pullCable' | 'close'> {
  readonly truth: readonly TrueDeed[];
  /** Calls the listener for every deed as it happens; returns the way to stop. */
  onTruth(listener: (deed: TrueDeed) => void): () => void;
}

/** Starts the reader, plugged in, with nothing on it. */
export async function startCardReader(options: CardReaderOptions): Promise<CardReaderSimulator> {
  const { seed = 1, finds = 'once', ...cable } = options;
  const random = seededRandom(seed);
  const truth = recording<TrueDeed>();
  const listeners = new Set<(deed: TrueDeed) => void>();
  const module = cardModule(finds, random.fork(), (deed, person) => {
    const entry = { deed, person, atMs: Date.now() };
    truth.add(entry);
    for (const listener of listeners) listener(entry);
  });
  const peer = await startLinePeer({
    ...cable,
    random: random.fork(),
    onConnection(channel) {
      const hear = commandReader((command) => {
        const answer = module.answer(command);
        if (answer) channel.write(answer);
      });
      channel.onData(hear);
    },
  });
  return {
    ...module,
    ...peer,
    truth: truth.entries,
    onTruth(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
