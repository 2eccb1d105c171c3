/**
 * One RS-485 bus: a line with up to 255 callers and evaluators on it, shared by their drivers.
 *
 * Devices speak whenever a key is pressed, so two may speak at once; what that leaves is noise, and the devices repeat.
 * The bus listens before it speaks (a gap after the last byte heard or sent) and sends one frame at a time: first
 * acknowledgements, because a device that waits for one goes on repeating, then commands; within each lane the addresses
 * take turns, so that no address delays another by more than a frame.
 *
 * Many RS-485 adapters hear themselves. The acknowledgement of a caller's key equals the key's own frame, so the bus would
 * answer itself for ever: once for each frame sent, an identical frame that follows at once is taken for its echo. Where the
 * adapter does not hear itself this swallows at most one repetition, and the device repeats again.
 */
import type { BackoffLimits } from '../../gateway/kernel/backoff.ts';
import type { Shared } from '../../gateway/kernel/driver.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import type { LineSettings } from '../../gateway/kernel/line-settings.ts';
import type { Log } from '../../gateway/kernel/log.ts';
import { once } from '../../gateway/kernel/waiting.ts';
import type { Line } from '../../firmware-bridge/lines/line.ts';
import { lineName, openLine } from '../../firmware-bridge/lines/open-line.ts';
import { keepOpen } from '../../firmware-bridge/lines/reconnecting-line.ts';
import { encodeFrame, frameDecoder, type DecoderCounters, type Frame } from './rs485-codec.ts';
import { pressOf } from './rs485-keys.ts';
import { speakingQueue } from './rs485-speaking.ts';

/** A device's driver, as the bus sees it. */
export interface BusMember {
  onFrame(frame: Frame): void;
  onUp(): void;
  /** Called at once when the bus is down while joining, and whenever it goes down. */
  onDown(reason: HallError): void;
}

export interface SayOptions {
  /** Acknowledgements go before commands. */
  lane: 'acknowledgement' | 'command';
  /** Silence to keep before the frame. */
  turnaroundMs: number;
}

export interface EvaluatorBus extends Shared {
  /** Hears the frames of one address; returns the way to leave. */
  join(address: number, member: BusMember): () => void;
  /**
   * Resolves when the frame has left and its time on the wire has passed.
   *
   * @throws HallError the line's reason when the bus is down or drops, `evaluator.bus-crowded` when too many frames wait.
   */
  say(frame: Frame, options: SayOptions): Promise<void>;
  counters(): BusCounters;
}

export interface BusCounters extends DecoderCounters {
  /** Frames from addresses that no device in hall.yaml has. */
  unowned: number;
  /** Frames of our own that the adapter heard. */
  ownEchoes: number;
}

const BACKOFF: BackoffLimits = { firstMs: 200, maxMs: 10_000 };
/** The bus is defined for 9600 baud; a serial server on the network keeps its own setting, which is this one. */
const BAUD_RATE = 9_600;
/** A start bit, eight data bits, a stop bit. */
const BITS_PER_BYTE = 10;
/** Longer than any pause inside a frame, even through a serial server on the network. */
const SILENCE_MS = 60;
/** An adapter that hears itself hands its own frame back within this time after it was on the wire. */
const OWN_ECHO_MS = 60;

/** Opens the bus on a line and keeps it open until it is closed. */
export function openEvaluatorBus(settings: LineSettings, log: Log): EvaluatorBus {
  const stopping = new AbortController();
  const members = new Map<number, BusMember>();
  const strangers = new Set<number>();
  const own = new Map<string, number>();
  const counts = { unowned: 0, ownEchoes: 0 };
  const baudRate = settings.type === 'serial' ? settings.baudRate : BAUD_RATE;
  const wireMs = (bytes: Uint8Array) => (bytes.length * BITS_PER_BYTE * 1_000) / baudRate;
  let decoder = frameDecoder();
  let down: HallError | undefined = notYetOpen(lineName(settings));
  let opening = true;
  let silence: NodeJS.Timeout | undefined;

  const speaking = speakingQueue({
    signal: stopping.signal,
    wireMs,
    onLeft: (bytes) => own.set(hexOf(bytes), performance.now() + wireMs(bytes) + OWN_ECHO_MS),
  });
  const dispatch = (frame: Frame) => {
    if (isOwnEcho(own, frame)) {
      counts.ownEchoes += 1;
      return;
    }
    if (pressOf(frame) === undefined) return;
    const member = members.get(frame.address);
    if (member) member.onFrame(frame);
    else reportStranger(frame.address);
  };
  const reportStranger = (address: number) => {
    counts.unowned += 1;
    if (strangers.has(address)) return;
    strangers.add(address);
    log.warn('bus.address-unknown', { line: lineName(settings), address });
  };
  const reportNoise = noiseReporter(log, lineName(settings));
  const hear = (chunk: Uint8Array) => {
    clearTimeout(silence);
    speaking.heard();
    for (const frame of decoder.push(chunk)) dispatch(frame);
    silence = setTimeout(() => {
      for (const frame of decoder.silence()) dispatch(frame);
      reportNoise(decoder.counters.skippedBytes);
    }, SILENCE_MS);
  };
  const up = (line: Line) => {
    down = undefined;
    opening = false;
    decoder = frameDecoder();
    line.onData(hear);
    speaking.attach(line);
    for (const member of members.values()) member.onUp();
  };
  const goDown = (reason: HallError) => {
    down = reason;
    opening = false;
    clearTimeout(silence);
    speaking.detach(reason);
    for (const member of members.values()) member.onDown(reason);
  };
  const kept = keepOpen((signal) => openLine(settings, { signal }), {
    backoff: BACKOFF,
    signal: stopping.signal,
    log,
    onUp: up,
    onDown: goDown,
  });
  return {
    join(address, member) {
      members.set(address, member);
      strangers.delete(address);
      if (down === undefined) member.onUp();
      else if (!opening) member.onDown(down);
      return () => {
        if (members.get(address) === member) members.delete(address);
      };
    },
    say: (frame, { lane, turnaroundMs }) =>
      down === undefined ? speaking.say(frame.address, encodeFrame(frame), lane, turnaroundMs) : Promise.reject(down),
    counters: () => ({ ...decoder.counters, ...counts }),
    close: once(async () => {
      stopping.abort(new HallError('device.stopped'));
      clearTimeout(silence);
      speaking.detach(new HallError('device.stopped'));
      await kept;
      log.info('bus.closed', { line: lineName(settings), ...decoder.counters, ...counts });
    }),
  };
}

/** The state before the first attempt has come to an end: nobody is told. */
function notYetOpen(line: string): HallError {
  return new HallError('line.unreachable', { message: `${line} is being opened.`, facts: { line } });
}

/** True once for each frame sent, while it is fresh. */
function isOwnEcho(own: Map<string, number>, frame: Frame): boolean {
  const now = performance.now();
  for (const [hex, until] of own) if (until < now) own.delete(hex);
  return own.delete(hexOf(encodeFrame(frame)));
}

/** Tells about noise each time there is twice as much of it. */
function noiseReporter(log: Log, line: string): (skippedBytes: number) => void {
  let nextAt = 16;
  return (skippedBytes) => {
    if (skippedBytes < nextAt) return;
    nextAt = skippedBytes * 2;
    log.warn('bus.noise', { line, skippedBytes });
  };
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
