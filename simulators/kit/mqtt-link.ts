/**
 * What a simulated device that speaks MQTT itself does beside its trade: heartbeats, receipts, and a queue that survives a
 * lost connection and a reload, as a good device keeps it in its own storage.
 */
import { startMqttSession, type MqttSessionOptions } from './mqtt-session.ts';
import type { Random } from './random.ts';
import { recording } from './recording.ts';

export interface MqttLinkOptions extends Omit<MqttSessionOptions, 'sessionName' | 'onUp'> {
  heartbeatMs?: number;
  random: Random;
}

/** What the gateway says became of a message. */
export interface Receipt {
  message?: string;
  id?: string;
  result?: 'recorded' | 'repeated' | 'refused';
  code?: string;
  text?: { en: string; zh: string };
}

export interface MqttLink {
  readonly connected: boolean;
  /** Keeps the message until it is acknowledged, across lost connections; returns the identity given to it. */
  post(name: string, body: Record<string, unknown>): string;
  /** Says something now, or never. */
  say(name: string, payload: Record<string, unknown> | string | Buffer): void;
  /** Newest last. */
  readonly receipts: readonly Receipt[];
  receiptOf(id: string): Receipt | undefined;
  /** Messages that were not acknowledged yet. */
  queued(): number;
  /** So many acknowledgements to come get lost together with the connection. */
  losePubacks(count: number): void;
  /** The program hangs: connected, and neither says nor hears anything. */
  hang(hanging: boolean): void;
  reconnect(): void;
  pullCable(): void;
  plugIn(): void;
  close(): Promise<void>;
}

const HEARTBEAT_MS = 30_000;
const QUEUE_MAX = 1_000;
const RECEIPTS_MAX = 1_000;

export function startMqttLink({ random, heartbeatMs, onDown, ...options }: MqttLinkOptions): MqttLink {
  const word = () => Buffer.from(random.bytes(12)).toString('hex');
  const queue: { id: string; name: string; text: string }[] = [];
  const receipts = recording<Receipt>(RECEIPTS_MAX);
  let pubacksToLose = 0;
  let hanging = false;
  /** Counts connections: what was begun on an older one is over. */
  let generation = 0;

  const flush = async (mine: number) => {
    for (let head = queue[0]; head && mine === generation && !hanging; head = queue[0]) {
      await session.publish(head.name, head.text);
      if (pubacksToLose > 0) {
        pubacksToLose -= 1;
        session.reconnect();
        return;
      }
      if (queue[0] === head) queue.shift();
    }
    if (mine === generation) busy = undefined;
  };
  /** The generation whose flush is under way. */
  let busy: number | undefined;
  const pump = () => {
    if (!session.greeted || busy === generation) return;
    busy = generation;
    // A message that did not get through stays at the head of the queue for the next connection.
    flush(generation).catch(() => undefined);
  };
  const session = startMqttSession({
    ...options,
    sessionName: word,
    onUp() {
      generation += 1;
      pump();
    },
    onDown(name, message) {
      if (hanging) return;
      if (name === 'receipt' && message) receipts.add(message);
      else onDown(name, message);
    },
  });
  const say = (name: string, payload: Record<string, unknown> | string | Buffer) => {
    if (!session.connected || hanging) return;
    const isRaw = typeof payload === 'string' || Buffer.isBuffer(payload);
    session.publish(name, isRaw ? payload : JSON.stringify({ v: 1, ...payload })).catch(() => undefined);
  };
  const heartbeat = setInterval(() => say('heartbeat', {}), heartbeatMs ?? HEARTBEAT_MS);
  return {
    get connected() {
      return session.connected;
    },
    post(name, body) {
      const id = word();
      if (queue.length < QUEUE_MAX) queue.push({ id, name, text: JSON.stringify({ v: 1, id, ...body }) });
      pump();
      return id;
    },
    say,
    receipts: receipts.entries,
    receiptOf: (id) => receipts.entries.findLast((receipt) => receipt.id === id),
    queued: () => queue.length,
    losePubacks: (count) => void (pubacksToLose = count),
    hang(now) {
      hanging = now;
      if (!now) pump();
    },
    reconnect: () => session.reconnect(),
    pullCable: () => session.pullCable(),
    plugIn: () => session.plugIn(),
    async close() {
      clearInterval(heartbeat);
      await session.close();
    },
  };
}
