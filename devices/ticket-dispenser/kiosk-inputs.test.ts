// A kiosk with a card reader and buttons: what people did becomes records, and their numbers stay in the hall.
import { afterEach, describe, expect, it } from 'vitest';
import { isHallError } from '../../gateway/kernel/errors.ts';
import { lineSettingsSchema, type LineSettings } from '../../gateway/kernel/line-settings.ts';
import { holdsIdentityNumber } from '../../firmware-bridge/mqtt-device/identity-number.ts';
import { parseJson } from '../../gateway/kernel/json.ts';
import { startButtonPanel, type ButtonPanelSimulator } from '../../simulators/ticket-dispenser/buttons.ts';
import { startCardReader, type CardReaderSimulator } from '../../simulators/ticket-dispenser/card-reader.ts';
import { textBlock } from '../../simulators/ticket-dispenser/card-block.ts';
import { inventPerson } from '../../simulators/ticket-dispenser/people.ts';
import { answerBytes } from '../../simulators/ticket-dispenser/reader-frames.ts';
import { recordingHall, recordingStore, until, type RecordingHall, type RecordingStore } from '../recording-hall.ts';
import { replyDecoder } from './card-reader-codec.ts';
import { readCardText } from './card-reading.ts';
import { ticketDispenser, type TicketDispenser } from './kind.ts';
import { openKiosk, type Kiosk } from './kiosk.ts';
import { runKioskInputs, type KioskInputSettings } from './kiosk-inputs.ts';
import { buttonsConfig } from './buttons.ts';
import { cardReaderConfig } from './card-reader-settings.ts';

const SOCIAL = { code: 'SS01', name: '社保业务' };
const TAX = { code: 'TX01', name: '税务业务' };

