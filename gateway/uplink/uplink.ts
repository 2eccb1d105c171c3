/**
 * The way to the centre. Records leave the spool in sequence order and only when the centre has them; the newest truths
 * go first; commands come back the same way. `link-machine.ts` tells the life of the link, `delivery.ts` what is sent
 * when, `wire.ts` how; this file runs the machine and owns what outlives a connection.
 */
import { fullJitterMs } from '../kernel/backoff.ts';
import type { Clock } from '../kernel/clock.ts';
import { describeError, HallError, isHallError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { runMachine } from '../kernel/machine.ts';
import type { Place } from '../kernel/names.ts';
import type { RetainedMessages } from '../kernel/retained.ts';
import { commandFilter, receiptTopic, statusTopic } from '../kernel/topics.ts';
import { deferred, once, sleep, withDeadline } from '../kernel/waiting.ts';
import type { Spool } from '../spool/port.ts';
import { confirmer } from './confirmer.ts';
import { startDelivery, type Delivery } from './delivery.ts';
import { connectError } from './link-errors.ts';
import { LINK_START, linkTransition, type LinkEffect, type LinkPhase } from './link-machine.ts';
import { openParkedShelf, type ParkedShelf } from './parked-shelf.ts';
import { readReceipt } from './receipts.ts';
import { suspicion, type Verdict } from './suspicion.ts';
import { tokenBucket } from './token-bucket.ts';
import { placeOf } from './transport.ts';
import type { UplinkSettings } from './uplink-settings.ts';
import { openWire, type Inbound, type Wire } from './wire.ts';

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
  random?: () => number;
  /** Takes a command in; its PUBACK goes out when this resolves, and never when it rejects. */
  onCommand(message: Inbound): Promise<void>;
}

