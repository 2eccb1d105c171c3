/**
 * The packets a client may send, checked to the letter of MQTT 3.1.1 before anything else sees them, and the packets
 * that are answered here.
 */
import { violation, type Frame } from './frames.ts';
import { checkFilter, checkPacketId, checkTopic, fieldReader } from './packet-fields.ts';

export type Qos = 0 | 1 | 2;

/** Control packet types (section 2.2.1). */
export const TYPE = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
} as const;

const FLAGS_OF_TWO: ReadonlySet<number> = new Set([TYPE.pubrel, TYPE.subscribe, TYPE.unsubscribe]);

/** @throws HallError `broker.protocol-violation` when reserved flags are not as section 2.2.2 says. */
export function checkFlags(frame: Frame): void {
  if (frame.type === TYPE.publish) return;
  const wanted = FLAGS_OF_TWO.has(frame.type) ? 2 : 0;
  if (frame.flags !== wanted) throw violation('MQTT-2.2.2-2', `Packet type ${frame.type} has flags ${frame.flags}.`);
}

export interface PublishHead {
  topic: string;
  qos: Qos;
  /** 0 for QoS 0. */
  packetId: number;
}

/** Section 3.3. */
export function readPublish(frame: Frame): PublishHead {
  const qos = qosOf((frame.flags >> 1) & 3, 'MQTT-3.3.1-4');
  if (qos === 0 && frame.flags & 8) throw violation('MQTT-3.3.1-2', 'DUP is set on a QoS 0 message.');
  const fields = fieldReader(frame.body);
  const topic = fields.text();
  checkTopic(topic);
  return { topic, qos, packetId: qos === 0 ? 0 : checkPacketId(fields.number()) };
}

export interface Wish {
  filter: string;
  qos: Qos;
}

/** Section 3.8. */
export function readSubscribe(frame: Frame): { packetId: number; wishes: Wish[] } {
  const fields = fieldReader(frame.body);
  const packetId = checkPacketId(fields.number());
  const wishes: Wish[] = [];
  do {
    if (fields.done()) throw violation('MQTT-3.8.3-3', 'A SUBSCRIBE has no topic filter.');
    const filter = fields.text();
    checkFilter(filter);
    wishes.push({ filter, qos: qosOf(fields.byte(), 'MQTT-3-8.3-4') });
  } while (!fields.done());
  return { packetId, wishes };
}

/** Section 3.10. */
export function readUnsubscribe(frame: Frame): { packetId: number; filters: string[] } {
  const fields = fieldReader(frame.body);
  const packetId = checkPacketId(fields.number());
  const filters: string[] = [];
  do {
    if (fields.done()) throw violation('MQTT-3.10.3-2', 'An UNSUBSCRIBE has no topic filter.');
    const filter = fields.text();
    checkFilter(filter);
    filters.push(filter);
  } while (!fields.done());
  return { packetId, filters };
}

/** PUBACK, PUBREC, PUBREL and PUBCOMP: a packet identifier and nothing else. */
export function readAcknowledgement(frame: Frame): number {
  if (frame.body.length !== 2) throw violation('3.4.1', 'An acknowledgement is not two bytes long.');
  return checkPacketId(frame.body.readUInt16BE(0));
}

/** PINGREQ and DISCONNECT have no body. */
export function checkEmpty(frame: Frame): void {
  if (frame.body.length > 0) throw violation('3.12.1', `Packet type ${frame.type} has a body.`);
}

function qosOf(value: number, clause: string): Qos {
  if (value === 0 || value === 1 || value === 2) return value;
  throw violation(clause, `A quality of service is ${value}.`);
}

/** Section 3.2.2.3. */
export type ConnackCode = 0 | 1 | 2 | 3 | 4 | 5;

export function connack(code: ConnackCode): Buffer {
  return Buffer.from([TYPE.connack << 4, 2, 0, code]);
}
export function pingresp(): Buffer {
  return Buffer.from([TYPE.pingresp << 4, 0]);
}

export type Acknowledgement = 'pubrec' | 'pubrel' | 'unsuback';

export function acknowledge(kind: Acknowledgement, packetId: number): Buffer {
  const flags = kind === 'pubrel' ? 2 : 0;
  return Buffer.from([(TYPE[kind] << 4) | flags, 2, packetId >> 8, packetId & 0xff]);
}

export const SUBSCRIPTION_REFUSED = 0x80;

export function suback(packetId: number, codes: readonly number[]): Buffer {
  return Buffer.concat([
    Buffer.from([TYPE.suback << 4]),
    remainingLength(2 + codes.length),
    Buffer.from([packetId >> 8, packetId & 0xff, ...codes]),
  ]);
}

export interface Message {
  topic: string;
  payload: Uint8Array;
  qos: Qos;
  retain: boolean;
}

/** A PUBLISH to a client; `packetId` counts for QoS 1 and 2 only. DUP is never set: nothing is sent twice. */
export function publish(message: Message, packetId: number): Buffer {
  const topicBytes = Buffer.byteLength(message.topic);
  const idBytes = message.qos === 0 ? 0 : 2;
  const length = remainingLength(2 + topicBytes + idBytes + message.payload.length);
  const packet = Buffer.allocUnsafe(1 + length.length + 2 + topicBytes + idBytes + message.payload.length);
  let at = packet.writeUInt8((TYPE.publish << 4) | (message.qos << 1) | (message.retain ? 1 : 0), 0);
  at += length.copy(packet, at);
  at = packet.writeUInt16BE(topicBytes, at);
  at += packet.write(message.topic, at);
  if (idBytes > 0) at = packet.writeUInt16BE(packetId, at);
  packet.set(message.payload, at);
  return packet;
}

function remainingLength(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}
