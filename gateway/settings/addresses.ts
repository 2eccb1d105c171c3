/**
 * Addresses in hall.yaml that look like an IP address and are none, or that no network knows how to write.
 */
import { isIPv4 } from 'node:net';
import { at, type Mention } from './mentions.ts';
import type { Finding, SettingsPath } from './mistake.ts';

/** Four parts with a digit at the front of each, whatever follows: somebody meant an IP address. */
const MEANT_AS_IP = /^(?:\d[^.]*\.){3}\d[^.]*$|^[\d.]+$/;
const POSSIBLE = /^[\w.:[\]%-]+$/;

/** Every `host` below lines and devices, and the one in uplink.url, that cannot be right. */
export function wrongAddresses(raw: unknown): Finding[] {
  return [...hostsIn(raw, []), ...uplinkHost(raw)].filter(({ text }) => isWrong(text)).map(wrongAddress);
}

function isWrong(host: string): boolean {
  if (MEANT_AS_IP.test(host)) return !isIPv4(host);
  return !POSSIBLE.test(host) || host.includes('..');
}

function hostsIn(node: unknown, path: SettingsPath): Mention[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]): Mention[] => {
    const place = [...path, Array.isArray(node) ? Number(key) : key];
    return key === 'host' && typeof value === 'string' ? [{ text: value, path: place }] : hostsIn(value, place);
  });
}

function uplinkHost(raw: unknown): Mention[] {
  const path = ['uplink', 'url'];
  const url = at(raw, path);
  const host = typeof url === 'string' ? /^\w+:\/\/(?:[^@/]*@)?([^/:[]+)/.exec(url)?.[1] : undefined;
  return host === undefined ? [] : [{ text: host, path }];
}

function wrongAddress({ text, path }: Mention): Finding {
  return {
    path,
    at: 'value',
    code: 'settings.value-wrong',
    reason: { en: `"${text}" is not an address.`, zh: `“${text}”不是正确的地址。` },
    hint: {
      en: 'An IP address is four numbers from 0 to 255 with dots, for example 192.168.1.20 (0 is a digit, O is not).',
      zh: 'IP 地址是用英文句点隔开的四个 0 到 255 的数，例如 192.168.1.20（注意数字 0 与字母 O）。',
    },
  };
}
