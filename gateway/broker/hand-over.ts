/**
 * What becomes of a message that a client published: rights, then disk, then the others, then its acknowledgement; in
 * the order in which the client said it.
 */
import { HallError, textOf } from '../kernel/errors.ts';
import type { Connection } from './connection.ts';
import type { GatewayTopics } from './gateway-topics.ts';
import type { Message } from './packets.ts';
import type { Refusals } from './refusals.ts';
import type { RetainedStore } from './retained-store.ts';
import type { Purpose } from './rights.ts';

export interface CommandMessage {
  topic: string;
  payload: Uint8Array;
  retain: boolean;
  user: string;
}

/** The gateway behind the broker. */
export interface Gateway {
  onDeviceMessage(device: string, rest: string, payload: Uint8Array): Promise<void>;
  onCommand(message: CommandMessage): Promise<void>;
}

export interface HandOverParts {
  gateway: Gateway;
  spokenByGateway: GatewayTopics;
  retained: RetainedStore;
  refused: Refusals;
  fanOut: (message: Message) => void;
}

/** `settle` without an error lets Aedes acknowledge; with one it withholds, and the connection is closed already. */
export type HandOver = (connection: Connection, message: Message, settle: (error?: Error) => void) => void;

export function handOver({ gateway, spokenByGateway, retained, refused, fanOut }: HandOverParts): HandOver {
  const record = (purpose: Purpose, { topic, payload, retain }: Message, user: string): Promise<void> =>
    purpose.kind === 'device'
      ? gateway.onDeviceMessage(purpose.device, purpose.rest, payload)
      : gateway.onCommand({ topic, payload, retain, user });

  /** A command goes to the gateway and to nobody else; what a device says, it may hear and retain itself. */
  const passOn = (purpose: Purpose, message: Message, connection: Connection) => {
    if (purpose.kind === 'command') return;
    const kept = !message.retain || retained.keep(message, purpose.device);
    if (!kept) refused.note('retained-full', connection.address, { topic: message.topic });
    fanOut(message);
  };

  return (connection, message, settle) => {
    const { access, address, gate, commits } = connection;
    const purpose = access?.rights.publish(message.topic);
    if (!purpose || access?.user === undefined || spokenByGateway.has(message.topic)) {
      const cause = new HallError('broker.not-allowed', { message: `It may not publish on ${message.topic}.` });
      refused.note('forbidden-publish', address, { user: access?.user, topic: message.topic });
      gate.end(cause);
      settle(cause);
      return;
    }
    const facts = { user: access.user, topic: message.topic };
    const recorded = record(purpose, message, access.user).catch((thrown: unknown) => {
      refused.note('not-recorded', address, { ...facts, why: textOf(thrown) });
      throw thrown;
    });
    commits.add(recorded, message.qos > 0, (error) => {
      if (!error) passOn(purpose, message, connection);
      if (error && message.qos > 0) gate.end();
      settle(message.qos > 0 ? error : undefined);
      gate.settled();
    });
  };
}
