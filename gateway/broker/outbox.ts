/**
 * Messages on their way to one client: packet identifiers, and a window over what it has not acknowledged (MQTT 3.1.1
 * sections 2.3.1 and 4.3). What is over the window waits; a client that lets too much wait is dropped.
 */
import type { HallError } from '../kernel/errors.ts';
import { violation } from './frames.ts';
import type { BrokerLimits } from './limits.ts';
import { acknowledge, publish, TYPE, type Message } from './packets.ts';

export interface Outbox {
  /** Sends a message, now or when the client has acknowledged enough. */
  deliver(message: Message): void;
  /** PUBACK, PUBREC or PUBCOMP came. */
  acknowledged(type: number, packetId: number): void;
}

export interface OutboxWays {
  send: (packet: Buffer) => void;
  /** The client is too slow. */
  drop: (cause: HallError) => void;
}

const PACKET_ID_MAX = 65_535;

export function outbox(limits: Pick<BrokerLimits, 'deliveryWindow' | 'outputQueueBytesMax'>, ways: OutboxWays): Outbox {
  const unacknowledged = new Set<number>();
  const waiting: Message[] = [];
  let waitingBytes = 0;
  let lastId = 0;

  const freshId = (): number => {
    do lastId = lastId === PACKET_ID_MAX ? 1 : lastId + 1;
    while (unacknowledged.has(lastId));
    unacknowledged.add(lastId);
    return lastId;
  };
  const hasRoom = () => unacknowledged.size < limits.deliveryWindow;
  const sendWaiting = () => {
    while (hasRoom()) {
      const message = waiting.shift();
      if (!message) return;
      waitingBytes -= message.payload.length;
      ways.send(publish(message, freshId()));
    }
  };

  return {
    deliver(message) {
      if (message.qos === 0) ways.send(publish(message, 0));
      else if (hasRoom()) ways.send(publish(message, freshId()));
      else {
        waiting.push(message);
        waitingBytes += message.payload.length;
        if (waitingBytes <= limits.outputQueueBytesMax) return;
        ways.drop(violation('limit', `More than ${limits.outputQueueBytesMax} bytes wait for acknowledgements.`));
      }
    },
    acknowledged(type, packetId) {
      if (type === TYPE.pubrec) {
        ways.send(acknowledge('pubrel', packetId));
        return;
      }
      unacknowledged.delete(packetId);
      sendWaiting();
    },
  };
}
