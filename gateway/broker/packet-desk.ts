/**
 * Which packet of a connected client goes where: answered here, handed to a duty, or passed to Aedes.
 */
import { violation, type Frame } from './frames.ts';
import {
  checkEmpty,
  pingresp,
  readAcknowledgement,
  readPublish,
  readSubscribe,
  readUnsubscribe,
  TYPE,
  type PublishHead,
  type Wish,
} from './packets.ts';

/** What the broker does about packets itself; any of these may throw a HallError, which closes the connection. */
export interface PacketDuties {
  send(packet: Buffer): void;
  /** A PUBLISH arrived; false keeps it from Aedes. */
  publish(head: PublishHead): boolean;
  /** A PUBREL arrived. */
  released(packetId: number): void;
  subscribe(packetId: number, wishes: readonly Wish[]): void;
  unsubscribe(packetId: number, filters: readonly string[]): void;
  /** PUBACK, PUBREC or PUBCOMP of a delivery. */
  acknowledged(type: number, packetId: number): void;
}

/**
 * True when Aedes is to see the packet.
 *
 * @throws HallError `broker.protocol-violation` when the packet is malformed or out of place.
 */
export function takePacket(frame: Frame, duties: PacketDuties): boolean {
  switch (frame.type) {
    case TYPE.publish:
      return duties.publish(readPublish(frame));
    case TYPE.pubrel:
      duties.released(readAcknowledgement(frame));
      return true;
    case TYPE.disconnect:
      checkEmpty(frame);
      return true;
    case TYPE.connect:
      throw violation('MQTT-3.1.0-2', 'A second CONNECT came.');
    default:
      answerPacket(frame, duties);
      return false;
  }
}

function answerPacket(frame: Frame, duties: PacketDuties): void {
  switch (frame.type) {
    case TYPE.subscribe: {
      const { packetId, wishes } = readSubscribe(frame);
      duties.subscribe(packetId, wishes);
      return;
    }
    case TYPE.unsubscribe: {
      const { packetId, filters } = readUnsubscribe(frame);
      duties.unsubscribe(packetId, filters);
      return;
    }
    case TYPE.puback:
    case TYPE.pubrec:
    case TYPE.pubcomp:
      duties.acknowledged(frame.type, readAcknowledgement(frame));
      return;
    case TYPE.pingreq:
      checkEmpty(frame);
      duties.send(pingresp());
      return;
    default:
      throw violation('4.8.0', `A client does not send packet type ${frame.type}.`);
  }
}
