/**
 * The CONNECT packet (MQTT 3.1.1 section 3.1), read strictly. MQTT 3.1 (`MQIsdp`, level 3) is understood too, because
 * old modules in evaluators still speak it.
 */
import { violation, type Frame } from './frames.ts';
import { checkTopic, fieldReader, type FieldReader } from './packet-fields.ts';
import type { ConnackCode } from './packets.ts';

export interface ConnectRequest {
  clientId: string;
  clean: boolean;
  keepAliveSeconds: number;
  will: { topic: string; retain: boolean } | undefined;
  user: string | undefined;
  password: Buffer | undefined;
}

/** A CONNECT that is well-formed but cannot be served, with the code that says so. */
export interface ConnectRefusal {
  refused: ConnackCode;
}

const FLAG = { reserved: 1, clean: 2, will: 4, willRetain: 32, password: 64, user: 128 } as const;

/** @throws HallError `broker.protocol-violation` when the packet is malformed: then there is no CONNACK. */
export function readConnect(frame: Frame): ConnectRequest | ConnectRefusal {
  const fields = fieldReader(frame.body);
  const protocol = fields.text();
  if (protocol !== 'MQTT' && protocol !== 'MQIsdp') throw violation('MQTT-3.1.2-1', 'The protocol is not MQTT.');
  const level = fields.byte();
  if (level !== (protocol === 'MQTT' ? 4 : 3)) return { refused: 1 };
  const request = readRequest(fields);
  if (!fields.done()) throw violation('MQTT-3.1.3-1', 'A CONNECT goes on after its last field.');
  if (request.clientId === '' && (!request.clean || level === 3)) return { refused: 2 };
  return request;
}

function readRequest(fields: FieldReader): ConnectRequest {
  const flags = fields.byte();
  checkFlags(flags);
  const keepAliveSeconds = fields.number();
  const clientId = fields.text();
  const will = flags & FLAG.will ? readWill(fields, (flags & FLAG.willRetain) !== 0) : undefined;
  const user = flags & FLAG.user ? fields.text() : undefined;
  const password = flags & FLAG.password ? fields.binary() : undefined;
  return { clientId, clean: (flags & FLAG.clean) !== 0, keepAliveSeconds, will, user, password };
}

function checkFlags(flags: number): void {
  const willQos = (flags >> 3) & 3;
  if (flags & FLAG.reserved) throw violation('MQTT-3.1.2-3', 'The reserved flag of a CONNECT is set.');
  if (willQos === 3) throw violation('MQTT-3.1.2-14', 'The will has quality of service 3.');
  if (!(flags & FLAG.will) && willQos !== 0) throw violation('MQTT-3.1.2-13', 'Will QoS without a will.');
  if (!(flags & FLAG.will) && flags & FLAG.willRetain) throw violation('MQTT-3.1.2-15', 'Will retain without a will.');
  if (!(flags & FLAG.user) && flags & FLAG.password) throw violation('MQTT-3.1.2-22', 'A password without a user.');
}

function readWill(fields: FieldReader, retain: boolean): { topic: string; retain: boolean } {
  const topic = fields.text();
  checkTopic(topic);
  fields.binary();
  return { topic, retain };
}
