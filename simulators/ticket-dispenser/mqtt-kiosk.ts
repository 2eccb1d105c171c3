/**
 * A kiosk that speaks MQTT itself: people choose a business or present a card, it prints what it is told, its paper runs out.
 * What it could not say while its network was away is said later, with the time of the happening. `truth` is what truly
 * happened.
 */
import { startMqttLink, type MqttLink, type Receipt } from '../kit/mqtt-link.ts';
import { seededRandom } from '../kit/random.ts';
import { recording } from '../kit/recording.ts';

export interface KioskOptions {
  /** `mqtt://host:port` or `ws://host:port` of the gateway's broker. */
  url: string;
  username: string;
  password: string;
  /** Id of the device entry. */
  device: string;
  heartbeatMs?: number;
  /** How long the printer takes for a ticket. */
  printMs?: number;
  seed?: number;
  onTruth?: (entry: KioskTruth) => void;
}

/** What happened at the kiosk: the name of its message, and what it says; `id` is the message's. */
export interface KioskTruth {
  atMs: number;
  did: 'ticket-requested' | 'ticket-printed' | 'ticket-reprinted' | 'print-failed' | 'card-read';
  id: string;
  said: Record<string, unknown>;
}

export interface Business {
  code: string;
  name: string;
}

export interface SimulatedKiosk {
  readonly link: MqttLink;
  readonly truth: readonly KioskTruth[];
  /** What its screen shows. */
  readonly screen: { enabled: boolean; businesses: unknown };
  /** Numbers on the tickets that came out, oldest first; copies carry 补打. */
  readonly paper: readonly string[];
  receiptOf(id: string): Receipt | undefined;
  /** A person touches a business; the identity of the message. */
  choose(business: Business): string;
  /** A person presents an ID card; the kiosk masks it before it says it. */
  presentCard(idNumber: string): string;
  /** The roll is empty, or a new one is in. */
  setPaper(paper: 'ok' | 'near-end' | 'out'): void;
  /** How it behaves from now on; one that leaks says the whole number of a card. */
  manners: { answers: 'yes' | 'never'; leaksIdNumbers: boolean };
  pullCable(): void;
  plugIn(): void;
  close(): Promise<void>;
}

const TICKETS_KNOWN_MAX = 10_000;

interface Ticket extends Record<string, unknown> {
  ticketNumber: string;
  issuedAt: string;
}

/** Switches the kiosk on; it connects by itself. */
export function startMqttKiosk(options: KioskOptions): SimulatedKiosk {
  const truth = recording<KioskTruth>();
  const paper = recording<string>();
  const tickets = new Map<string, { ticket: Ticket; copies: number }>();
  const manners: SimulatedKiosk['manners'] = { answers: 'yes', leaksIdNumbers: false };
  const screen: SimulatedKiosk['screen'] = { enabled: true, businesses: undefined };
  let roll: 'ok' | 'near-end' | 'out' = 'ok';

  const happens = (did: KioskTruth['did'], said: Record<string, unknown>): string => {
    const id = link.post(did, { at: new Date().toISOString(), ...said });
    const entry = { atMs: Date.now(), did, id, said };
    truth.add(entry);
    options.onTruth?.(entry);
    return id;
  };
  const answer = (ref: unknown, more: Record<string, unknown>) => {
    if (manners.answers === 'yes') link.say('answer', { ref, ...more });
  };
  const putOut = (ref: unknown, ticket: Ticket, copy: number, data: Record<string, unknown>) => {
    const { ticketNumber } = ticket;
    if (roll === 'out') {
      happens('print-failed', { ...identityOf(ticket), copy, reason: 'paper-out', mayBeOnPaper: false });
      answer(ref, { ok: false, reason: 'paper out' });
      return;
    }
    if (tickets.size >= TICKETS_KNOWN_MAX) tickets.clear();
    tickets.set(ticketNumber, { ticket, copies: copy });
    paper.add(copy === 1 ? ticketNumber : `${ticketNumber} 补打`);
    happens(copy === 1 ? 'ticket-printed' : 'ticket-reprinted', { ...identityOf(ticket), copy });
    answer(ref, { ok: true, data });
  };
  const later = (work: () => void) => void setTimeout(work, options.printMs ?? 10).unref();
  const orders: Record<string, (message: Record<string, unknown>) => void> = {
    'print-ticket'({ ref, ...content }) {
      const ticket = content as Ticket;
      const known = tickets.get(ticket.ticketNumber)?.ticket.issuedAt.slice(0, 10) === ticket.issuedAt.slice(0, 10);
      if (known) answer(ref, { ok: true, data: { printed: 'before' } });
      else later(() => putOut(ref, ticket, 1, { printed: 'now' }));
    },
    reprint({ ref, ticketNumber }) {
      const known = tickets.get(String(ticketNumber));
      if (!known) {
        answer(ref, { ok: false, reason: 'ticket not known here' });
        return;
      }
      const copy = known.copies + 1;
      later(() => putOut(ref, known.ticket, copy, { issuedAt: known.ticket.issuedAt, copy }));
    },
    enable({ ref }) {
      screen.enabled = true;
      answer(ref, { ok: true });
    },
    disable({ ref }) {
      screen.enabled = false;
      answer(ref, { ok: true });
    },
    'show-business'({ ref, businesses }) {
      screen.businesses = businesses;
      answer(ref, { ok: true });
    },
    state: ({ enabled, businesses }) => void Object.assign(screen, { enabled, businesses }),
  };
  const link = startMqttLink({
    ...options,
    hello: { model: 'Sim Kiosk', version: '1.0', serial: `K-${options.device}` },
    random: seededRandom(options.seed ?? 1),
    onDown: (name, message) => message && orders[name]?.(message),
  });
  return {
    link,
    truth: truth.entries,
    screen,
    paper: paper.entries,
    receiptOf: (id) => link.receiptOf(id),
    choose: (businessType) => happens('ticket-requested', { businessType, source: 'screen' }),
    presentCard(idNumber) {
      const idNumberMasked = `${idNumber.slice(0, 6)}********${idNumber.slice(-4)}`;
      const leak = manners.leaksIdNumbers ? { rawNumber: idNumber } : {};
      return happens('card-read', { idNumberMasked, checkDigitValid: true, cardKind: 'resident', ...leak });
    },
    setPaper(now) {
      roll = now;
      link.say('status', { printer: 'online', paper: now, cover: 'closed', cutter: 'ok', reader: 'present' });
    },
    manners,
    pullCable: () => link.pullCable(),
    plugIn: () => link.plugIn(),
    close: () => link.close(),
  };
}

/** What a ticket's messages say of it. */
function identityOf(ticket: Ticket): Record<string, unknown> {
  const { ticketNumber, businessType, issuedAt, source, visitId, requestId } = ticket;
  return { ticketNumber, businessType, issuedAt, source, visitId, requestId };
}
