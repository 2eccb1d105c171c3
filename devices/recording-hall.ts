/**
 * A hall for tests of one driver: it keeps what the driver says in memory and holds it to the contract as strictly as
 * the real one (schemas, natural keys, nothing after the stop). Commits can be held, to see what a driver
 * acknowledges too early. Restart a driver by making a second hall over the same store.
 */
import { systemClock, type Clock } from '../gateway/kernel/clock.ts';
import type { CommandHandlers, Hall, Identity, Recorded, Shared } from '../gateway/kernel/driver.ts';
import { HallError } from '../gateway/kernel/errors.ts';
import type { Occurrence } from '../gateway/kernel/event.ts';
import type { Json, JsonObject } from '../gateway/kernel/json.ts';
import type { Kind } from '../gateway/kernel/kind.ts';
import type { LineSettings } from '../gateway/kernel/line-settings.ts';
import { collectingLog, type CollectedLine } from '../gateway/kernel/log.ts';
import { deferred, type Deferred } from '../gateway/kernel/waiting.ts';

/** What outlives a restart of the driver: its events, its natural keys, its cursors. */
export interface RecordingStore {
  occurrences: Occurrence[];
  keys: Map<string, Recorded>;
  cursors: Map<string, Json>;
}

/** Several devices of one bus share their lines through this, as in the real hall. */
export type SharedThings = Map<string, { thing: Shared; holders: number }>;

export type SeenPresence = { state: 'unknown' | 'online' } | { state: 'silent' | 'offline'; reason: HallError };

export type Carrier = (rest: string, payload: string, retain: boolean) => void;

export interface RecordingHallOptions {
  device?: string;
  window?: string;
  timeZone?: string;
  dataDirectory?: string;
  lines?: Record<string, LineSettings>;
  store?: RecordingStore;
  shared?: SharedThings;
  clock?: Clock;
}

export interface RecordingHall<K extends Kind> {
  readonly hall: Hall<K>;
  readonly store: RecordingStore;
  readonly log: CollectedLine[];
  readonly presence: SeenPresence;
  readonly identity: Identity;
  readonly states: unknown[];
  readonly said: { rest: string; payload: string | JsonObject }[];
  /** Calls that came after the stop: a driver that conforms makes none that would publish. */
  readonly lateCalls: string[];
  /** Carries out a command as the supervisor would: input and output are held to the kind's schemas. */
  command(name: string, input: unknown): Promise<unknown>;
  /** A message of the device on the local broker. */
  deliver(rest: string, payload: Uint8Array): Promise<void>;
  /** Carries what the driver says to its device, as the local broker would. */
  carry(carrier: Carrier): void;
  /** From now on `record` stays pending, as on a full disk, until `releaseCommits`. */
  holdCommits(): void;
  releaseCommits(): void;
  /** Resolves as soon as `condition` holds; rejects with `what` after the deadline. */
  until(what: string, condition: () => boolean, deadlineMs?: number): Promise<void>;
  stop(): void;
}

export function recordingStore(): RecordingStore {
  return { occurrences: [], keys: new Map(), cursors: new Map() };
}

