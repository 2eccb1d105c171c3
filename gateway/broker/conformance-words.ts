/**
 * The words of the conformance table: two clients, and what they send and get.
 */
import { connectPacket, subscribePacket, type ConnectOptions } from './raw-client.ts';

export type Step = ['a' | 'b', 'sends', Buffer] | ['a' | 'b', 'gets', string] | ['a' | 'b', 'closed' | 'nothing'];

export interface Row {
  clause: string;
  title: string;
  steps: Step[];
}

/** Two accounts of one device: both may say and hear `device/d/#`. */
export const ALICE = { id: 'alice', user: 'alice', password: 'alice-password' };
export const BOB = { id: 'bob', user: 'bob', password: 'bob-password' };

export const hello = (options: ConnectOptions = {}): Step[] => [
  ['a', 'sends', connectPacket({ ...ALICE, ...options })],
  ['a', 'gets', '20020000'],
];
export const helloBob: Step[] = [
  ['b', 'sends', connectPacket(BOB)],
  ['b', 'gets', '20020000'],
];
export const listens = (filter: string, qos = 0): Step[] => [
  ['b', 'sends', subscribePacket(1, [filter, qos])],
  ['b', 'gets', `90030001${qos.toString(16).padStart(2, '0')}`],
];
export const bytes = (hex: string) => Buffer.from(hex, 'hex');
export const UP = 'device/d/up';
export const DISCONNECT = bytes('e000');
