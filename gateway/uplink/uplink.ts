/**
 * The way to the centre. Records leave the spool in sequence order and only when the centre has them; the newest truths
 * go first; commands come back the same way. `link-machine.ts` tells the life of the link, `session.ts` one connection,
 * `delivery.ts` what is sent when; this file runs the machine.
 */
import { fullJitterMs } from '../kernel/backoff.ts';
import { HallError } from '../kernel/errors.ts';
import { runMachine } from '../kernel/machine.ts';
import { deferred, once, sleep } from '../kernel/waiting.ts';
import { connectError } from './link-errors.ts';
import { LINK_START, linkTransition, type LinkEffect, type LinkPhase } from './link-machine.ts';
import { checkDrained, connectLink, newLink, type Link, type LinkControl, type UplinkOptions } from './link.ts';
import type { Session } from './session.ts';

export type { UplinkOptions } from './link.ts';

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
  const link = newLink(options);
  const { retained } = options;
  const finished = deferred<undefined>();
  let drainMs = DRAIN_MS;
  const stopWatching = retained.onChange((topic, payload) => {
    if (link.ward.allows([topic, payload])) link.session?.delivery.enqueue(topic, payload);
  });
  const control: LinkControl = {
    send(input) {
      machine.send(input);
      link.board.phase(machine.state.phase);
    },
    phase: () => machine.state.phase,
    attempt: () => machine.state.attempt,
  };
  const effects: Record<LinkEffect, () => unknown> = {
    connect: () => connect(link, control),
    wait: () => waitForRetry(link, control),
    greet: () => greet(link),
    deliver: () => link.session?.delivery.start(),
    drain: () => drain(link, control, drainMs),
    leave: () => link.session?.leave(),
    abandon: () => link.session?.drop(new HallError('uplink.lost', { message: 'The gateway is stopping.' })),
    finish() {
      link.stopping.abort(new Error('the uplink is closed'));
      stopWatching();
      finished.resolve(undefined);
    },
  };
  const machine = runMachine(LINK_START, linkTransition, (effect) => void effects[effect]());
  const closeOnce = once(async () => {
    control.send('close');
    await finished.promise;
    await link.books.confirming.flush();
  });
  queueMicrotask(() => control.send('retry-due'));
  return {
    status: () => statusOf(link),
    onChange: (listener) => link.board.onChange(() => listener(statusOf(link))),
    close(closing = {}) {
      drainMs = closing.drainMs ?? DRAIN_MS;
      return closeOnce();
    },
  };
}

function statusOf({ board, tally, books, session, ward }: Link): UplinkStatus {
  return {
    ...board.read(),
    sent: tally.sent,
    acked: books.confirming.through(),
    inFlight: session?.delivery.inFlight() ?? 0,
    reconnects: tally.reconnects,
    parked: ward.parked(),
  };
}

async function connect(link: Link, control: LinkControl): Promise<void> {
  try {
    const session = await connectLink(link, control);
    link.session = session;
    void session.dropped.then((reason) => onDropped(link, control, session, reason));
    control.send('opened');
  } catch (thrown) {
    link.tally.reconnects += 1;
    if (!link.stopping.signal.aborted) link.board.trouble(connectError(thrown, link.peer));
    control.send('lost');
  }
}

function onDropped(link: Link, control: LinkControl, lost: Session, reason: HallError | undefined): void {
  link.session = undefined;
  lost.delivery.stop();
  link.tally.reconnects += 1;
  if (reason?.code === 'uplink.lost') link.ward.carryOut(link.books.suspects.cut(lost.delivery.autopsy()));
  if (reason && control.phase() !== 'leaving') link.board.trouble(reason);
  control.send('lost');
}

async function waitForRetry({ options, stopping }: Link, control: LinkControl): Promise<void> {
  const delayMs = fullJitterMs(control.attempt() - 1, options.settings.backoff, options.random);
  await sleep(delayMs, stopping.signal).catch(() => undefined);
  control.send('retry-due');
}

function greet({ options, ward, session, board }: Link): void {
  const messages = () => [...options.retained.entries()].filter((message) => ward.allows(message));
  void session?.greet(messages, (error) => board.trouble(error));
}

async function drain(link: Link, control: LinkControl, drainMs: number): Promise<void> {
  link.session?.delivery.start();
  queueMicrotask(() => checkDrained(link, control));
  await sleep(drainMs, link.stopping.signal).catch(() => undefined);
  control.send('drained');
}
