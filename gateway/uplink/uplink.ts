/**
 * The way to the centre. Records leave the spool in sequence order and only when the centre has them; the newest truths
 * go first; commands come back the same way. `link-machine.ts` tells the life of the link, `session.ts` one connection,
 * `delivery.ts` what is sent when; this file runs the machine and owns what outlives a connection.
 */
import { fullJitterMs } from '../kernel/backoff.ts';
import type { Clock } from '../kernel/clock.ts';
import { HallError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { runMachine } from '../kernel/machine.ts';
import type { Place } from '../kernel/names.ts';
import type { RetainedMessages } from '../kernel/retained.ts';
import { receiptTopic } from '../kernel/topics.ts';
import { deferred, once, sleep } from '../kernel/waiting.ts';
import type { Spool } from '../spool/port.ts';
import { confirmer } from './confirmer.ts';
import type { DeliveryListener } from './delivery.ts';
import { inbox } from './inbox.ts';
import { linkBoard } from './link-board.ts';
import { connectError } from './link-errors.ts';
import { LINK_START, linkTransition, type LinkEffect, type LinkInput, type LinkPhase } from './link-machine.ts';
import { quarantine } from './quarantine.ts';
import { openSession, type Session } from './session.ts';
import { suspicion } from './suspicion.ts';
import { tokenBucket } from './token-bucket.ts';
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

export interface UplinkStatus {
  link: LinkPhase;
  /** When this phase began, milliseconds since 1970. */
  since: number;
  /** What keeps the link from being up. */
  error: HallError | undefined;
  /** Events handed to the wire since start, repeats included. */
  sent: number;
  /** Everything up to this sequence is safe with the centre. */
  acked: number;
  /** Messages without PUBACK. */
  inFlight: number;
  /** Connections that were lost or could not be made, since start. */
  reconnects: number;
  /** Messages set aside because the broker cannot bear them. */
  parked: number;
}

export interface Uplink {
  status(): UplinkStatus;
  /** Calls the listener when phase or error change; returns the way to stop. */
  onChange(listener: (status: UplinkStatus) => void): () => void;
  /** Sends what it can within `drainMs` (3 s), says offline, hangs up. Twice does no harm. */
  close(options?: { drainMs?: number }): Promise<void>;
}

const DRAIN_MS = 3_000;

/** Starts to connect at once and never stops trying until `close`. */
export function startUplink(options: UplinkOptions): Uplink {
  const link = linkOf(options);
  return {
    status: link.status,
    onChange: (listener) => link.board.onChange(() => listener(link.status())),
    close: link.close,
  };
}

function linkOf(options: UplinkOptions) {
  const { place, settings, spool, retained, clock, random } = options;
  const peer = placeOf(settings.url);
  const log = options.log.child({ peer });
  const board = linkBoard(LINK_START.phase, clock, log);
  const onTrouble = (error: HallError) => board.trouble(error);
  const stopping = new AbortController();
  const finished = deferred<undefined>();
  const confirming = confirmer(spool, onTrouble);
  const ward = quarantine({ spool, place, clock, log, retained, onTrouble });
  const suspects = suspicion(settings.parkAfterTries);
  const bucket = tokenBucket(settings.catchUpPerSecond, clock.monotonicMs());
  const tally = { sent: 0, sentThrough: 0, reconnects: 0 };
  let session: Session | undefined;
  let drainMs = DRAIN_MS;

  const send = (input: LinkInput) => {
    machine.send(input);
    board.phase(machine.state.phase);
  };
  const machine = runMachine(LINK_START, linkTransition, (effect) => void effects[effect]());
  const stopWatchingBoard = retained.onChange((topic, payload) => {
    if (ward.allows([topic, payload])) session?.delivery.enqueue(topic, payload);
  });
  const checkDrained = () => {
    if (machine.state.phase === 'draining' && session?.delivery.idle()) send('drained');
  };
  const onMessage = inbox({
    receiptTopic: receiptTopic(place),
    receiptsCount: settings.confirm === 'receipt',
    receiptContext: () => ({ epoch: spool.epoch, sentThrough: tally.sentThrough, confirmed: confirming.through() }),
    onReceipt(through) {
      confirming.confirm(through);
      session?.delivery.receipted();
      send('receipt-came');
      checkDrained();
    },
    onCommand: (message) => options.onCommand(message),
    log,
  });
  const on: DeliveryListener = {
    greeted: () => send('greeted'),
    sent(events, through) {
      tally.sent += events;
      tally.sentThrough = Math.max(tally.sentThrough, through);
    },
    acked() {
      if (machine.state.attempt > 0) send('progress');
      checkDrained();
    },
    caughtUp() {
      send('caught-up');
      checkDrained();
    },
    behind: () => send('behind'),
    receiptLate() {
      const message = `No receipt for what follows ${confirming.through()}: sending it again.`;
      onTrouble(new HallError('uplink.receipt-late', { message }));
      send('receipt-late');
    },
    refused(sequence, reasonCode) {
      ward.carryOut(suspects.refused(sequence));
      const message = `The broker refuses event ${sequence}: PUBACK ${reasonCode}.`;
      session?.drop(new HallError('uplink.message-refused', { message, facts: { sequence, reasonCode } }));
    },
    fault: (error) => session?.drop(error),
    trouble: onTrouble,
  };

  const open = async (): Promise<Session> => {
    const shelf = await ward.shelf();
    const { version, bootId } = options;
    const since = new Date(clock.now()).toISOString();
    const clientId = settings.clientId ?? `hall-${place.hall}-${place.gateway}`;
    return openSession({
      wire: { settings, clientId, signal: stopping.signal, onMessage },
      delivery: { spool, settings, place, clock, bucket, shelf, on, confirmer: confirming, suspicion: suspects },
      statusPayload: (state) => JSON.stringify({ state, version, bootId, epoch: spool.epoch, since }),
    });
  };
  const onDropped = (lost: Session, reason: HallError | undefined) => {
    session = undefined;
    lost.delivery.stop();
    tally.reconnects += 1;
    if (reason?.code === 'uplink.lost') ward.carryOut(suspects.cut(lost.delivery.autopsy()));
    if (reason && machine.state.phase !== 'leaving') onTrouble(reason);
    send('lost');
  };

  const effects: Record<LinkEffect, () => unknown> = {
    async connect() {
      try {
        const opened = await open();
        session = opened;
        void opened.dropped.then((reason) => onDropped(opened, reason));
        send('opened');
      } catch (thrown) {
        tally.reconnects += 1;
        if (!stopping.signal.aborted) onTrouble(connectError(thrown, peer));
        send('lost');
      }
    },
    async wait() {
      const delayMs = fullJitterMs(machine.state.attempt - 1, settings.backoff, random);
      await sleep(delayMs, stopping.signal).catch(() => undefined);
      send('retry-due');
    },
    greet: () =>
      session?.greet(
        [...retained.entries()].filter((message) => ward.allows(message)),
        onTrouble,
      ),
    deliver: () => session?.delivery.start(),
    async drain() {
      session?.delivery.start();
      queueMicrotask(checkDrained);
      await sleep(drainMs, stopping.signal).catch(() => undefined);
      send('drained');
    },
    leave: () => session?.leave(),
    abandon: () => session?.drop(new HallError('uplink.lost', { message: 'The gateway is stopping.' })),
    finish() {
      stopping.abort(new Error('the uplink is closed'));
      stopWatchingBoard();
      finished.resolve(undefined);
    },
  };

  const closeOnce = once(async () => {
    send('close');
    await finished.promise;
    await confirming.flush();
  });
  queueMicrotask(() => send('retry-due'));
  return {
    board,
    status: (): UplinkStatus => ({
      ...board.read(),
      sent: tally.sent,
      acked: confirming.through(),
      inFlight: session?.delivery.inFlight() ?? 0,
      reconnects: tally.reconnects,
      parked: ward.parked(),
    }),
    close(closing: { drainMs?: number } = {}): Promise<void> {
      drainMs = closing.drainMs ?? DRAIN_MS;
      return closeOnce();
    },
  };
}