export function recordingHall<K extends Kind>(kind: K, options: RecordingHallOptions = {}): RecordingHall<K> {
  const store = options.store ?? recordingStore();
  const shared = options.shared ?? new Map<string, { thing: Shared; holders: number }>();
  const stopping = new AbortController();
  const log = collectingLog();
  const states: unknown[] = [];
  const said: { rest: string; payload: string | JsonObject }[] = [];
  const lateCalls: string[] = [];
  const identity: Identity = {};
  let presence: SeenPresence = { state: 'unknown' };
  let handlers: Record<string, ((input: unknown, signal: AbortSignal) => Promise<unknown>) | undefined> = {};
  let hear: ((rest: string, payload: Uint8Array) => Promise<void>) | undefined;
  let held: Deferred<undefined> | undefined;
  let carrier: Carrier | undefined;

  const stopped = () => stopping.signal.aborted;
  const unlessStopped = (call: string, act: () => void) => (stopped() ? void lateCalls.push(call) : act());
  const refuse = () => new HallError('device.stopped');

  const hall: Hall<K> = {
    device: options.device ?? 'device-under-test',
    window: options.window,
    timeZone: options.timeZone ?? 'Asia/Shanghai',
    dataDirectory: options.dataDirectory ?? '/nonexistent',
    signal: stopping.signal,
    log,
    clock: options.clock ?? systemClock(),
    line(name) {
      const line = options.lines?.[name];
      if (!line) throw new Error(`the test names no line "${name}"`);
      return line;
    },
    share: (key, open) => borrow(shared, key, open, stopping.signal),
    online: (news) =>
      unlessStopped('online', () => {
        presence = { state: 'online' };
        Object.assign(identity, news);
      }),
    silent: (reason) => unlessStopped('silent', () => (presence = { state: 'silent', reason })),
    offline: (reason) => unlessStopped('offline', () => (presence = { state: 'offline', reason })),
    state: (state) => unlessStopped('state', () => states.push(kind.state.parse(state))),
    async record(occurrences, cursor) {
      if (stopped()) throw refuse();
      for (const occurrence of occurrences) checkOccurrence(kind, occurrence);
      await held?.promise;
      if (stopped()) throw refuse();
      if (cursor) store.cursors.set(cursor.name, cursor.value);
      return occurrences.map((occurrence) => keep(store, occurrence));
    },
    cursor: (name) => Promise.resolve(store.cursors.get(name)),
    serve(served: CommandHandlers<K>) {
      handlers = served as typeof handlers;
    },
    onMessage(handler) {
      hear = handler;
    },
    say(rest, payload, { retain = false } = {}) {
      if (stopped()) return Promise.reject(refuse());
      said.push({ rest, payload });
      carrier?.(rest, typeof payload === 'string' ? payload : JSON.stringify(payload), retain);
      return Promise.resolve();
    },
  };

  return {
    hall,
    store,
    log: log.lines,
    get presence() {
      return presence;
    },
    identity,
    states,
    said,
    lateCalls,
    async command(name, input) {
      const definition = kind.commands[name];
      const handler = handlers[name];
      if (!definition || !handler) throw new Error(`the driver serves no command "${name}"`);
      const parsed: unknown = definition.input.parse(input);
      return definition.output.parse(await handler(parsed, stopping.signal));
    },
    deliver: (rest, payload) => hear?.(rest, payload) ?? Promise.reject(new Error('the driver listens to no message')),
    carry: (given) => void (carrier = given),
    holdCommits() {
      held ??= deferred();
    },
    releaseCommits() {
      held?.resolve(undefined);
      held = undefined;
    },
    until: (what, condition, deadlineMs = 20_000) => until(what, condition, deadlineMs),
    stop: () => stopping.abort(refuse()),
  };
}

/** Polls `condition` until it holds. */
export async function until(what: string, condition: () => boolean, deadlineMs = 20_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function borrow<T extends Shared>(shared: SharedThings, key: string, open: () => T, signal: AbortSignal): T {
  const entry = shared.get(key) ?? { thing: open(), holders: 0 };
  shared.set(key, entry);
  entry.holders += 1;
  signal.addEventListener('abort', () => {
    entry.holders -= 1;
    if (entry.holders > 0) return;
    shared.delete(key);
    void entry.thing.close();
  });
  // One key always holds one type: the driver that opens under it is the one that borrows.
  return entry.thing as T;
}

function checkOccurrence(kind: Kind, occurrence: Occurrence): void {
  const definition = kind.events[occurrence.type];
  if (!definition) throw new HallError('event.invalid', { message: `${kind.name} has no event "${occurrence.type}".` });
  const result = definition.data.safeParse(occurrence.data);
  if (!result.success) throw new HallError('event.invalid', { message: result.error.message, cause: result.error });
}

function keep(store: RecordingStore, occurrence: Occurrence): Recorded {
  const known = occurrence.naturalKey === undefined ? undefined : store.keys.get(occurrence.naturalKey);
  if (known) return { ...known, repeated: true };
  const sequence = store.occurrences.push(occurrence);
  const recorded: Recorded = { id: `event-${sequence}`, sequence, repeated: false };
  if (occurrence.naturalKey !== undefined) store.keys.set(occurrence.naturalKey, recorded);
  return recorded;
}
