/**
 * Who may say and hear what, as pure functions over topics. A right that is not written here does not exist.
 */
import type { Place } from '../kernel/names.ts';
import { parseCommandTopic } from '../kernel/topics.ts';
import type { Account } from './account.ts';

/** What a message is to the gateway: a device's raw message, or a command. */
export type Purpose = { kind: 'device'; device: string; rest: string } | { kind: 'command' };

export interface Rights {
  /** What a message on this topic would be, or undefined: not allowed. */
  publish(topic: string): Purpose | undefined;
  /** May the client subscribe to this filter at all? Delivery is checked again, topic by topic, with `read`. */
  subscribe(filter: string): boolean;
  read(topic: string): boolean;
}

const READ_BY_ACCOUNTS = new Set(['event', 'state', 'result', 'status', 'health', 'inventory']);
/** Somebody on the box itself without an account: events and states. */
const READ_BY_ANYBODY = new Set(['event', 'state', 'status']);

export function rightsOf(account: Account, place: Place): Rights {
  switch (account.role) {
    case 'device':
      return deviceRights(account.device);
    case 'software':
      return { ...readingRights(place.hall, READ_BY_ACCOUNTS), publish: commandRight(place.hall, account.commands) };
    case 'monitor':
      return readingRights(place.hall, READ_BY_ACCOUNTS);
  }
}

/** Rights of an unauthenticated client on the box itself: it hears events and states and says nothing. */
export function anonymousRights(place: Place): Rights {
  return readingRights(place.hall, READ_BY_ANYBODY);
}

function deviceRights(device: string): Rights {
  const prefix = `device/${device}/`;
  const own = (topic: string) => topic.startsWith(prefix) && topic.length > prefix.length;
  return {
    publish: (topic) => (own(topic) ? { kind: 'device', device, rest: topic.slice(prefix.length) } : undefined),
    subscribe: own,
    read: own,
  };
}

/** A filter names the hall in full; `#`, `+/#` and `$SYS/#` reach beyond and are refused. */
function readingRights(hall: string, channels: ReadonlySet<string>): Rights {
  const prefix = `hall/v1/${hall}/`;
  return {
    publish: () => undefined,
    subscribe: (filter) => filter.startsWith(prefix) && mayName(filter.split('/')[5], channels),
    read: (topic) => topic.startsWith(prefix) && channels.has(topic.split('/')[5] ?? ''),
  };
}

function mayName(channel: string | undefined, channels: ReadonlySet<string>): boolean {
  return channel === undefined || channel === '+' || channel === '#' || channels.has(channel);
}

function commandRight(hall: string, allowed: readonly string[]): Rights['publish'] {
  const rights = allowed.map((entry) => entry.split('/'));
  return (topic) => {
    const command = parseCommandTopic(topic);
    if (command?.hall !== hall) return undefined;
    const covered = rights.some(([kind, device]) => covers(kind, command.kind) && covers(device, command.device));
    return covered ? { kind: 'command' } : undefined;
  };
}

function covers(right: string | undefined, name: string): boolean {
  return right === '*' || right === name;
}
