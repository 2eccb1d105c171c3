/**
 * One client's conversation with the clock: frames in and out, and the live events that wait to be acknowledged.
 */
import { simulatedNode } from '../kit/node.ts';
import { clockBehaviours, type Conversation } from './clock-behaviours.ts';
import type { ClockBody } from './clock-body.ts';
import type { ClockFrame } from './clock-codec.ts';

export interface ClientTalk {
  readonly talk: Conversation;
  hear(frame: ClockFrame): void;
  /** Sends a live event, if this client asked for them. */
  tell(event: number, data: Buffer): void;
  close(): void;
}

const LIVE = 500;

export function clientTalk(
  body: ClockBody,
  way: { session: number; dataBytesMax: number; send: (frame: ClockFrame) => void; die: () => void },
): ClientTalk {
  const talk: Conversation = {
    session: way.session,
    greeted: false,
    trusted: false,
    listening: false,
    prepared: Buffer.alloc(0),
    piecesSent: 0,
    dataBytesMax: way.dataBytesMax,
    acknowledged: 0,
    die: way.die,
  };
  const spaced = spacedOut(way.send, () => body.quirks.frameGapMs);
  const node = simulatedNode<ClockFrame>((frame) => spaced.send(frame), clockBehaviours(body, talk));
  const timers = new Set<NodeJS.Timeout>();
  let told = 0;
  return {
    talk,
    hear: (frame) => node.hear(frame),
    tell(event, data) {
      if (!talk.listening) return;
      told += 1;
      const mine = told;
      const frame: ClockFrame = { command: LIVE, session: event, reply: 0, data, intact: true };
      node.say(frame);
      if (body.quirks.duplicateEvents) node.say(frame);
      if (body.quirks.resendEventsMs === 0) return;
      const timer = setInterval(() => {
        if (talk.acknowledged < mine) node.say(frame);
        else clearInterval(timer);
      }, body.quirks.resendEventsMs);
      timers.add(timer);
    },
    close() {
      for (const timer of timers) clearInterval(timer);
      spaced.close();
    },
  };
}

/** Frames with a gap between two, while the clock has that habit. */
function spacedOut(send: (frame: ClockFrame) => void, gapMs: () => number) {
  const waiting: ClockFrame[] = [];
  let timer: NodeJS.Timeout | undefined;
  const next = () => {
    const frame = waiting.shift();
    timer = frame ? setTimeout(next, gapMs()) : undefined;
    if (frame) send(frame);
  };
  return {
    send(frame: ClockFrame) {
      if (gapMs() === 0 && timer === undefined) {
        send(frame);
        return;
      }
      waiting.push(frame);
      if (timer === undefined) next();
    },
    close: () => clearTimeout(timer),
  };
}
