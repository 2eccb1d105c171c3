/**
 * A conversation with a hall board, from the greeting until the line drops, the board restarts or falls silent.
 */
import { asHallError, HallError } from '../../gateway/kernel/errors.ts';
import { sleep } from '../../gateway/kernel/waiting.ts';
import { boardAsking, type BoardAsking } from './board-asking.ts';
import { greetBoard, type Greeted } from './board-greeting.ts';
import type { Position } from './board-position.ts';
import { ringReader, type HeardRecord, type RingReader } from './ring-reader.ts';
import type { Frame } from './sysex-codec.ts';
import {
  acknowledgePayload,
  COMMAND,
  identityFrom,
  recordFrom,
  replayEndFrom,
  uptimeFrom,
  type Profile,
} from './sysex-messages.ts';

export interface SessionOptions {
  line: string;
  profile: Profile;
  position: () => Position | undefined;
  /** False when nothing can be sent now; a heartbeat or an acknowledgement is said again anyway. */
  send: (frame: Frame) => boolean;
  onUp: (greeted: Greeted) => void;
  /** See `RingReaderOptions.commit`. */
  commit: (record: HeardRecord, ring: Position) => Promise<void>;
  onGap: (missing: number) => void;
  onRefused: (thrown: unknown) => void;
  /** Not ours, the wrong profile: told once, and greeted again from time to time. */
  onStranger: (reason: HallError) => void;
  /** Nothing came any more: the line should be opened afresh. */
  onSilent: (reason: HallError) => void;
  /** The board was restarted, or another one stands there: this session is over. */
  onRestarted: () => void;
}

export interface BoardSession {
  readonly asking: BoardAsking;
  hear(frame: Frame): void;
  stop(): void;
}

/** What the firmware expects, docs/firmware.md ("Heartbeat and being alone"). */
const HEARTBEAT_MS = 1_000;
const SILENCE_MS = 3_500;
const GREET_AGAIN_MS = 15_000;
/** A board that runs so much longer than it could is another one. */
const AHEAD_MAX_MS = 10_000;

export function boardSession(options: SessionOptions): BoardSession {
  const { line, send } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const asking = boardAsking(send, signal);
  let ring: RingReader | undefined;
  let heardMs = performance.now();
  let beating: NodeJS.Timeout | undefined;
  let uptime: { ms: number; heardMs: number } | undefined;

  const beat = () => {
    const quietMs = performance.now() - heardMs;
    if (quietMs > SILENCE_MS) options.onSilent(silent(line, Math.round(quietMs)));
    else send({ command: COMMAND.heartbeat, tag: 0, payload: [] });
  };
  const begin = (greeted: Greeted) => {
    const { position } = greeted;
    const reader = ringReader({
      ...options,
      through: position.through,
      commit: (record) => options.commit(record, position),
      acknowledge: (through) => send({ command: COMMAND.acknowledge, tag: 0, payload: acknowledgePayload(through) }),
      replay() {
        asking.ask(COMMAND.replay, []).then(
          (payload) => reader.replayEnded(replayEndFrom(payload) ?? { newest: 0, sent: Infinity }),
          () => reader.replayMissed(),
        );
      },
    });
    ring = reader;
    heardMs = performance.now();
    uptime = { ms: greeted.status.uptimeMs, heardMs };
    beating = setInterval(beat, HEARTBEAT_MS);
    options.onUp(greeted);
    reader.begin();
  };
  /** Said unasked after every start; where that was lost, the heartbeat tells it. */
  const tellsAnotherStart = ({ command, tag, payload }: Frame) => {
    if (command === COMMAND.identity) return tag === 0 && identityFrom(payload) !== undefined;
    const ms = command === COMMAND.heartbeat ? uptimeFrom(payload) : undefined;
    if (ms === undefined || uptime === undefined) return false;
    const expectedMs = uptime.ms + heardMs - uptime.heardMs;
    if (ms < uptime.ms || ms > expectedMs + AHEAD_MAX_MS) return true;
    uptime = { ms, heardMs };
    return false;
  };
  const greet = async () => {
    while (!signal.aborted) {
      try {
        begin(await greetBoard({ asking, ...options }));
        return;
      } catch (thrown) {
        if (isAborted(signal)) return;
        options.onStranger(asHallError(thrown, 'hall-board.not-ours'));
        await sleep(GREET_AGAIN_MS, signal).catch(() => undefined);
      }
    }
  };
  void greet();
  return {
    asking,
    hear(frame) {
      heardMs = performance.now();
      if (asking.hear(frame)) return;
      // Its lamps are dark, its heartbeat begins anew.
      if (tellsAnotherStart(frame)) options.onRestarted();
      const record = frame.command === COMMAND.record ? recordFrom(frame.payload) : undefined;
      if (record) ring?.hear({ ...record, heardMs });
    },
    stop() {
      clearInterval(beating);
      ring?.stop();
      stopping.abort(new HallError('line.lost', { message: `The line to ${line} is not in use any more.` }));
    },
  };
}

function silent(line: string, quietMs: number): HallError {
  return new HallError('hall-board.silent', {
    message: `The board on ${line} said nothing for ${quietMs} ms, though its line is open.`,
    facts: { line, quietMs },
  });
}

/** A call, because the compiler believes that a property read twice has not changed in between. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
