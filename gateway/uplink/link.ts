/**
 * What outlives a connection: books, board, quarantine, and what they make of the news from a delivery. The effects of
 * the link machine (`uplink.ts`) work on it. The books are kept for one epoch of the spool: after a salvage the same
 * sequence means another event, so the connection is dropped and the next one begins with new books.
 */
import type { Clock } from '../kernel/clock.ts';
import { HallError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import type { Place } from '../kernel/names.ts';
import type { RetainedMessages } from '../kernel/retained.ts';
import { receiptTopic } from '../kernel/topics.ts';
import type { Spool } from '../spool/port.ts';
import { confirmer, type Confirmer } from './confirmer.ts';
import type { DeliveryListener } from './delivery.ts';
import { inbox } from './inbox.ts';
import { linkBoard, type LinkBoard } from './link-board.ts';
import { LINK_START, type LinkInput, type LinkPhase } from './link-machine.ts';
import { quarantine, type Quarantine } from './quarantine.ts';
import { openSession, type Session } from './session.ts';
import { blamesTheMessage, suspicion, type Suspicion } from './suspicion.ts';
import { tokenBucket, type TokenBucket } from './token-bucket.ts';
import { placeOf } from './transport.ts';
import type { UplinkSettings } from './uplink-settings.ts';
import type { Inbound } from './wire.ts';

export interface UplinkOptions {
  place: Place;
  settings: UplinkSettings;
  spool: Spool;
  /** States and inventory; the gateway's own status topic is the uplink's, and skipped here. */
  retained: RetainedMessages;
  /** Of the gateway program, for its status message. */
  version: string;
  bootId: string;
  clock: Clock;
  log: Log;
  random?: (this: void) => number;
  /** Takes a command in; its PUBACK goes out when this resolves, and never when it rejects. */
  onCommand(message: Inbound): Promise<void>;
}

/** The link machine as seen from here. */
export interface LinkControl {
  send(input: LinkInput): void;
  phase(): LinkPhase;
  /** Tries since the centre last acknowledged something. */
  attempt(): number;
}

/** What is known about the events of one epoch. */
export interface Books {
  readonly epoch: string;
  readonly confirming: Confirmer;
  readonly suspects: Suspicion;
  /** Highest sequence that was handed to the wire. */
  sentThrough: number;
}

export interface Link {
  readonly options: UplinkOptions;
  /** The broker's address without secrets. */
  readonly peer: string;
  readonly board: LinkBoard;
  readonly ward: Quarantine;
  readonly bucket: TokenBucket;
  readonly stopping: AbortController;
  /** Kinds of false receipts that were logged already. */
  readonly refusedReasons: Set<unknown>;
  readonly tally: { sent: number; reconnects: number };
  books: Books;
  /** The open connection. */
  session: Session | undefined;
}

export function newLink(options: UplinkOptions): Link {
  const { settings, clock } = options;
  const peer = placeOf(settings.url);
  const log = options.log.child({ peer });
  const board = linkBoard(LINK_START.phase, clock, log);
  const onTrouble = (error: HallError) => board.trouble(error);
  return {
    options: { ...options, log },
    peer,
    board,
    ward: quarantine({ ...options, log, onTrouble }),
    bucket: tokenBucket(settings.catchUpPerSecond, clock.monotonicMs()),
    stopping: new AbortController(),
    refusedReasons: new Set(),
    tally: { sent: 0, reconnects: 0 },
    books: newBooks(options, onTrouble),
    session: undefined,
  };
}

function newBooks({ spool, settings }: UplinkOptions, onTrouble: (error: HallError) => void): Books {
  return {
    epoch: spool.epoch,
    confirming: confirmer(spool, onTrouble),
    suspects: suspicion(settings.parkAfterTries),
    sentThrough: 0,
  };
}

/** @throws HallError that says why there is no connection. */
export async function connectLink(link: Link, control: LinkControl): Promise<Session> {
  const { options, ward, bucket, stopping, board } = link;
  const { place, settings, spool, clock, version, bootId } = options;
  const shelf = await ward.shelf();
  if (link.books.epoch !== spool.epoch) link.books = newBooks(options, (error) => board.trouble(error));
  const { epoch, confirming, suspects } = link.books;
  const since = new Date(clock.now()).toISOString();
  const clientId = settings.clientId ?? `hall-${place.hall}-${place.gateway}`;
  const on = listenerOf(link, control);
  return openSession({
    wire: { settings, clientId, signal: stopping.signal, onMessage: inboxOf(link, control) },
    delivery: { spool, epoch, settings, place, clock, bucket, shelf, on, confirmer: confirming, suspicion: suspects },
    statusPayload: (state) => JSON.stringify({ state, version, bootId, epoch: spool.epoch, since }),
  });
}

/** While draining: is everything with the centre? */
export function checkDrained(link: Link, control: LinkControl): void {
  if (control.phase() === 'draining' && link.session?.delivery.idle()) control.send('drained');
}

function inboxOf(link: Link, control: LinkControl): (message: Inbound) => Promise<void> {
  const { options, books } = link;
  const { place, settings, log } = options;
  return inbox({
    receiptTopic: receiptTopic(place),
    receiptsCount: settings.confirm === 'receipt',
    receiptContext: () => ({ ...books, confirmed: books.confirming.through() }),
    onReceipt({ through, resend }) {
      books.confirming.confirm(through);
      link.session?.delivery.receipted(resend);
      control.send('receipt-came');
      checkDrained(link, control);
    },
    onCommand: (message) => options.onCommand(message),
    refusedReasons: link.refusedReasons,
    log,
  });
}

function listenerOf(link: Link, control: LinkControl): Omit<DeliveryListener, 'fault'> {
  const { board, ward, tally, books } = link;
  return {
    greeted: () => control.send('greeted'),
    sent(events, through) {
      tally.sent += events;
      books.sentThrough = Math.max(books.sentThrough, through);
    },
    acked() {
      if (control.attempt() > 0) control.send('progress');
      checkDrained(link, control);
    },
    caughtUp() {
      control.send('caught-up');
      checkDrained(link, control);
    },
    behind: () => control.send('behind'),
    receiptLate() {
      const message = `No receipt for what follows ${books.confirming.through()}: sending it again.`;
      board.trouble(new HallError('uplink.receipt-late', { message }));
      control.send('receipt-late');
    },
    refused(sequence, reasonCode) {
      ward.carryOut(books.suspects.refused(sequence, reasonCode));
      const message = `The broker refuses event ${sequence}: PUBACK ${reasonCode}.`;
      const code = blamesTheMessage(reasonCode) ? 'uplink.message-refused' : 'uplink.publish-forbidden';
      link.session?.drop(new HallError(code, { message, facts: { sequence, reasonCode } }));
    },
    stateRefused(topic, reasonCode) {
      const message = `The broker refuses ${topic}: PUBACK ${reasonCode}.`;
      board.trouble(new HallError('uplink.publish-forbidden', { message, facts: { topic, reasonCode } }));
    },
    trouble: (error) => board.trouble(error),
  };
}
