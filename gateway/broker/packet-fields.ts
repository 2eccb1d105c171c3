/**
 * The fields of MQTT packets, read strictly: lengths that fit, UTF-8 that is UTF-8, topics and filters that are allowed.
 */
import { isUtf8 } from 'node:buffer';
import { violation } from './frames.ts';

/** Reads a packet's body from the front; every read throws `broker.protocol-violation` when the body is too short. */
export interface FieldReader {
  byte(): number;
  number(): number;
  binary(): Buffer;
  /** Section 1.5.3: well-formed UTF-8 without U+0000. */
  text(): string;
  done(): boolean;
}

export function fieldReader(body: Buffer): FieldReader {
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > body.length) throw violation('2.3', 'A packet ends before its last field does.');
    at += length;
    return body.subarray(at - length, at);
  };
  const number = () => take(2).readUInt16BE(0);
  const binary = () => take(number());
  return {
    byte: () => take(1).readUInt8(0),
    number,
    binary,
    text: () => textOf(binary()),
    done: () => at === body.length,
  };
}

function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw violation('MQTT-1.5.3-1', 'A text is not well-formed UTF-8.');
  if (bytes.includes(0)) throw violation('MQTT-1.5.3-2', 'A text contains U+0000.');
  return bytes.toString('utf8');
}

/** @throws HallError `broker.protocol-violation` unless the text may be the topic of a message (section 4.7). */
export function checkTopic(topic: string): void {
  if (topic === '') throw violation('MQTT-4.7.3-1', 'A topic is empty.');
  if (topic.includes('#') || topic.includes('+')) throw violation('MQTT-3.3.2-2', 'A topic contains a wildcard.');
}

/** @throws HallError `broker.protocol-violation` unless the text may be a topic filter (section 4.7). */
export function checkFilter(filter: string): void {
  if (filter === '') throw violation('MQTT-4.7.3-1', 'A topic filter is empty.');
  const levels = filter.split('/');
  for (const [index, level] of levels.entries()) {
    const hashOk = !level.includes('#') || (level === '#' && index === levels.length - 1);
    if (!hashOk) throw violation('MQTT-4.7.1-2', '"#" stands alone at the end of a filter.');
    if (level.includes('+') && level !== '+') throw violation('MQTT-4.7.1-3', '"+" fills a whole level.');
  }
}

/** @throws HallError `broker.protocol-violation` when a packet identifier is 0. */
export function checkPacketId(packetId: number): number {
  if (packetId === 0) throw violation('MQTT-2.3.1-1', 'A packet identifier is 0.');
  return packetId;
}

/** Is a topic or filter within the broker's own limits? */
export function topicFits(topic: string, limits: { topicBytesMax: number; topicLevelsMax: number }): boolean {
  if (topic.length > limits.topicBytesMax) return false;
  if (Buffer.byteLength(topic) > limits.topicBytesMax) return false;
  let levels = 1;
  for (let at = topic.indexOf('/'); at !== -1; at = topic.indexOf('/', at + 1)) levels += 1;
  return levels <= limits.topicLevelsMax;
}
