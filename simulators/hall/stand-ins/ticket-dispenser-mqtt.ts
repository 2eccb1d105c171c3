/**
 * Kiosks of hall.yaml that speak MQTT themselves: what happens at one is said until the gateway has it.
 */
import { inventPerson } from '../../ticket-dispenser/people.ts';
import { startMqttKiosk, type KioskTruth, type SimulatedKiosk } from '../../ticket-dispenser/mqtt-kiosk.ts';
import { BUSINESSES } from '../day.ts';
import type { DeviceEntry } from '../hall-file.ts';
import type { Picture } from '../picture.ts';
import type { Ground, Hand, Standing, StandIn, StandInMaker } from '../stand-in.ts';
import { awaitingReceipts, type AwaitingReceipts } from './awaiting-receipts.ts';
import { brokerAccess } from './local-broker.ts';

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
  async standUp(entries, ground) {
    const stood = await Promise.all(entries.map((entry) => startFor(entry, ground)));
    const devices = stood.flatMap((each) => each.devices);
    const close = async () => {
      await Promise.all(stood.map((each) => each.close()));
    };
    return { devices, close };
  },
};

async function startFor(entry: DeviceEntry, ground: Ground): Promise<Standing> {
  const { id: device, kind } = entry;
  const { onHappening } = ground;
  const access = await brokerAccess(ground.file, entry, 'mqtt');
  const kiosk: SimulatedKiosk = startMqttKiosk({
    ...access,
    device,
    seed: ground.random.int(1, 2 ** 31),
    onTruth({ atMs, did, id, said }) {
      const { type, identity } = EVENTS[did];
      const data = Object.fromEntries(identity.map((key) => [key, said[key]]));
      receipts.expect(id, { device, kind, atMs, what: type, data });
      const { ticketNumber, copy } = said;
      const isPaper = did === 'ticket-printed' || did === 'ticket-reprinted';
      if (isPaper) onHappening({ device, kind, atMs, what: 'ticket.on-paper', data: { ticketNumber, copy } });
    },
  });
  const receipts = awaitingReceipts({ receiptOf: (id) => kiosk.receiptOf(id), onHappening });
  const close = async () => {
    receipts.close();
    await kiosk.close();
  };
  return { devices: [standIn(entry, kiosk, receipts)], close };
}

function standIn(entry: DeviceEntry, kiosk: SimulatedKiosk, receipts: AwaitingReceipts): StandIn {
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
    entry,
    speaks: Object.values(EVENTS).map(({ type }) => type),
    hands: {
      press,
      card,
      'tear-paper': paper('out', 'the paper is out', '缺纸'),
      'paper-near-end': paper('near-end', 'the paper is nearly out', '纸将尽'),
      refill: paper('ok', 'a new roll of paper', '换纸'),
    },
    pullCable() {
      kiosk.pullCable();
      return Promise.resolve();
    },
    plugIn() {
      kiosk.plugIn();
      return Promise.resolve();
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
