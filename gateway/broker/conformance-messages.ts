/**
 * MQTT 3.1.1 as a table, second half: subscriptions, deliveries, retained messages and wills.
 */
import { bytes, DISCONNECT, hello, helloBob, listens, UP, type Row } from './conformance-words.ts';
import { delivery, publishPacket, subscribePacket, unsubscribePacket } from './raw-client.ts';

const MESSAGES: Row[] = [
  {
    clause: 'MQTT-3.8.4-5',
    title: 'SUBACK has one code a filter, equal filters too',
    steps: [
      ...hello(),
      ['a', 'sends', subscribePacket(7, ['device/d/x', 0], ['device/d/y', 1], ['device/d/x', 2])],
      ['a', 'gets', '90050007000102'],
    ],
  },
  {
    clause: 'MQTT-3.10.4-5',
    title: 'UNSUBSCRIBE is answered though nothing was subscribed',
    steps: [...hello(), ['a', 'sends', unsubscribePacket(9, 'device/d/x')], ['a', 'gets', 'b0020009']],
  },
  {
    clause: 'MQTT-3.10.4-2',
    title: 'nothing comes after UNSUBSCRIBE',
    steps: [
      ...hello(),
      ...helloBob,
      ...listens(UP),
      ['b', 'sends', unsubscribePacket(2, UP)],
      ['b', 'gets', 'b0020002'],
      ['a', 'sends', publishPacket(UP, 'x', { qos: 1 })],
      ['a', 'gets', '40020001'],
      ['b', 'nothing'],
    ],
  },
  {
    clause: 'MQTT-4.3.2-2',
    title: 'QoS 1 is acknowledged and delivered',
    steps: [
      ...hello(),
      ...helloBob,
      ...listens(UP, 1),
      ['a', 'sends', publishPacket(UP, 'x', { qos: 1, id: 513 })],
      ['a', 'gets', '40020201'],
      ['b', 'gets', delivery(UP, 'x', { qos: 1 })],
    ],
  },
  {
    clause: 'MQTT-4.3.3-2',
    title: 'a QoS 2 PUBLISH that is sent again before PUBREL is delivered once',
    steps: [
      ...hello(),
      ...helloBob,
      ...listens(UP),
      ['a', 'sends', publishPacket(UP, 'x', { qos: 2, id: 5 })],
      ['a', 'gets', '50020005'],
      ['a', 'sends', publishPacket(UP, 'x', { qos: 2, id: 5, dup: true })],
      ['a', 'gets', '50020005'],
      ['a', 'sends', bytes('62020005')],
      ['a', 'gets', '70020005'],
      ['b', 'gets', delivery(UP, 'x')],
      ['b', 'nothing'],
    ],
  },
  {
    clause: 'MQTT-4.3.3-2',
    title: 'PUBREL of an unknown packet is answered',
    steps: [...hello(), ['a', 'sends', bytes('62020009')], ['a', 'gets', '70020009']],
  },
  {
    clause: 'MQTT-3.8.4-6',
    title: 'a wildcard subscription of QoS 0 lowers a QoS 2 message',
    steps: [
      ...hello(),
      ...helloBob,
      ...listens('device/d/#'),
      ['a', 'sends', publishPacket(UP, 'x', { qos: 2, id: 1 })],
      ['a', 'gets', '50020001'],
      ['a', 'sends', bytes('62020001')],
      ['a', 'gets', '70020001'],
      ['b', 'gets', delivery(UP, 'x')],
    ],
  },
  {
    clause: 'MQTT-3.3.5-1',
    title: 'overlapping subscriptions deliver at the highest QoS',
    steps: [
      ...hello(),
      ...helloBob,
      ['b', 'sends', subscribePacket(1, ['device/d/#', 0], [UP, 1])],
      ['b', 'gets', '900400010001'],
      ['a', 'sends', publishPacket(UP, 'x', { qos: 1 })],
      ['a', 'gets', '40020001'],
      ['b', 'gets', delivery(UP, 'x', { qos: 1 })],
    ],
  },
  {
    clause: 'MQTT-4.6.0-6',
    title: 'messages of one client arrive in their order',
    steps: [
      ...hello(),
      ...helloBob,
      ...listens(UP, 1),
      ['a', 'sends', Buffer.concat([1, 2, 3].map((id) => publishPacket(UP, `m${id}`, { qos: 1, id })))],
      ['a', 'gets', '400200014002000240020003'],
      ['b', 'gets', [1, 2, 3].map((id) => delivery(UP, `m${id}`, { qos: 1 })).join('')],
    ],
  },
  {
    clause: 'MQTT-3.3.1-3',
    title: 'DUP is not passed on',
    steps: [
      ...hello(),
      ...helloBob,
      ...listens(UP),
      ['a', 'sends', publishPacket(UP, 'x', { qos: 1, dup: true })],
      ['a', 'gets', '40020001'],
      ['b', 'gets', delivery(UP, 'x')],
    ],
  },
  {
    clause: 'MQTT-3.3.1-8',
    title: 'a retained message comes to a new subscription with RETAIN, lowered to its QoS, and goes with an empty one',
    steps: [
      ...hello(),
      ...helloBob,
      ['a', 'sends', publishPacket(UP, 'r', { qos: 1, retain: true })],
      ['a', 'gets', '40020001'],
      ...listens('device/d/+'),
      ['b', 'gets', delivery(UP, 'r', { retain: true })],
      ['a', 'sends', publishPacket(UP, '', { qos: 1, retain: true })],
      ['a', 'gets', '40020001'],
      ['b', 'gets', delivery(UP, '')],
      ...listens('device/d/+'),
      ['b', 'nothing'],
    ],
  },
  {
    clause: 'MQTT-3.3.1-9',
    title: 'a live message comes without RETAIN',
    steps: [
      ...hello(),
      ...helloBob,
      ...listens(UP),
      ['a', 'sends', publishPacket(UP, 'r', { retain: true })],
      ['b', 'gets', delivery(UP, 'r')],
      ['a', 'sends', publishPacket(UP, '', { retain: true })],
      ['b', 'gets', delivery(UP, '')],
    ],
  },
  {
    clause: 'MQTT-4.7.3-4',
    title: 'topics are case-sensitive, and + is one level, an empty one too',
    steps: [
      ...hello(),
      ...helloBob,
      ...listens('device/d/+/Z'),
      ['a', 'sends', publishPacket('device/d/a/z', '1', { qos: 1 })],
      ['a', 'gets', '40020001'],
      ['a', 'sends', publishPacket('device/d//Z', '2', { qos: 1, id: 2 })],
      ['a', 'gets', '40020002'],
      ['b', 'gets', delivery('device/d//Z', '2')],
    ],
  },
];

const WILLS: Row[] = [
  {
    clause: 'MQTT-3.1.2-8',
    title: 'a will is said when the client breaks the protocol',
    steps: [
      ...helloBob,
      ...listens(UP),
      ...hello({ will: { topic: UP, payload: 'gone' } }),
      ['a', 'sends', bytes('0000')],
      ['b', 'gets', delivery(UP, 'gone')],
    ],
  },
  {
    clause: 'MQTT-3.1.2-10',
    title: 'a will is forgotten after DISCONNECT',
    steps: [
      ...helloBob,
      ...listens(UP),
      ...hello({ will: { topic: UP, payload: 'gone' } }),
      ['a', 'sends', DISCONNECT],
      ['a', 'closed'],
      ['b', 'nothing'],
    ],
  },
];

export const MESSAGE_ROWS: readonly Row[] = [...MESSAGES, ...WILLS];