interface Running {
  seen: RecordingHall<TicketDispenser>;
  kiosk: Kiosk;
  stop(): Promise<void>;
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function panelAndReader(): Promise<{ panel: ButtonPanelSimulator; reader: CardReaderSimulator }> {
  const buttons = { social: Uint8Array.of(1), tax: Uint8Array.of(2) };
  const panel = await startButtonPanel({ port: { type: 'tcp' }, buttons });
  const reader = await startCardReader({ port: { type: 'tcp' }, finds: 'always' });
  closing.push(
    () => panel.close(),
    () => reader.close(),
  );
  return { panel, reader };
}

async function run(
  { panel, reader }: { panel: ButtonPanelSimulator; reader: CardReaderSimulator },
  options: { cardSeconds?: number; store?: RecordingStore } = {},
): Promise<Running> {
  const lines: Record<string, LineSettings> = {
    panel: lineSettingsSchema.parse(panel.line),
    reader: lineSettingsSchema.parse(reader.line),
  };
  const seen = recordingHall(ticketDispenser, { lines, store: options.store ?? recordingStore() });
  const settings: KioskInputSettings = {
    cardSeconds: options.cardSeconds ?? 60,
    cardReader: cardReaderConfig.parse({
      line: 'reader',
      pollMs: 50,
      replyTimeoutMs: 300,
      readTimeoutMs: 400,
      sameCardMs: 0,
    }),
    buttons: buttonsConfig.parse({
      line: 'panel',
      repeatWindowMs: 0,
      buttons: [
        { sends: '01', ...SOCIAL },
        { sends: '02', ...TAX },
      ],
    }),
  };
  const kiosk = await openKiosk(seen.hall);
  const ended = runKioskInputs(settings, seen.hall, kiosk);
  const stop = async () => {
    seen.stop();
    await ended;
  };
  closing.push(stop);
  await until('both parts are present', () => /"reader":"present".*"buttons":"present"/.test(newest(seen)));
  return { seen, kiosk, stop };
}

/** The newest state as text, reader before buttons. */
function newest({ states }: RecordingHall<TicketDispenser>): string {
  const { reader, buttons } = ticketDispenser.state.parse(states.at(-1));
  return JSON.stringify({ reader, buttons });
}

const untilRecorded = ({ seen }: Running, count: number) =>
  until(`${count} events are recorded`, () => seen.store.occurrences.length >= count);
const dataOf = ({ seen }: Running) => seen.store.occurrences.map(({ type, data }) => ({ type, ...data }));
const maskOf = (nth: number) => inventPerson(nth).idNumber.replace(/(?<=^.{6}).{8}/, '********');

describe('a person at the kiosk', () => {
  it('who lays a card and presses a button asks for a ticket with that card', async () => {
    const parts = await panelAndReader();
    const kiosk = await run(parts);
    parts.reader.layCard(inventPerson(0));
    await untilRecorded(kiosk, 1);
    await parts.panel.press('social');
    await untilRecorded(kiosk, 2);
    expect(dataOf(kiosk)).toMatchObject([
      { type: 'card.read', idNumberMasked: maskOf(0), nameMasked: '张**' },
      { type: 'ticket.requested', businessType: SOCIAL, source: 'button', card: { idNumberMasked: maskOf(0) } },
    ]);
  });

  it('who presses a button without a card asks for a ticket, without the card of the one before', async () => {
    const parts = await panelAndReader();
    const kiosk = await run(parts);
    await parts.panel.press('tax');
    await untilRecorded(kiosk, 1);
    parts.reader.layCard(inventPerson(0));
    await untilRecorded(kiosk, 2);
    await parts.panel.press('social');
    await untilRecorded(kiosk, 3);
    await parts.panel.press('tax');
    await untilRecorded(kiosk, 4);
    expect(dataOf(kiosk).map(({ type, ...data }) => [type, 'card' in data])).toEqual([
      ['ticket.requested', false],
      ['card.read', false],
      ['ticket.requested', true],
      ['ticket.requested', false],
    ]);
  });

  it('who comes after one that only laid a foreigner’s card is given no number of anybody', async () => {
    const parts = await panelAndReader();
    const kiosk = await run(parts);
    parts.reader.layCard(inventPerson(0));
    await untilRecorded(kiosk, 1);
    parts.reader.takeCard();
    const finds = parts.reader.heard('find');
    await until('the place is empty', () => parts.reader.heard('find') > finds + 1);
    parts.reader.layCard(inventPerson(1, { cardMark: 'I' }));
    await untilRecorded(kiosk, 2);
    await parts.panel.press('social');
    await untilRecorded(kiosk, 3);
    expect(dataOf(kiosk).at(-1)).toEqual({ type: 'ticket.requested', businessType: SOCIAL, source: 'button' });
  });

  it('who waits too long after laying the card asks for a ticket without it', async () => {
    const parts = await panelAndReader();
    const kiosk = await run(parts, { cardSeconds: 0.001 });
    parts.reader.layCard(inventPerson(0));
    await untilRecorded(kiosk, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await parts.panel.press('social');
    await untilRecorded(kiosk, 2);
    expect(dataOf(kiosk).at(-1)).not.toHaveProperty('card');
  });

  it('who presses while the kiosk is closed asks for nothing, and the card goes with the next ticket', async () => {
    const parts = await panelAndReader();
    const kiosk = await run(parts);
    await kiosk.kiosk.remember({ enabled: false });
    parts.reader.layCard(inventPerson(0));
    await untilRecorded(kiosk, 1);
    await parts.panel.press('tax');
    await until('the press was ignored', () => kiosk.seen.log.some(({ event }) => event === 'ticket.request-ignored'));
    await kiosk.kiosk.remember({ enabled: true });
    await parts.panel.press('social');
    await untilRecorded(kiosk, 2);
    expect(dataOf(kiosk).at(-1)).toMatchObject({ businessType: SOCIAL, card: { idNumberMasked: maskOf(0) } });
  });

  it('whose card lies there while the gateway restarts has laid one card', async () => {
    const parts = await panelAndReader();
    const before = await run(parts);
    parts.reader.layCard(inventPerson(0));
    await untilRecorded(before, 1);
    await before.stop();
    const reads = parts.reader.heard('read');
    const after = await run(parts, { store: before.seen.store });
    await until('the card was read again', () => parts.reader.heard('read') > reads);
    await parts.panel.press('social');
    await untilRecorded(after, 2);
    expect(dataOf(after).map(({ type }) => type)).toEqual(['card.read', 'ticket.requested']);
  });
});

describe('a kiosk whose parts are gone', () => {
  it('says which, and goes on with the other', async () => {
    const parts = await panelAndReader();
    const kiosk = await run(parts);
    await parts.reader.pullCable();
    await until('the reader is absent', () => newest(kiosk.seen) === '{"reader":"absent","buttons":"present"}');
    await parts.panel.press('social');
    await untilRecorded(kiosk, 1);
    await parts.reader.plugIn();
    await parts.panel.pullCable();
    await until('the panel is absent', () => newest(kiosk.seen) === '{"reader":"present","buttons":"absent"}');
    parts.reader.layCard(inventPerson(0));
    await untilRecorded(kiosk, 2);
  });

  it('says that a reader that does not answer is faulty', async () => {
    const parts = await panelAndReader();
    const kiosk = await run(parts);
    parts.reader.trouble.mute = true;
    await until('the reader is faulty', () => newest(kiosk.seen) === '{"reader":"fault","buttons":"present"}');
  });
});

describe('the number and the name on a card', () => {
  const people = Array.from({ length: 6 }, (_, nth) => inventPerson(nth * 7 + 1));

  it('are in no event, state, stored cursor or log line, whatever goes wrong', async () => {
    const parts = await panelAndReader();
    const store = recordingStore();
    const kiosk = await run(parts, { store });
    for (const [nth, person] of people.entries()) {
      parts.reader.trouble.wrongXors = nth % 2;
      parts.reader.trouble.select = nth === 3 ? 0x81 : undefined;
      parts.reader.trouble.readStopsAfterBytes = undefined;
      parts.reader.layCard(nth === 4 ? { ...person, cardMark: 'Q' } : person);
      const finds = parts.reader.heard('find');
      await until('the card was dealt with', () => parts.reader.heard('find') > finds + 8);
      await parts.panel.press('social');
      parts.reader.takeCard();
      const emptied = parts.reader.heard('find');
      await until('the place is empty', () => parts.reader.heard('find') > emptied + 1);
    }
    await kiosk.stop();
    const told = JSON.stringify([store.occurrences, [...store.cursors], kiosk.seen.states, kiosk.seen.log]);
    expect(store.occurrences.filter(({ type }) => type === 'card.read')).toHaveLength(4);
    expect(kiosk.seen.log.filter(({ event }) => event === 'card.unreadable')).toHaveLength(2);
    expect(holdsIdentityNumber(parseJson(told))).toBe(false);
    for (const { idNumber, name, address, birth } of people) {
      for (const secret of [idNumber, idNumber.slice(6, 14), name, address, birth]) expect(told).not.toContain(secret);
    }
  });

  it('are in no error that a faulty card makes', async () => {
    const person = inventPerson(0, { cardMark: 'Q' });
    const text = Buffer.concat([Buffer.from('01000000', 'hex'), textBlock(person)]);
    const [selected] = replyDecoder().push(answerBytes(0x90, new Uint8Array(8)));
    const [reply] = replyDecoder().push(answerBytes(0x90, text));
    const answer = (command: string) => Promise.resolve(command === 'read' ? reply! : selected!);
    const thrown: unknown = await readCardText(answer).catch((error: unknown) => error);
    expect(isHallError(thrown) && JSON.stringify([thrown.message, thrown.facts, thrown.stack])).not.toMatch(
      new RegExp(`${person.idNumber}|${person.name}`),
    );
    expect(reply?.data.every((byte) => byte === 0)).toBe(true);
  });
});
