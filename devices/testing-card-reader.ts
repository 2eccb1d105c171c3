/**
 * A card reader on a real line and the part of a driver that runs it, for tests; `clearUp` closes both after each.
 */
import { systemClock } from '../gateway/kernel/clock.ts';
import { HallError } from '../gateway/kernel/errors.ts';
import { lineSettingsSchema } from '../gateway/kernel/line-settings.ts';
import { collectingLog } from '../gateway/kernel/log.ts';
import { until } from '../simulators/kit/until.ts';
import {
  startCardReader,
  type CardReaderOptions,
  type CardReaderSimulator,
} from '../simulators/ticket-dispenser/card-reader.ts';
import { inventPerson } from '../simulators/ticket-dispenser/people.ts';
import type { LastCard } from './ticket-dispenser/card-lay-machine.ts';
import { cardReaderConfig } from './ticket-dispenser/card-reader-settings.ts';
import { runCardReader, type CardReaderState } from './ticket-dispenser/card-reader.ts';
import type { PresentedCard } from './ticket-dispenser/presented-card.ts';

/** Patient, because a machine that runs many tests may stand still; what waits for a time-out is told to be quick. */
export const SETTINGS = { line: 'reader', pollMs: 50, replyTimeoutMs: 2_000, readTimeoutMs: 5_000, sameCardMs: 0 };
export const QUICK = { replyTimeoutMs: 150, readTimeoutMs: 400 };

export interface Seen {
  cards: { card: PresentedCard; last: LastCard }[];
  states: CardReaderState[];
  log: ReturnType<typeof collectingLog>['lines'];
  ended: Promise<void>;
  stop(): void;
}

const closing: (() => Promise<unknown>)[] = [];
/** To be called after each test. */
export async function clearUp(): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close();
}

export async function reader(options: Partial<CardReaderOptions> = {}): Promise<CardReaderSimulator> {
  const simulator = await startCardReader({ port: { type: 'tcp' }, ...options });
  closing.push(() => simulator.close());
  return simulator;
}

/** Runs the part of the driver against a reader. */
export function run(simulator: CardReaderSimulator, settings: object = {}, last?: LastCard): Seen {
  const stopping = new AbortController();
  const { lines, ...log } = collectingLog();
  const seen: Omit<Seen, 'ended'> = { cards: [], states: [], log: lines, stop: () => stopping.abort() };
  const hall = {
    line: () => lineSettingsSchema.parse(simulator.line),
    signal: stopping.signal,
    log,
    clock: systemClock(),
  };
  const ended = runCardReader(cardReaderConfig.parse({ ...SETTINGS, ...settings }), hall, {
    onCard: (card, laid) => void seen.cards.push({ card, last: laid }),
    onState: (state) => void seen.states.push(state),
    last,
  });
  closing.push(() => {
    stopping.abort(new HallError('device.stopped'));
    return ended;
  });
  return { ...seen, ended };
}

export const masks = ({ cards }: Seen) => cards.map(({ card }) => card.idNumberMasked);
export const maskOf = (nth: number) => inventPerson(nth).idNumber.replace(/(?<=^.{6}).{8}/, '********');
export const newest = ({ states }: Seen) => {
  const state = states.at(-1);
  return state?.part === 'present' ? state.card : (state?.reason.code ?? 'unknown');
};
export const untilState = (seen: Seen, wanted: string) =>
  until(`the state is ${wanted}`, () => newest(seen) === wanted);
export const untilCards = (seen: Seen, count: number) => until(`${count} cards came`, () => seen.cards.length >= count);
/** So many more questions were asked and answered, so whatever was going to happen has happened. */
export const untilAskedAgain = (simulator: CardReaderSimulator, times = 4) => {
  const from = simulator.heard('find');
  return until('the reader was asked again', () => simulator.heard('find') >= from + times);
};
