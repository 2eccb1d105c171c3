/**
 * Runs the ID-card reader of a kiosk: asks for a card again and again, reads it, and tells of it once (`card-lay-machine.ts`),
 * masked or hashed (`presented-card.ts`). The photo comes over the wire because the reader sends it with the text; nobody
 * looks at it, and every buffer that held a card is overwritten.
 */
import { asHallError, HallError, isHallError } from '../../gateway/kernel/errors.ts';
import type { BackoffLimits } from '../../gateway/kernel/backoff.ts';
import type { Hall } from '../../gateway/kernel/driver.ts';
import type { Log } from '../../gateway/kernel/log.ts';
import { runMachine, type Machine } from '../../gateway/kernel/machine.ts';
import { sleep } from '../../gateway/kernel/waiting.ts';
import type { Line } from '../../firmware-bridge/lines/line.ts';
import { openLine } from '../../firmware-bridge/lines/open-line.ts';
import { keepOpen } from '../../firmware-bridge/lines/reconnecting-line.ts';
import {
  cardLay,
  layTransition,
  type CardLay,
  type LastCard,
  type LayEffect,
  type LayInput,
} from './card-lay-machine.ts';
import { readerConversation } from './card-reader-conversation.ts';
import type { CardReaderConfig } from './card-reader-settings.ts';
import { askWith, findCard, readCardText, type Ask } from './card-reading.ts';
import { presented, type PresentedCard } from './presented-card.ts';

/** What a part of the kiosk needs of the hall. */
export type PartHall = Pick<Hall, 'line' | 'signal' | 'log' | 'clock'>;

/** Whether the reader is there, and what lies on it. */
export type CardReaderState =
  | { part: 'present'; card: 'none' | 'read' | 'unreadable' }
  /** `absent`: its line is down; `fault`: it does not answer, or says that it does not work. */
  | { part: 'absent' | 'fault'; reason: HallError };

export interface CardReaderOptions {
  /** A card was laid down: called once for each time, with what to remember of it for `last`. */
  onCard: (card: PresentedCard, last: LastCard) => void;
  /** Called for changes only. */
  onState: (state: CardReaderState) => void;
  /** The card that may lie there since before the gateway was restarted. */
  last?: LastCard | undefined;
}

const BACKOFF: BackoffLimits = { firstMs: 200, maxMs: 10_000 };
/** So many looks in a row without a good answer, and the reader counts as faulty. */
const MISSED_MAX = 3;
/** How the phases look to others. */
const SHOWN = { empty: 'none', reading: 'none', lying: 'read', refused: 'unreadable' } as const;

type Lay = Machine<CardLay, LayInput>;
type Report = (state: CardReaderState) => void;

/** Runs until `hall.signal` aborts; an absent or faulty reader is a state, never a rejection. */
export async function runCardReader(
  config: CardReaderConfig,
  hall: PartHall,
  options: CardReaderOptions,
): Promise<void> {
  const log = hall.log.child({ part: 'card-reader' });
  const report = changes(options.onState, log);
  const lay = runMachine(cardLay(config.sameCardMs, options.last), layTransition, effects(options, log));
  const lookOnce = async (ask: Ask) => {
    const found = await findCard(ask);
    lay.send(found ? { kind: 'found', atMs: hall.clock.monotonicMs() } : { kind: 'absent' });
    if (lay.state.phase === 'reading') await readLaidCard(ask, lay, config, hall);
    report({ part: 'present', card: SHOWN[lay.state.phase] });
  };
  const lost = (part: 'absent' | 'fault', reason: HallError) => {
    lay.send({ kind: 'interrupted' });
    report({ part, reason });
  };
  let visit: Promise<void> = Promise.resolve();
  await keepOpen((signal) => openLine(hall.line(config.line), { signal }), {
    backoff: BACKOFF,
    signal: hall.signal,
    log,
    onUp(line) {
      visit = untilDropped(line, log, (signal) => {
        const ask = askWith(readerConversation(line, signal), config);
        return keepLooking(
          () => lookOnce(ask),
          config.pollMs,
          (reason) => lost('fault', reason),
          signal,
        );
      });
    },
    onDown: (reason) => lost('absent', reason),
  });
  await visit;
}

/** Reads the card and tells the machine what came of it. */
async function readLaidCard(ask: Ask, lay: Lay, { hashKey }: CardReaderConfig, { clock }: PartHall): Promise<void> {
  try {
    const card = presented(await readCardText(ask), hashKey);
    lay.send({ kind: 'read', card, atMs: clock.monotonicMs() });
  } catch (thrown) {
    // A line that drops says nothing about the card.
    if (!isHallError(thrown) || !thrown.code.startsWith('card-reader.')) throw thrown;
    lay.send({ kind: 'failed', reason: thrown });
  }
}

/** Looks every `pollMs` until the signal aborts (it rejects then); tells when too many looks in a row went wrong. */
async function keepLooking(
  look: () => Promise<void>,
  pollMs: number,
  onFault: (reason: HallError) => void,
  signal: AbortSignal,
): Promise<never> {
  let missed = 0;
  for (;;) {
    try {
      await look();
      missed = 0;
    } catch (thrown) {
      if (signal.aborted || !isHallError(thrown)) throw thrown;
      missed += 1;
      if (missed >= MISSED_MAX) onFault(thrown);
    }
    await sleep(pollMs, signal);
  }
}

/** Serves a line as long as it is open; a defect of our own closes it, and it is opened afresh. */
async function untilDropped(line: Line, log: Log, serve: (signal: AbortSignal) => Promise<never>): Promise<void> {
  const over = new AbortController();
  void line.dropped.then((reason) => over.abort(reason ?? new HallError('device.stopped')));
  try {
    await serve(over.signal);
  } catch (thrown) {
    if (over.signal.aborted) return;
    log.error('reader.failed', asHallError(thrown, 'device.driver-failed'));
    await line.close();
  }
}

function effects({ onCard }: CardReaderOptions, log: Log): (effect: LayEffect) => void {
  return (effect) => {
    switch (effect.kind) {
      case 'count':
        onCard(effect.card, effect.last);
        return;
      case 'give-up':
        log.error('card.unreadable', effect.reason);
        return;
      case 'removed-early':
        log.info('card.removed-early');
    }
  };
}

/** Tells and logs changes only. */
function changes(onState: Report, log: Log): Report {
  let told = '';
  return (state) => {
    const news = state.part === 'present' ? `present ${state.card}` : `${state.part} ${state.reason.code}`;
    if (news === told) return;
    if (state.part === 'present' && !told.startsWith('present')) log.info('reader.present');
    if (state.part === 'fault') log.error('reader.fault', state.reason);
    told = news;
    onState(state);
  };
}
