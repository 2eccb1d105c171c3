/**
 * Sends commands as the centre does, and waits for what became of them.
 */
import { Socket } from 'node:net';
import { connect, type MqttClient } from 'mqtt';
import { ulid } from 'ulid';
import { isObject } from './envelope-check.ts';

export type CommandStatus = 'accepted' | 'done' | 'failed' | 'expired' | 'rejected';

export interface CommandResult {
  commandId: string;
  command: string;
  status: CommandStatus;
  error?: { code: string; message: string; hint: string };
  output?: Record<string, unknown>;
}

export interface SendOptions {
  /** Absent: a new ULID. */
  id?: string;
  expiresAt?: Date;
  retain?: boolean;
  /** How long to wait for the last result. */
  timeoutMs?: number;
}

export interface CommandSender {
  /**
   * Sends one command; resolves with its results in order of arrival, the last one being final.
   *
   * @throws Error when no final result came in time; it names what did come.
   */
  sendCommand(
    kind: string,
    device: string,
    name: string,
    data: Record<string, unknown>,
    options?: SendOptions,
  ): Promise<CommandResult[]>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 10_000;
const STATUSES: readonly string[] = ['accepted', 'done', 'failed', 'expired', 'rejected'];
const FIRST_ONLY: CommandStatus = 'accepted';

export async function startCommandSender(options: {
  url: string;
  hall: string;
  /** The local broker wants the one that goes with the account; absent: a random one. */
  clientId?: string;
  username?: string;
  password?: string;
}): Promise<CommandSender> {
  const { url, hall, ...account } = options;
  const client = connect(url, { clean: true, reconnectPeriod: 100, ...account });
  const sender = commandSenderOn(client, hall);
  await client.subscribeAsync(resultsOf(hall), { qos: 1 });
  return sender;
}

/** Topics of every result of the hall, which a sender must hear. */
export function resultsOf(hall: string): string {
  return `hall/v1/${hall}/+/+/result/+`;
}

/** Sends over a connection that its owner makes and subscribes to `resultsOf(hall)`; closing it closes the connection. */
export function commandSenderOn(client: MqttClient, hall: string): CommandSender {
  const waiting = new Map<string, (result: CommandResult) => void>();
  // A command right after the acknowledgement of a result would wait for the broker's delayed acknowledgement of TCP.
  client.on('connect', () => client.stream instanceof Socket && client.stream.setNoDelay(true));
  client.on('message', (_topic, payload) => {
    const result = readResult(payload);
    if (result) waiting.get(result.commandId)?.(result);
  });
  return {
    sendCommand(kind, device, name, data, sending = {}) {
      const id = sending.id ?? ulid();
      const topic = `hall/v1/${hall}/${kind}/${device}/command/${name}`;
      const issuedAt = new Date().toISOString();
      const expiry = sending.expiresAt && { expiresAt: sending.expiresAt.toISOString() };
      const results = finalResult(waiting, id, topic, sending.timeoutMs ?? TIMEOUT_MS);
      publish(client, topic, { id, issuedAt, ...expiry, data }, sending.retain ?? false);
      return results;
    },
    async close() {
      await client.endAsync(true);
    },
  };
}

function publish(client: MqttClient, topic: string, message: object, retain: boolean): void {
  client.publish(topic, JSON.stringify(message), { qos: 1, retain });
}

function finalResult(
  waiting: Map<string, (result: CommandResult) => void>,
  id: string,
  topic: string,
  timeoutMs: number,
): Promise<CommandResult[]> {
  const results: CommandResult[] = [];
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      waiting.delete(id);
      const heard = results.map(({ status }) => status).join(', ') || 'nothing';
      reject(new Error(`no final result of ${topic} in ${timeoutMs} ms; heard: ${heard}`));
    }, timeoutMs);
    waiting.set(id, (result) => {
      // The same result may arrive twice (at least once); it is said once here.
      if (results.some(({ status }) => status === result.status)) return;
      results.push(result);
      if (result.status === FIRST_ONLY) return;
      clearTimeout(timer);
      waiting.delete(id);
      resolve(results);
    });
  });
}

/** The result in a CloudEvents message of a result topic, or undefined when it is none. */
function readResult(payload: Buffer): CommandResult | undefined {
  const event: unknown = JSON.parse(payload.toString('utf8'));
  const data = isObject(event) ? event['data'] : undefined;
  return isResult(data) ? data : undefined;
}

function isResult(value: unknown): value is CommandResult {
  return (
    isObject(value) &&
    typeof value['commandId'] === 'string' &&
    typeof value['status'] === 'string' &&
    STATUSES.includes(value['status'])
  );
}
