/**
 * A panel of business buttons that sends a code over a serial cable: people press its keys, keys bounce and stick.
 */
import type { Channel } from '../kit/channel.ts';
import type { ByteFaults } from '../kit/faults.ts';
import { startLinePeer, type LinePeer, type LinePort } from '../kit/line-peer.ts';
import { seededRandom } from '../kit/random.ts';
import { recording } from '../kit/recording.ts';

export interface ButtonPanelOptions {
  port: LinePort;
  /** What each button sends. */
  buttons: Readonly<Record<string, Uint8Array>>;
  seed?: number;
  faults?: ByteFaults;
  baudRate?: number;
}

export interface TruePress {
  button: string;
  atMs: number;
}

export interface ButtonPanelSimulator extends Pick<
  LinePeer,
  'line' | 'faults' | 'connected' | 'plugIn' | 'pullCable' | 'close'
> {
  /** A person presses a button once; a worn one sends its code `bounces` times more, `gapMs` apart. */
  press(button: string, bounces?: number, gapMs?: number): Promise<void>;
  /** Random bytes on the cable. */
  noise(bytesCount: number): void;
  /** Bytes as they are, of a button that nobody knows. */
  send(bytes: Uint8Array): void;
  /** One entry a press, however worn the button is. */
  readonly truth: readonly TruePress[];
  onTruth(listener: (press: TruePress) => void): () => void;
}

/** Starts the panel, plugged in. */
export async function startButtonPanel(options: ButtonPanelOptions): Promise<ButtonPanelSimulator> {
  const { seed = 1, buttons, ...cable } = options;
  const random = seededRandom(seed);
  const truth = recording<TruePress>();
  const listeners = new Set<(press: TruePress) => void>();
  let channel: Channel | undefined;
  const peer = await startLinePeer({ ...cable, random: random.fork(), onConnection: (opened) => (channel = opened) });
  const send = (bytes: Uint8Array) => channel?.write(bytes);
  return {
    ...peer,
    send,
    noise: (bytesCount) => send(random.bytes(bytesCount)),
    truth: truth.entries,
    onTruth(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async press(button, bounces = 0, gapMs = 5) {
      const code = buttons[button];
      if (code === undefined) throw new Error(`the panel has no button "${button}"`);
      const press = { button, atMs: Date.now() };
      truth.add(press);
      for (const listener of listeners) listener(press);
      send(code);
      for (let bounce = 0; bounce < bounces; bounce += 1) {
        await new Promise((resolve) => setTimeout(resolve, gapMs));
        send(code);
      }
    },
  };
}
