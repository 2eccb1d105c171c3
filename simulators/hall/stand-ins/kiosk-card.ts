/**
 * People with ID cards at the reader of a kiosk. The reader knows that a card was read out; that the gateway lived on to keep
 * it, it sees from the next question.
 */
import type { CardReaderSimulator } from '../../ticket-dispenser/card-reader.ts';
import { inventPerson, type Person } from '../../ticket-dispenser/people.ts';
import { until } from '../../kit/until.ts';
import type { DeviceEntry } from '../hall-file.ts';
import type { Ground, Hand } from '../stand-in.ts';

export const CARD_READ = 'hall.card.read.v1';

/** Nobody holds a card on a dead reader for longer. */
const READ_WITHIN_MS = 5_000;
/** Longer than the reader is left alone between two questions. */
const ASKED_AGAIN_WITHIN_MS = 2_000;
/** A card that is back sooner was never taken away; the setting of the driver, and a little more. */
const SAME_CARD_MS = 2_000;
const MARGIN_MS = 300;

export function cardHand(entry: DeviceEntry, reader: CardReaderSimulator, { onHappening }: Ground): Hand {
  const { sameCardMs, privacy } = settingsOf(entry);
  let last = { idNumber: '', atMs: -Infinity };
  let busy = false;
  /** True when it was read out, and the reader was asked again after. */
  const lay = async (person: Person): Promise<boolean> => {
    let read = false;
    const stop = reader.onTruth(({ deed }) => (read ||= deed === 'read'));
    reader.layCard(person);
    try {
      await until('the card is read', () => read, READ_WITHIN_MS);
      const asked = reader.heard('find');
      return await until('asked again', () => reader.heard('find') > asked, ASKED_AGAIN_WITHIN_MS).catch(() => false);
    } finally {
      stop();
      reader.takeCard();
    }
  };
  return {
    summary: { en: 'somebody lays an ID card on the reader', zh: '放身份证' },
    input: { person: 1 },
    async act({ person }) {
      if (busy) throw new Error(`a card lies on the reader of ${entry.id} already / 已有身份证`);
      busy = true;
      try {
        const { idNumber, ...rest } = inventPerson(Number(person));
        const again = idNumber === last.idNumber;
        if (again) await sleep(last.atMs + sameCardMs + MARGIN_MS - performance.now());
        // The same card, first thing after the gateway was away, may have lain there all the time.
        const doubtful = again && !reader.connected();
        const certain = await lay({ idNumber, ...rest });
        last = { idNumber, atMs: performance.now() };
        const data = privacy === 'hash' ? { cardKind: 'resident' } : { idNumberMasked: masked(idNumber) };
        const happening = { device: entry.id, kind: entry.kind, atMs: Date.now(), what: CARD_READ, data };
        onHappening(certain && !doubtful ? happening : { ...happening, maybe: true });
      } finally {
        busy = false;
      }
    },
  };
}

function settingsOf({ cardReader }: DeviceEntry): { sameCardMs: number; privacy: unknown } {
  const { sameCardMs, privacy }: Record<string, unknown> = isRecord(cardReader) ? cardReader : {};
  return { sameCardMs: typeof sameCardMs === 'number' ? sameCardMs : SAME_CARD_MS, privacy };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** What may be told of a number: six digits in front and four behind. */
function masked(idNumber: string): string {
  return `${idNumber.slice(0, 6)}${'*'.repeat(idNumber.length - 10)}${idNumber.slice(-4)}`;
}

function sleep(delayMs: number): Promise<void> {
  return delayMs > 0 ? new Promise((resolve) => setTimeout(resolve, delayMs)) : Promise.resolve();
}
