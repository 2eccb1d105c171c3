/**
 * One connection from CONNACK to farewell: a wire and the delivery over it.
 */
import { HallError } from '../kernel/errors.ts';
import { commandFilter, receiptTopic, statusTopic } from '../kernel/topics.ts';
import { sleep, withDeadline } from '../kernel/waiting.ts';
import { startDelivery, type Delivery, type DeliveryListener, type DeliveryOptions } from './delivery.ts';
import { openWire, type WireOptions } from './wire.ts';

/** How long the broker may take to acknowledge "offline", and to close. */
const FAREWELL_MS = 1_000;

export interface SessionOptions {
  wire: Omit<WireOptions, 'onAck' | 'will'>;
  delivery: Omit<DeliveryOptions, 'wire' | 'on'> & { on: Omit<DeliveryListener, 'fault'> };
  /** The gateway's status message. */
  statusPayload(state: 'online' | 'offline'): string;
}

export interface Session {
  readonly delivery: Delivery;
  readonly dropped: Promise<HallError | undefined>;
  /**
   * Subscribes, then sends birth and board; a refused subscription does not stop the events. The board is read at the moment
   * when it goes out: what was true before the broker answered may have changed, and the change is under way already.
   */
  greet(
    board: () => Iterable<readonly [topic: string, payload: string]>,
    onTrouble: (error: HallError) => void,
  ): Promise<void>;
  /** Says offline and hangs up; where the broker does not take that word, it is left to the will. */
  leave(): Promise<void>;
  drop(reason: HallError): void;
}

/** @throws HallError that says why there is no connection. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { place, settings } = options.delivery;
  const ownTopic = statusTopic(place);
  const flow: { delivery?: Delivery } = {};
  const wire = await openWire({
    ...options.wire,
    will: { topic: ownTopic, payload: options.statusPayload('offline') },
    onAck: (messageId, reasonCode) => flow.delivery?.ack(messageId, reasonCode),
  });
  const on = { ...options.delivery.on, fault: (error: HallError) => wire.drop(error) };
  const delivery = startDelivery({ ...options.delivery, wire, on });
  flow.delivery = delivery;
  let leaving = false;
  return {
    delivery,
    dropped: wire.dropped,
    drop: (reason) => wire.drop(reason),
    async greet(board, onTrouble) {
      const subscribed = wire.subscribe([commandFilter(place.hall), receiptTopic(place)]);
      try {
        await withDeadline(Promise.race([subscribed, wire.dropped]), settings.ackTimeoutMs, unanswered);
      } catch (thrown) {
        if (!(thrown instanceof HallError)) return;
        onTrouble(thrown);
        if (thrown.code === 'uplink.ack-timeout') wire.drop(thrown);
      }
      // A broker may answer so late that "offline" is on its way: that is the last word.
      if (!leaving) delivery.greet([[ownTopic, options.statusPayload('online')], ...board()]);
    },
    async leave() {
      leaving = true;
      delivery.enqueue(ownTopic, options.statusPayload('offline'));
      // DISCONNECT makes the broker forget the will: never before it has the word itself.
      if (await isShown(delivery, FAREWELL_MS)) wire.hangUp();
      else wire.drop(new HallError('uplink.ack-timeout', { message: 'The broker did not take "offline" in time.' }));
      const gone = wire.dropped.then(() => undefined);
      await Promise.race([gone, sleep(FAREWELL_MS)]);
      wire.drop(new HallError('uplink.lost', { message: 'The gateway hung up.' }));
    },
  };
}

function unanswered(): HallError {
  return new HallError('uplink.ack-timeout', { message: 'The broker did not answer SUBSCRIBE in time.' });
}

const POLL_MS = 5;

async function isShown(delivery: Delivery, withinMs: number): Promise<boolean> {
  for (let leftMs = withinMs; leftMs > 0; leftMs -= POLL_MS) {
    await sleep(POLL_MS);
    if (delivery.boardShown()) return true;
  }
  return false;
}
