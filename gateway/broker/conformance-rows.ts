/**
 * MQTT 3.1.1 as a table: what two clients send, and what must come back, byte by byte (dots: any digit; `[45]`: one of them; `closed`: the
 * server closes; `nothing`: nothing but the answer to a PINGREQ). The same rows run against Mosquitto.
 */
import { MESSAGE_ROWS } from './conformance-messages.ts';
import { ALICE, bytes, DISCONNECT, hello, UP, type Row } from './conformance-words.ts';
import { connectPacket, packet, publishPacket, subscribePacket, type ConnectOptions } from './raw-client.ts';

const closes = (clause: string, title: string, packetAfterConnect: Buffer): Row => ({
  clause,
  title,
  steps: [...hello(), ['a', 'sends', packetAfterConnect], ['a', 'closed']],
});
const refusesToConnect = (clause: string, title: string, options: ConnectOptions): Row => ({
  clause,
  title,
  steps: [
    ['a', 'sends', connectPacket({ ...ALICE, ...options })],
    ['a', 'closed'],
  ],
});
const connack = (clause: string, title: string, code: number, options: ConnectOptions): Row => ({
  clause,
  title,
  steps: [
    ['a', 'sends', connectPacket({ ...ALICE, ...options })],
    ['a', 'gets', `200200${code.toString(16).padStart(2, '0')}`],
    ['a', 'closed'],
  ],
});

const CONNECTING: Row[] = [
  { clause: 'MQTT-3.2.2-1', title: 'a clean session is accepted, session present 0', steps: hello() },
  {
    clause: 'MQTT-3.1.0-1',
    title: 'a first packet other than CONNECT closes',
    steps: [
      ['a', 'sends', publishPacket(UP, 'x')],
      ['a', 'closed'],
    ],
  },
  closes('MQTT-3.1.0-2', 'a second CONNECT closes', connectPacket(ALICE)),
  refusesToConnect('MQTT-3.1.2-1', 'another protocol name closes', { protocol: 'HTTP' }),
  connack('MQTT-3.1.2-2', 'an unknown protocol level gets code 1', 1, { level: 9 }),
  refusesToConnect('MQTT-3.1.2-3', 'the reserved connect flag closes', { flip: 1 }),
  refusesToConnect('MQTT-3.1.2-13', 'a will QoS without a will closes', { flip: 8 }),
  refusesToConnect('MQTT-3.1.2-14', 'a will QoS of 3 closes', { will: { topic: UP, payload: 'x', qos: 3 } }),
  refusesToConnect('MQTT-3.1.2-15', 'will retain without a will closes', { flip: 32 }),
  refusesToConnect('MQTT-3.1.2-22', 'a password without a user closes', { flip: 128 }),
  refusesToConnect('MQTT-3.1.3-1', 'bytes after the last field close', { extra: [0, 1, 65] }),
  connack('MQTT-3.1.3-8', 'no client id and no clean session gets code 2', 2, { id: '', clean: false }),
  { clause: 'MQTT-3.1.3-6', title: 'no client id with a clean session is served', steps: hello({ id: '' }) },
  {
    clause: '3.2.2.3',
    title: 'a wrong password gets code 4 or 5',
    steps: [
      ['a', 'sends', connectPacket({ ...ALICE, password: 'wrong' })],
      ['a', 'gets', '2002000[45]'],
      ['a', 'closed'],
    ],
  },
  refusesToConnect('MQTT-1.5.3-1', 'ill-formed UTF-8 in a client id closes', { id: bytes('c328') }),
  refusesToConnect('MQTT-1.5.3-1', 'a surrogate in a client id closes', { id: bytes('eda080') }),
  refusesToConnect('MQTT-1.5.3-2', 'U+0000 in a client id closes', { id: bytes('610062') }),
  {
    clause: 'MQTT-3.1.4-2',
    title: 'the same client again closes the first',
    steps: [...hello(), ['b', 'sends', connectPacket(ALICE)], ['b', 'gets', '20020000'], ['a', 'closed']],
  },
  {
    clause: 'MQTT-3.1.2-24',
    title: 'silence for one and a half keep-alives closes',
    steps: [...hello({ keepAlive: 1 }), ['a', 'closed']],
  },
  {
    clause: 'MQTT-3.12.4-1',
    title: 'PINGREQ is answered',
    steps: [...hello(), ['a', 'sends', bytes('c000')], ['a', 'gets', 'd000']],
  },
  {
    clause: 'MQTT-3.14.4-1',
    title: 'DISCONNECT closes',
    steps: [...hello(), ['a', 'sends', DISCONNECT], ['a', 'closed']],
  },
];

const MALFORMED: Row[] = [
  closes('2.2.3', 'a length of five bytes closes', bytes('30ffffffff01')),
  closes('MQTT-2.2.2-2', 'wrong flags of SUBSCRIBE close', packet(0x80, [0, 1, 0, 1, 0x61, 0])),
  closes('MQTT-2.2.2-2', 'wrong flags of PUBREL close', bytes('60020001')),
  closes('2.2.1', 'packet type 0 closes', bytes('0000')),
  closes('2.2.1', 'packet type 15 closes', bytes('f000')),
  closes('2.2.1', 'a CONNACK from a client closes', bytes('20020000')),
  closes('MQTT-2.3.1-1', 'packet identifier 0 closes', publishPacket(UP, 'x', { qos: 1, id: 0 })),
  closes('MQTT-3.3.1-4', 'QoS 3 closes', publishPacket(UP, 'x', { qos: 3 })),
  closes('MQTT-3.3.1-2', 'DUP with QoS 0 closes', publishPacket(UP, 'x', { dup: true })),
  closes('MQTT-3.3.2-2', 'a wildcard # in a topic closes', publishPacket('device/d/#', 'x')),
  closes('MQTT-3.3.2-2', 'a wildcard + in a topic closes', publishPacket('device/d/+/x', 'x')),
  closes('MQTT-4.7.3-1', 'an empty topic closes', publishPacket('', 'x')),
  closes('MQTT-1.5.3-1', 'ill-formed UTF-8 in a topic closes', publishPacket(bytes('6465c328'), 'x')),
  closes('MQTT-1.5.3-2', 'U+0000 in a topic closes', publishPacket(bytes('6400'), 'x')),
  closes('MQTT-3.8.3-3', 'a SUBSCRIBE without a filter closes', packet(0x82, [0, 1])),
  closes('MQTT-3-8.3-4', 'a SUBSCRIBE with QoS 3 closes', subscribePacket(1, [UP, 3])),
  closes('MQTT-4.7.3-1', 'an empty filter closes', subscribePacket(1, ['', 0])),
  closes('MQTT-4.7.1-2', 'a # inside a filter closes', subscribePacket(1, ['device/d/#/x', 0])),
  closes('MQTT-4.7.1-2', 'a # beside a character closes', subscribePacket(1, ['a#', 0])),
  closes('MQTT-4.7.1-3', 'a + beside a character closes', subscribePacket(1, ['a+', 0])),
  closes('MQTT-3.10.3-2', 'an UNSUBSCRIBE without a filter closes', packet(0xa2, [0, 1])),
];

export const ROWS: readonly Row[] = [...CONNECTING, ...MALFORMED, ...MESSAGE_ROWS];
