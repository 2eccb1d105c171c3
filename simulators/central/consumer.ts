/**
 * The central system's consumer, as judge: it takes in everything a hall sends, remembers what it has seen, gives
 * receipts, and pronounces a verdict.
 */
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { checkEnvelope, isObject, type ReceivedEvent } from './envelope-check.ts';
import { latencyRecord } from './latency.ts';
import { ledger, type Ledger } from './ledger.ts';
import { numberIndex } from './number-index.ts';
import { receiptGiver } from './receipt-giver.ts';
import { contentPrint, pronounce, type ExpectedEvent, type Verdict } from './verdict.ts';

export interface ConsumerOptions {
  url: string;
  hall: string;
  /** Receipts every so often while there is something new to say; `asks` (default): also for what is missing. Default off. */
  receipts?: 'off' | { everyMs: number; asks?: boolean };
  /** `one` (default): a gateway's events are expected from sequence 1 on. */
  startsAt?: 'one' | 'first-seen';
  username?: string;
  password?: string;
  /** Hears every event at its first arrival. */
  onEvent?(event: ReceivedEvent): void;
}

export interface Consumer {
  /** Different events so far. */
  events(): number;
  /** Newest payload of a retained topic (state, status, inventory) or of health. */
  latest(topic: string): unknown;
  /** All topics with a newest payload. */
  topics(): string[];
  /** Messages that carried events (a batch is one). */
  messages(): number;
  verdict(expected?: { events?: Iterable<ExpectedEvent> }): Verdict;
  close(): Promise<void>;
}

const VIOLATIONS_KEPT_MAX = 20;
const RECONNECT_MS = 100;
const GATEWAY_OF_SOURCE = /^\/halls\/[^/]+\/gateways\/([^/]+)\//;

/** Connects and subscribes; from then on nothing is missed while the broker is up. */
export async function startConsumer(options: ConsumerOptions): Promise<Consumer> {
  const ledgers = new Map<string, Ledger>();
  const contents = numberIndex();
  const latency = latencyRecord();
  const latest = new Map<string, unknown>();
  const violations = { count: 0, examples: [] as string[] };
  const asks = typeof options.receipts === 'object' && options.receipts.asks !== false;
  let messages = 0;

  const violation = (topic: string, why: string) => {
    violations.count += 1;
    if (violations.examples.length < VIOLATIONS_KEPT_MAX) violations.examples.push(`${topic}: ${why}`);
  };
  const ledgerOf = (source: string): Ledger => {
    const gateway = GATEWAY_OF_SOURCE.exec(source)?.[1] ?? '';
    const known = ledgers.get(gateway) ?? ledger(options.startsAt);
    ledgers.set(gateway, known);
    return known;
  };
  const enter = (topic: string, value: unknown) => {
    const event = checkEnvelope(value);
    if ('violations' in event) {
      violation(topic, event.violations.join(', '));
      return;
    }
    if (channelOf(topic) === 'event' && !topic.endsWith(`/${event.type}`)) violation(topic, `carries ${event.type}`);
    if (ledgerOf(event.source).enter(event, JSON.stringify(value)) !== 'first') return;
    contents.add(contentPrint(event), 1);
    // A device's own clock counts whole seconds and may be wrong: it measures no latency.
    if (event.clock !== 'device') latency.add(Math.max(0, Date.now() - Date.parse(event.time)));
    options.onEvent?.(event);
  };
  const hear = (topic: string, payload: Buffer, retain: boolean) => {
    const value = parsed(payload);
    const channel = channelOf(topic);
    if (value === undefined) {
      violation(topic, 'not JSON');
      return;
    }
    if (channel === 'event' || channel === 'result') {
      messages += 1;
      if (retain) violation(topic, 'an event is retained');
      enter(topic, value);
    } else if (channel === 'backlog') {
      messages += 1;
      if (!Array.isArray(value)) {
        violation(topic, 'a batch is no array');
        return;
      }
      for (const item of value) enter(topic, item);
    } else {
      latest.set(topic, value);
      if (channel === 'status' && retain) welcomeBack(topic, value);
    }
  };
  const welcomeBack = (topic: string, status: unknown) => {
    if (!isObject(status) || typeof status['epoch'] !== 'string' || !asks) return;
    receipts.subscribedAgain(topic.split('/')[4] ?? '', status['epoch']);
  };

  const client = connect(options.url, clientOptions(options));
  const receipts = receiptGiver({
    ledgers,
    asks,
    fromTheFirst: options.startsAt !== 'first-seen',
    connected: () => client.connected,
    publish: (gateway, receipt) =>
      client.publish(`hall/v1/${options.hall}/gateway/${gateway}/receipt`, JSON.stringify(receipt), { qos: 1 }),
  });
  client.on('message', (topic, payload, { retain }) => hear(topic, payload, retain));
  await subscribed(client, options.hall);
  const everyMs = receiptsOf(options);
  const timer = everyMs === undefined ? undefined : setInterval(() => receipts.giveAll(), everyMs);

  return {
    events: () => [...ledgers.values()].reduce((sum, each) => sum + each.counts().events, 0),
    latest: (topic) => latest.get(topic),
    topics: () => [...latest.keys()],
    messages: () => messages,
    verdict: (expected) =>
      pronounce({ ledgers: [...ledgers.values()], contents, latency, violations }, expected?.events),
    async close() {
      clearInterval(timer);
      await client.endAsync(true);
    },
  };
}

/** How often receipts are given, in milliseconds; undefined: not at all. */
function receiptsOf({ receipts }: ConsumerOptions): number | undefined {
  return typeof receipts === 'object' ? receipts.everyMs : undefined;
}

function clientOptions({ username, password }: ConsumerOptions): IClientOptions {
  return {
    clean: true,
    reconnectPeriod: RECONNECT_MS,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  };
}

/** Subscribes at every connection; resolves after the first. */
function subscribed(client: MqttClient, hall: string): Promise<void> {
  const device = `hall/v1/${hall}/+/+`;
  const channels = ['event/#', 'result/+', 'state', 'status', 'health', 'inventory', 'backlog'];
  const filters = channels.map((channel) => `${device}/${channel}`);
  return new Promise((resolve, reject) => {
    client.subscribe(filters, { qos: 1 }, (error) => (error ? reject(error) : resolve()));
  });
}

/** `hall/v1/{hall}/{kind}/{device}/{channel}/...` */
function channelOf(topic: string): string {
  return topic.split('/')[5] ?? '';
}

function parsed(payload: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'));
    return isObject(value) || Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
