/**
 * Kiosks of hall.yaml that speak MQTT themselves: what happens at one is said until the gateway has it.
 */
import { inventPerson } from '../../ticket-dispenser/people.ts';
import { startMqttKiosk, type KioskTruth, type SimulatedKiosk } from '../../ticket-dispenser/mqtt-kiosk.ts';
import { BUSINESSES } from '../day.ts';
import type { DeviceEntry } from '../hall-file.ts';
import type { Picture } from '../picture.ts';
import type { Front, Ground, Hand, StandInMaker } from '../stand-in.ts';
import type { AwaitingReceipts } from './awaiting-receipts.ts';
import { standUpOverMqtt, type MqttPlace, type Say } from './mqtt-devices.ts';

/** The events that its messages become, and what tells one from another. */
const EVENTS: Readonly<Record<KioskTruth['did'], { type: string; identity: readonly string[] }>> = {
  'ticket-requested': { type: 'hall.ticket.requested.v1', identity: ['businessType', 'source'] },
  'ticket-printed': { type: 'hall.ticket.printed.v1', identity: ['ticketNumber', 'copy'] },
  'ticket-reprinted': { type: 'hall.ticket.reprinted.v1', identity: ['ticketNumber', 'copy'] },
  'print-failed': { type: 'hall.ticket.print-failed.v1', identity: ['ticketNumber', 'copy', 'reason'] },
  'card-read': { type: 'hall.card.read.v1', identity: ['idNumberMasked'] },
};

const PAPER_CHARACTERS = 32;

export const ticketDispenserMqtt: StandInMaker = {
  kind: 'ticket-dispenser',
  wire: 'mqtt',
  standUp: standUpOverMqtt({ prefers: 'mqtt', start, use }),
};

function start({ id: device, kind }: DeviceEntry, place: MqttPlace, say: Say, { onHappening }: Ground): SimulatedKiosk {
  return startMqttKiosk({
    ...place,
    onTruth({ atMs, did, id, said }) {
      const { type, identity } = EVENTS[did];
      say(id, { atMs, what: type, data: Object.fromEntries(identity.map((key) => [key, said[key]])) });
      const { ticketNumber, copy } = said;
      const isPaper = did === 'ticket-printed' || did === 'ticket-reprinted';
      if (isPaper) onHappening({ device, kind, atMs, what: 'ticket.on-paper', data: { ticketNumber, copy } });
    },
  });
}

function use(kiosk: SimulatedKiosk, receipts: AwaitingReceipts, entry: DeviceEntry): Front {
  const press: Hand = {
    summary: { en: 'somebody chooses a business on the screen', zh: '在屏幕上选择业务' },
    input: { business: BUSINESSES[0]?.code ?? '' },
    act({ business }) {
      if (!kiosk.screen.enabled) throw new Error(`${entry.id} is out of service / 暂停取号`);
      return receipts.reception(kiosk.choose({ code: String(business), name: nameOf(String(business)) }));
    },
  };
  const card: Hand = {
    summary: { en: 'somebody presents an ID card', zh: '刷身份证' },
    input: { person: 1 },
    act: ({ person }) => receipts.reception(kiosk.presentCard(inventPerson(Number(person)).idNumber)),
  };
  const paper = (now: 'ok' | 'near-end' | 'out', en: string, zh: string): Hand => ({
    summary: { en, zh },
    act() {
      kiosk.setPaper(now);
    },
  });
  return {
    speaks: Object.values(EVENTS).map(({ type }) => type),
    hands: {
      press,
      card,
      'tear-paper': paper('out', 'the paper is out', '缺纸'),
      'paper-near-end': paper('near-end', 'the paper is nearly out', '纸将尽'),
      refill: paper('ok', 'a new roll of paper', '换纸'),
    },
    picture: () => lastTicket(kiosk.paper.at(-1)),
  };
}

function nameOf(code: string): string {
  return BUSINESSES.find((business) => business.code === code)?.name ?? code;
}

/** Of what it printed only the number is known here. */
function lastTicket(text: string | undefined): Picture | undefined {
  if (text === undefined) return undefined;
  const number = { what: 'text' as const, text, size: 3, bold: true, align: 'centre' as const };
  return { form: 'ticket', width: PAPER_CHARACTERS, lit: true, parts: [number, { what: 'cut' }] };
}