export interface UplinkStatus {
  link: LinkPhase;
  /** When this phase began, milliseconds since 1970. */
  since: number;
  /** What keeps the link from being up, or what is wrong although it is. */
  error: HallError | undefined;
  /** Events handed to the wire since start, repeats included. */
  sent: number;
  /** Everything up to this sequence is safe with the centre. */
  confirmed: number;
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

interface Session {
  wire: Wire;
  delivery: Delivery;
}

const DRAIN_MS = 3_000;
const FAREWELL_MS = 1_000;
/** A command must be on disk by then, well before a keep-alive passes. */
const COMMAND_TAKE_MS = 5_000;

/** Starts to connect at once and never stops trying until `close`. */
export function startUplink(options: UplinkOptions): Uplink {
  const { place, settings, spool, retained, clock, log } = options;
  const random = options.random ?? Math.random;
  const clientId = settings.clientId ?? `hall-${place.hall}-${place.gateway}`;
  const peer = placeOf(settings.url);
  const listeners = new Set<(status: UplinkStatus) => void>();
  const stopping = new AbortController();
  const finished = deferred<undefined>();
  const suspects = suspicion(settings.parkAfterTries);
  const bucket = tokenBucket(settings.catchUpPerSecond, clock.monotonicMs());
  const refusedReceipts = new Set<unknown>();
  const muted = new Map<string, string>();
  let session: Session | undefined;
  let shelf: ParkedShelf | undefined;
  let parking: Promise<void> = Promise.resolve();
  let drainMs = DRAIN_MS;
  let error: HallError | undefined;
  let sinceMs = clock.now();
  let shownPhase: LinkPhase = LINK_START.phase;
  let sent = 0;
  let sentThrough = 0;
  let reconnects = 0;

  const confirming = confirmer(spool, (trouble) => report(trouble));
  const machine = runMachine(LINK_START, linkTransition, (effect) => perform(effect));
  const stopWatchingRetained = retained.onChange((topic, payload) => {
    if (wanted([topic, payload])) session?.delivery.enqueue(topic, payload);
  });

  const status = (): UplinkStatus => ({
    link: machine.state.phase,
    since: sinceMs,
    error,
    sent,
    confirmed: confirming.through(),
    inFlight: session?.delivery.inFlight() ?? 0,
    reconnects,
    parked: shelf?.size() ?? 0,
  });
  const tell = () => {
    const snapshot = status();
    for (const listener of listeners) listener(snapshot);
  };
  const send: typeof machine.send = (input) => {
    machine.send(input);
    const { phase } = machine.state;
    if (phase === shownPhase) return;
    shownPhase = phase;
    sinceMs = clock.now();
    if (phase === 'up') error = undefined;
    log.info(`uplink.${phase}`, { peer, reconnects });
    tell();
  };
  /** Says a trouble once: the same code again is not news. */
  const report = (trouble: HallError) => {
    const news = trouble.code !== error?.code;
    error = trouble;
    if (!news) return;
    if (trouble.remedy === 'operator') log.error('uplink.trouble', trouble, { peer });
    else log.warn('uplink.trouble', { peer, ...describeError(trouble) });
    tell();
  };

  const perform = (effect: LinkEffect): void => {
    switch (effect) {
      case 'connect':
        return void connect();
      case 'wait':
        return void retryLater();
      case 'greet':
        return greet();
      case 'deliver':
        return session?.delivery.start();
      case 'drain':
        session?.delivery.start();
        return void drain();
      case 'leave':
        return void leave();
      case 'abandon':
        return session?.wire.drop(new HallError('uplink.lost', { message: 'The gateway is stopping.' }));
      case 'finish':
        return finish();
    }
  };

  const connect = async (): Promise<void> => {
    try {
      await parking;
      shelf ??= await openParkedShelf(spool, place, clock);
      await openSession(shelf);
      send('opened');
    } catch (thrown) {
      reconnects += 1;
      if (!stopping.signal.aborted) report(connectError(thrown, peer));
      send('lost');
    }
  };
  const openSession = async (openShelf: ParkedShelf): Promise<void> => {
    const onAck = (id: number, code: number) => session?.delivery.ack(id, code);
    const will = { topic: statusTopic(place), payload: statusPayload('offline') };
    const wire = await openWire({ settings, clientId, will, signal: stopping.signal, onAck, onMessage: take });
    const delivery = startDelivery({
      ...{ wire, spool, settings, place, clock, bucket },
      ...{ confirmer: confirming, shelf: openShelf, suspicion: suspects, on: deliveryListener() },
    });
    session = { wire, delivery };
    void wire.dropped.then(onDropped);
  };
  const statusPayload = (state: 'online' | 'offline') =>
    JSON.stringify({
      state,
      version: options.version,
      bootId: options.bootId,
      epoch: spool.epoch,
      since: new Date(clock.now()).toISOString(),
    });

  const deliveryListener = () => ({
    greeted: () => send('greeted'),
    sent(events: number, through: number) {
      sent += events;
      sentThrough = Math.max(sentThrough, through);
    },
    acked: () => {
      if (machine.state.attempt > 0) send('progress');
      checkDrained();
    },
    caughtUp: () => {
      send('caught-up');
      checkDrained();
    },
    behind: () => send('behind'),
    receiptLate: () => {
      const message = `No receipt for ${settings.receiptTimeoutMs} ms: sending again after ${confirming.through()}.`;
      report(new HallError('uplink.receipt-late', { message }));
      send('receipt-late');
    },
    refused: (sequence: number, reasonCode: number) => {
      judge(suspects.refused(sequence));
      const facts = { sequence, reasonCode };
      session?.wire.drop(new HallError('uplink.message-refused', { message: `PUBACK ${reasonCode}.`, facts }));
    },
    fault: (fault: HallError) => session?.wire.drop(fault),
    trouble: report,
  });

  const onDropped = (reason: HallError | undefined) => {
    const lost = session;
    session = undefined;
    lost?.delivery.stop();
    reconnects += 1;
    if (lost && reason?.code === 'uplink.lost') judge(suspects.cut(lost.delivery.autopsy()));
    if (reason && machine.state.phase !== 'leaving') report(reason);
    send('lost');
  };
  /** Carries out what suspicion has found; the next connection waits until the row is safe on the shelf. */
  const judge = (verdict: Verdict) => {
    if (verdict.kind === 'event') parking = park(verdict.sequence);
    if (verdict.kind === 'retained' && verdict.topic !== statusTopic(place)) {
      muted.set(verdict.topic, retained.get(verdict.topic) ?? '');
      log.warn('uplink.state-withheld', { topic: verdict.topic });
    }
  };
  const park = async (sequence: number): Promise<void> => {
    try {
      await shelf?.park(sequence);
      log.warn('uplink.parked', { sequence });
    } catch (thrown) {
      if (isHallError(thrown)) report(thrown);
    }
  };

  const wanted = ([topic, payload]: readonly [string, string]) =>
    topic !== statusTopic(place) && muted.get(topic) !== payload;
  const greet = () => {
    const open = session;
    if (!open) return;
    open.wire.subscribe([commandFilter(place.hall), receiptTopic(place)]).then(
      () => {
        const birth = [statusTopic(place), statusPayload('online')] as const;
        open.delivery.greet([birth, ...[...retained.entries()].filter(wanted)]);
      },
      (thrown: unknown) => open.wire.drop(connectError(thrown, peer)),
    );
  };

  const take = async (message: Inbound): Promise<void> => {
    if (message.topic === receiptTopic(place)) return takeReceipt(message.payload);
    const late = () => new HallError('uplink.command-undelivered', { facts: { topic: message.topic } });
    try {
      await withDeadline(options.onCommand(message), COMMAND_TAKE_MS, late);
    } catch (thrown) {
      log.warn('uplink.command-undelivered', { topic: message.topic, ...describeError(thrown) });
      throw thrown;
    }
  };
  const takeReceipt = (payload: Uint8Array): void => {
    if (settings.confirm !== 'receipt') return;
    try {
      confirming.confirm(readReceipt(payload, { epoch: spool.epoch, sentThrough, confirmed: confirming.through() }));
      session?.delivery.receipted();
      send('receipt-came');
      checkDrained();
    } catch (thrown) {
      refuseReceipt(thrown);
    }
  };
  const refuseReceipt = (thrown: unknown) => {
    const reason = isHallError(thrown) ? thrown.facts['reason'] : 'malformed';
    if (refusedReceipts.has(reason)) return;
    refusedReceipts.add(reason);
    log.error('uplink.receipt-refused', thrown, { peer });
  };

  const retryLater = async (): Promise<void> => {
    const delayMs = fullJitterMs(machine.state.attempt - 1, settings.backoff, random);
    await sleep(delayMs, stopping.signal).catch(() => undefined);
    send('retry-due');
  };
  const checkDrained = () => {
    if (machine.state.phase === 'draining' && session?.delivery.idle()) send('drained');
  };
  const drain = async (): Promise<void> => {
    queueMicrotask(checkDrained);
    await sleep(drainMs, stopping.signal).catch(() => undefined);
    send('drained');
  };
  const leave = async (): Promise<void> => {
    const leaving = session;
    if (!leaving) return;
    leaving.delivery.enqueue(statusTopic(place), statusPayload('offline'));
    const deadlineMs = clock.monotonicMs() + FAREWELL_MS;
    while (session && leaving.delivery.inFlight() > 0 && clock.monotonicMs() < deadlineMs) await sleep(5);
    leaving.wire.hangUp();
    await sleep(FAREWELL_MS, stopping.signal).catch(() => undefined);
    leaving.wire.drop(new HallError('uplink.lost'));
  };
  const finish = () => {
    stopping.abort(new Error('the uplink is closed'));
    stopWatchingRetained();
    finished.resolve(undefined);
  };

  const closeOnce = once(async () => {
    send('close');
    await finished.promise;
    await confirming.flush();
  });
  queueMicrotask(() => send('retry-due'));

  return {
    status,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close(closing = {}) {
      drainMs = closing.drainMs ?? DRAIN_MS;
      return closeOnce();
    },
  };
}
