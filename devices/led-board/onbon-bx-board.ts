/**
 * One BX card in conversation: what it is asked and told, its presence, and what follows from its status. A card that did not
 * answer is told nothing until a status enquiry was answered.
 */
import type { Hall, Identity } from '../../gateway/kernel/driver.ts';
import { asHallError, HallError, type ErrorCode } from '../../gateway/kernel/errors.ts';
import { sleep } from '../../gateway/kernel/waiting.ts';
import type { LedBoard } from './kind.ts';
import type { BxBus, Lane } from './onbon-bx-bus.ts';
import type { BxRequest } from './onbon-bx-exchange.ts';
import { BOARD_ERRORS, parseStatus, statusRequest, type BoardStatus, type Reply } from './onbon-bx-messages.ts';
import type { BxConfig } from './onbon-bx-settings.ts';

export interface BxBoard {
  /**
   * Tells the card something and resolves when it acknowledged; asks again while it is busy.
   *
   * @throws HallError `board.no-answer` (the card is absent from now on), `board.busy`, what its NACK means, or what `data` throws.
   */
  tell(data: () => Uint8Array): Promise<void>;
  /** Asks for the status now, and from now on every `pollMs`. */
  start(): void;
  stop(): void;
}

export interface BxBoardOptions {
  config: BxConfig;
  /** Where it is, for the inventory. */
  place: string;
  bus: BxBus;
  hall: Hall<LedBoard>;
  onStatus: (status: BoardStatus) => Promise<void>;
}

/** A card that was absent is asked again this soon, then twice as late each time, up to `pollMs`. */
const PROBE_FIRST_MS = 1_000;
/** An absent card holds the line of the others no longer than this. */
const PROBE_TIMEOUT_MS = 500;
const PROBE_DOUBLINGS_MAX = 12;
const TRIES_MAX = 2;
const BUSY_TRIES_MAX = 6;
const BUSY_RETRY_MS = 150;
const ERROR_BUSY = 3;

export function bxBoard({ config, place, bus, hall, onStatus }: BxBoardOptions): BxBoard {
  const { address, replyTimeoutMs, pollMs } = config;
  const presence = presenceOf(hall, { address: place, model: `BX-${config.family.toUpperCase()}` });
  let probes = 0;
  let timer: NodeJS.Timeout | undefined;
  let asking = false;
  let leave = (): void => undefined;

  const ask = (lane: Lane, part: Pick<BxRequest, 'data' | 'answeredBy'>): Promise<Reply> => {
    const patience = presence.present
      ? { replyTimeoutMs, triesMax: TRIES_MAX }
      : { replyTimeoutMs: Math.min(PROBE_TIMEOUT_MS, replyTimeoutMs), triesMax: 1 };
    return bus.ask(lane, { address, ...part, ...patience });
  };
  /** It may have become absent since the request was queued: others wait for the line, and a late reply would be taken for this one's. */
  const ifPresent = (data: () => Uint8Array) => () => {
    if (!presence.present) throw absent(place);
    return data();
  };
  const look = async () => {
    if (asking || hall.signal.aborted) return;
    asking = true;
    try {
      const reply = await ask('enquiry', { data: statusRequest, answeredBy: ['status'] });
      const status = statusOf(reply, config);
      presence.come();
      await onStatus(status);
      probes = 0;
    } catch (thrown) {
      // A card that only refuses (busy) is there; one that was absent stays so until its status was read.
      const reason = asHallError(thrown, 'board.refused');
      if (!presence.present || isSilence(reason)) presence.go(reason);
    }
    asking = false;
    const probeMs = Math.min(PROBE_FIRST_MS * 2 ** probes, pollMs);
    probes = Math.min(probes + 1, PROBE_DOUBLINGS_MAX);
    scheduleLook(presence.present ? pollMs : probeMs);
  };
  const scheduleLook = (delayMs: number) => {
    clearTimeout(timer);
    if (!hall.signal.aborted) timer = setTimeout(() => void look(), delayMs);
  };
  return {
    async tell(data) {
      for (let busy = 0; ; busy += 1) {
        if (!presence.present) throw absent(place);
        const reply = await ask('command', { data: ifPresent(data), answeredBy: ['ack', 'nack'] }).catch(
          (thrown: unknown) => {
            if (isSilence(thrown)) {
              presence.go(thrown);
              scheduleLook(Math.min(PROBE_FIRST_MS, pollMs));
            }
            throw thrown;
          },
        );
        if (reply.kind === 'ack') return;
        if (reply.error !== ERROR_BUSY || busy + 1 >= BUSY_TRIES_MAX) throw refusal(reply.error, place);
        await sleep(BUSY_RETRY_MS * 2 ** busy, hall.signal);
      }
    },
    start() {
      leave = bus.join({
        onUp: () => void look(),
        onDown: (reason) => presence.go(reason),
      });
    },
    stop() {
      leave();
      clearTimeout(timer);
    },
  };
}

/** Tells the hall when the card comes and goes, and when the reason of its absence is another. */
function presenceOf(
  hall: Hall<LedBoard>,
  identity: Identity,
): { readonly present: boolean; come(): void; go(reason: HallError): void } {
  let present = false;
  let told: ErrorCode | undefined;
  return {
    get present() {
      return present;
    },
    come() {
      if (!present && !hall.signal.aborted) hall.online(identity);
      present = true;
      told = undefined;
    },
    go(reason) {
      present = false;
      if (told !== reason.code && !hall.signal.aborted) hall.offline(reason);
      told = reason.code;
    },
  };
}

/** Nothing came, or nothing that could be read. */
function isSilence(thrown: unknown): thrown is HallError {
  return thrown instanceof HallError && (thrown.code === 'board.no-answer' || thrown.code === 'board.answer-broken');
}

function statusOf({ error, payload }: Reply, config: BxConfig): BoardStatus {
  const status = error === 0 ? parseStatus(payload, config) : undefined;
  if (status) return status;
  throw error === 0
    ? new HallError('board.refused', {
        message: `The status of the board is ${payload.length} bytes long, which is too short.`,
        hint: 'If it is a BX-5K1, set hasSpecialArea: false.',
      })
    : refusal(error, `${config.address}`);
}

/** What a NACK means. */
function refusal(error: number, place: string): HallError {
  const known = BOARD_ERRORS[error];
  return new HallError(known?.code ?? 'board.refused', {
    message: `The board ${place} refused with error ${error}${known ? ` (${known.name})` : ''}.`,
    facts: { error, board: place },
  });
}

function absent(place: string): HallError {
  return new HallError('board.no-answer', { message: `The board ${place} is not there.`, facts: { board: place } });
}
