/**
 * The topics of the contract, the same on the local and on the central broker. Nothing else in the gateway spells one.
 */
import type { Place } from './names.ts';

/** `gateway` is the kind of the box itself; its device id is the gateway's name. */
export const GATEWAY_KIND = 'gateway';

export function statusTopic({ hall, gateway }: Place): string {
  return `hall/v1/${hall}/gateway/${gateway}/status`;
}
export function healthTopic({ hall, gateway }: Place): string {
  return `hall/v1/${hall}/gateway/${gateway}/health`;
}
export function inventoryTopic({ hall, gateway }: Place): string {
  return `hall/v1/${hall}/gateway/${gateway}/inventory`;
}
export function receiptTopic({ hall, gateway }: Place): string {
  return `hall/v1/${hall}/gateway/${gateway}/receipt`;
}
export function backlogTopic({ hall, gateway }: Place): string {
  return `hall/v1/${hall}/gateway/${gateway}/backlog`;
}
export function stateTopic(hall: string, kind: string, device: string): string {
  return `hall/v1/${hall}/${kind}/${device}/state`;
}
export function eventTopic(hall: string, kind: string, device: string, type: string): string {
  return `hall/v1/${hall}/${kind}/${device}/event/${type}`;
}
export function resultTopic(hall: string, kind: string, device: string, name: string): string {
  return `hall/v1/${hall}/${kind}/${device}/result/${name}`;
}
export function commandTopic(hall: string, kind: string, device: string, name: string): string {
  return `hall/v1/${hall}/${kind}/${device}/command/${name}`;
}
/** What the gateway subscribes to for commands, on both brokers. */
export function commandFilter(hall: string): string {
  return `hall/v1/${hall}/+/+/command/+`;
}
/** Local broker only: the raw messages of a device that speaks MQTT itself. */
export function deviceTopic(device: string, rest: string): string {
  return `device/${device}/${rest}`;
}

export interface CommandAddress {
  hall: string;
  kind: string;
  device: string;
  name: string;
}

/** The parts of a command topic, or undefined when the topic is not one. */
export function parseCommandTopic(topic: string): CommandAddress | undefined {
  const parts = topic.split('/');
  const [root, version, hall, kind, device, channel, name] = parts;
  if (parts.length !== 7 || root !== 'hall' || version !== 'v1' || channel !== 'command') return undefined;
  if (!hall || !kind || !device || !name) return undefined;
  return { hall, kind, device, name };
}

/** CloudEvents `source` of a device, unique together with `id`. */
export function sourceOf({ hall, gateway }: Place, kind: string, device: string): string {
  return `/halls/${hall}/gateways/${gateway}/${kind}/${device}`;
}

/** MQTT 3.1.1 section 4.7: does a topic match a filter with `+` and `#`? `$` topics match no leading wildcard. */
export function topicMatches(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && (filter.startsWith('+') || filter.startsWith('#'))) return false;
  const wanted = filter.split('/');
  const levels = topic.split('/');
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    if (index >= levels.length) return false;
    if (level !== '+' && level !== levels[index]) return false;
  }
  return wanted.length === levels.length;
}
