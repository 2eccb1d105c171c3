/**
 * What outlives a connection: books, board, quarantine, and what they make of the news from a delivery. The effects of
 * the link machine (`uplink.ts`) work on it.
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
import { suspicion, type Suspicion } from './suspicion.ts';
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

export interface Link {
  readonly options: UplinkOptions;
  /** The broker's address without secrets. */
  readonly peer: string;
  readonly board: LinkBoard;
  readonly confirming: Confirmer;
  readonly ward: Quarantine;
  readonly suspects: Suspicion;
  readonly bucket: TokenBucket;
  readonly stopping: AbortController;
  /** Kinds of false receipts that were logged already. */
  readonly refusedReasons: Set<unknown>;
  readonly tally: { sent: number; sentThrough: number; reconnects: number };
  /** The open connection. */
  session: Session | undefined;
}

export function newLink(options: UplinkOptions): Link {
  const { settings, spool, clock } = options;
  const peer = placeOf(settings.url);
  const log = options.log.child({ peer });
  const board = linkBoard(LINK_START.phase, clock, log);
  const onTrouble = (error: HallError) => board.trouble(error);
  return {
    options: { ...options, log },
    peer,
    board,
    confirming: confirmer(spool, onTrouble),
    ward: quarantine({ ...options, log, onTrouble }),
    suspects: suspicion(settings.parkAfterTries),
    bucket: tokenBucket(settings.catchUpPerSecond, clock.monotonicMs()),
    stopping: new AbortController(),
    refusedReasons: new Set(),
    tally: { sent: 0, sentThrough: 0, reconnects: 0 },
    session: undefined,
  };
}

/** @throws HallError that says why there is no connection. */
export async function connectLink(link: Link, control: LinkControl): Promise<Session> {
  const { options, ward, confirming, suspects, bucket, stopping } = link;
  const { place, settings, spool, clock, version, bootId } = options;
  const shelf = await ward.shelf();
  const since = new Date(clock.now()).toISOString();
  const clientId = settings.clientId ?? `hall-${place.hall}-${place.gateway}`;
  const on = listenerOf(link, control);
  return openSession({
    wire: { settings, clientId, signal: stopping.signal, onMessage: inboxOf(link, control) },
    delivery: { spool, settings, place, clock, bucket, shelf, on, confirmer: confirming, suspicion: suspects },
    statusPayload: (state) => JSON.stringify({ state, version, bootId, epoch: spool.epoch, since }),
  });
}

/** While draining: is everything with the centre? */
export function checkDrained(link: Link, control: LinkControl): void {
  if (control.phase() === 'draining' && link.session?.delivery.idle()) control.send('drained');
}

function inboxOf(link: Link, control: LinkControl): (message: Inbound) => Promise<void> {
  const { options, confirming, tally } = link;
  const { place, settings, spool, log } = options;
  return inbox({
    receiptTopic: receiptTopic(place),
    receiptsCount: settings.confirm === 'receipt',
    receiptContext: () => ({ epoch: spool.epoch, sentThrough: tally.sentThrough, confirmed: confirming.through() }),
    onReceipt(through) {
      confirming.confirm(through);
      link.session?.delivery.receipted();
      control.send('receipt-came');
      checkDrained(link, control);
    },
    onCommand: (message) => options.onCommand(message),
    refusedReasons: link.refusedReasons,
    log,
  });
}

function listenerOf(link: Link, control: LinkControl): DeliveryListener {
  const { board, ward, suspects, tally, confirming } = link;
  return {
    greeted: () => control.send('greeted'),
    sent(events, through) {
      tally.sent += events;
      tally.sentThrough = Math.max(tally.sentThrough, through);
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
      const message = `No receipt for what follows ${confirming.through()}: sending it again.`;
      board.trouble(new HallError('uplink.receipt-late', { message }));
      control.send('receipt-late');
    },
    refused(sequence, reasonCode) {
      ward.carryOut(suspects.refused(sequence));
      const message = `The broker refuses event ${sequence}: PUBACK ${reasonCode}.`;
      link.session?.drop(new HallError('uplink.message-refused', { message, facts: { sequence, reasonCode } }));
    },
    fault: (error) => link.session?.drop(error),
    trouble: (error) => board.trouble(error),
  };
}
