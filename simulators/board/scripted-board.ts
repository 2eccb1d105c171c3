/**
 * A hall board on a line without an emulated chip: cheap enough for 131 in one process. Idle, it holds no timer but the
 * one of its gateway's silence. It lends johnny-five no pins; for that there is `board.ts`.
 */
import type { Channel } from '../kit/channel.ts';
import type { ByteFaults } from '../kit/faults.ts';
import { startLinePeer, type LinePeer, type LinePort } from '../kit/line-peer.ts';
import { seededRandom } from '../kit/random.ts';
import { recording } from '../kit/recording.ts';
import type { TrueEdge } from './edge-truth.ts';
import { PAPER_KEY, pinOfKey, type BoardProfile } from './fitting.ts';
import type { Shown } from './scripted-display.ts';
import { scriptedMind } from './scripted-mind.ts';

export interface ScriptedBoardOptions {
  port: LinePort;
  profile?: BoardProfile;
  serial?: string;
  seed?: number;
  faults?: ByteFaults;
}

export interface ScriptedBoard {
  readonly line: LinePeer['line'];
  readonly faults: ByteFaults;
  /** Presses now and lets go after `heldMs`. */
  press(key: number, options?: { heldMs?: number }): void;
  hold(key: number): void;
  release(key: number): void;
  paper(present: boolean): void;
  cutPower(): void;
  powerOn(): void;
  powered(): boolean;
  /** So many more edges can be stored before the oldest is pushed out. */
  roomLeft(): number;
  shown(): Shown;
  onShown(listener: (shown: Shown) => void): () => void;
  lamps(): readonly boolean[];
  buzzer(): boolean;
  readonly truth: readonly TrueEdge[];
  onTruth(listener: (edge: TrueEdge) => void): () => void;
  pullCable(): Promise<void>;
  plugIn(): Promise<void>;
  close(): Promise<void>;
}

const HELD_MS = 60;
const POWER_ON = 1;

/** Starts the board, switched on and plugged in. */
export async function startScriptedBoard(options: ScriptedBoardOptions): Promise<ScriptedBoard> {
  const { port, profile = 'button-panel', serial = '' } = options;
  const connected = new Set<Channel>();
  const truth = recording<TrueEdge>();
  const listeners = new Set<(edge: TrueEdge) => void>();
  const releasing = new Set<NodeJS.Timeout>();
  const nowMs = () => performance.now();
  const after = (ms: number, action: () => void) => {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  };
  let powered = false;
  const mind = scriptedMind(profile, serial, { nowMs, after }, (bytes) => {
    for (const channel of connected) channel.write(bytes);
  });
  const { fitting, outputs, display, records } = mind.parts;
  const powerOn = () => {
    if (powered) return;
    powered = true;
    mind.start(POWER_ON);
  };
  const cutPower = () => {
    if (!powered) return;
    powered = false;
    mind.stop();
  };
  const move = (key: number, edge: TrueEdge['edge']) => {
    pinOfKey(fitting, key);
    if (!powered) return;
    mind.edge(key, edge);
    const entry = { key, edge, atMs: nowMs(), certain: true };
    truth.add(entry);
    for (const listener of listeners) listener(entry);
  };
  const onConnection = (channel: Channel) => {
    connected.add(channel);
    void channel.closed.then(() => connected.delete(channel));
    channel.onData((bytes) => {
      if (powered) mind.hear(bytes);
    });
  };
  const random = seededRandom(options.seed ?? 1);
  const peer = await startLinePeer({ port, onConnection, random, ...(options.faults && { faults: options.faults }) });
  powerOn();
  return {
    line: peer.line,
    faults: peer.faults,
    press(key, { heldMs = HELD_MS } = {}) {
      move(key, 'pressed');
      const timer = setTimeout(() => {
        releasing.delete(timer);
        move(key, 'released');
      }, heldMs);
      releasing.add(timer);
    },
    hold: (key) => move(key, 'pressed'),
    release: (key) => move(key, 'released'),
    paper: (present) => move(PAPER_KEY, present ? 'pressed' : 'released'),
    cutPower,
    powerOn,
    powered: () => powered,
    roomLeft: () => records.roomLeft,
    shown: () => display.shown(),
    onShown: (listener) => display.onShown(listener),
    lamps: () => fitting.lampPins.map((_, index) => powered && outputs.lit(index + 1)),
    buzzer: () => powered && outputs.lit(0),
    truth: truth.entries,
    onTruth(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    pullCable: () => peer.pullCable(),
    plugIn: () => peer.plugIn(),
    async close() {
      for (const timer of releasing) clearTimeout(timer);
      cutPower();
      await peer.close();
    },
  };
}
