/**
 * What no single entry can see: two entries with one name or one place, references to what does not exist, settings that
 * contradict each other. Works on the raw tree, so that a mistake elsewhere in an entry hides nothing here.
 */
import { wrongAddresses } from './addresses.ts';
import type { DeviceEntries } from './device-entries.ts';
import { chineseQuotes } from './full-width.ts';
import { at, namesOf, textsOf, textsWithin, type Mention } from './mentions.ts';
import type { Bilingual, Finding, SettingsPath } from './mistake.ts';
import { nearestName } from './nearest-name.ts';

type Tree = Record<string, unknown>;

/** Every finding that stops the gateway. */
export function crossFindings(raw: Tree, { devices }: DeviceEntries): Finding[] {
  const ids = textsOf(raw, ['devices'], 'id');
  const addresses = devices
    .filter(({ settings }) => settings.enabled)
    .map(({ settings, path }) => ({ text: settings.address, path }));
  return [
    ...repeated(ids, { en: 'device id', zh: '设备编号' }),
    ...repeated(addresses, { en: 'device address', zh: '设备地址' }),
    ...repeated(textsOf(raw, ['broker', 'accounts'], 'user'), { en: 'account', zh: '账号' }),
    ...repeated(textsOf(raw, ['broker', 'accounts'], 'clientId'), { en: 'client id', zh: '客户端标识' }),
    ...repeated(linePlaces(raw), { en: 'port', zh: '端口' }),
    ...repeated(listeners(raw), { en: 'listening port', zh: '监听端口' }),
    ...strangers(textsWithin(raw, ['devices'], 'line'), namesOf(raw, ['lines']), { en: 'line', zh: '线路' }),
    ...strangers(
      textsOf(raw, ['broker', 'accounts'], 'device'),
      ids.map(({ text }) => text),
      { en: 'device', zh: '设备' },
    ),
    ...wrongAddresses(raw),
    ...chineseQuotes(raw),
    ...uplinkContradictions(raw),
    ...passwordInUrl(raw),
  ];
}

/** Findings that a person should see, but that stop nothing. */
export function crossWarnings(raw: Tree): Finding[] {
  const used = new Set(textsWithin(raw, ['devices'], 'line').map(({ text }) => text));
  const unused = namesOf(raw, ['lines']).filter((name) => !used.has(name));
  return [...unused.map(unusedLine), ...openPassword(raw)];
}

/** All but the first mention of a text; `{line}` becomes the line of the first. */
function repeated(mentions: readonly Mention[], what: Bilingual): Finding[] {
  const first = new Map<string, SettingsPath>();
  return mentions.flatMap(({ text, path }): Finding[] => {
    const other = first.get(text);
    if (!other) first.set(text, path);
    return other ? [duplicate(text, path, other, what)] : [];
  });
}

function duplicate(text: string, path: SettingsPath, other: SettingsPath, what: Bilingual): Finding {
  return {
    path,
    at: 'value',
    code: 'settings.duplicate',
    reason: {
      en: `The ${what.en} "${text}" is taken already, in line {line}.`,
      zh: `${what.zh}“${text}”已在第 {line} 行使用。`,
    },
    hint: { en: 'Change one of the two.', zh: '请修改其中一个。' },
    other,
  };
}

function strangers(mentions: readonly Mention[], known: readonly string[], what: Bilingual): Finding[] {
  return mentions
    .filter(({ text }) => !known.includes(text))
    .map(({ text, path }) => {
      const nearest = nearestName(text, known);
      const listed = known.length > 0 ? known.join(', ') : '-';
      return {
        path,
        at: 'value',
        code: 'settings.reference-unknown',
        reason: { en: `There is no ${what.en} "${text}".`, zh: `没有名为“${text}”的${what.zh}。` },
        hint:
          nearest === undefined
            ? { en: `In this file: ${listed}.`, zh: `本文件中有：${listed}。` }
            : { en: `Did you mean "${nearest}"?`, zh: `是不是要写“${nearest}”？` },
      };
    });
}

/** Two names for one serial port, or for one port of a serial server, would fight for it. */
function linePlaces(raw: Tree): Mention[] {
  return namesOf(raw, ['lines']).flatMap((name): Mention[] => {
    const device = at(raw, ['lines', name, 'path']);
    if (typeof device === 'string') return [{ text: device, path: ['lines', name, 'path'] }];
    const host = at(raw, ['lines', name, 'host']);
    const port = at(raw, ['lines', name, 'port']);
    if (typeof host !== 'string' || typeof port !== 'number') return [];
    return [{ text: `${host}:${port}`, path: ['lines', name, 'host'] }];
  });
}

const LISTENERS: readonly SettingsPath[] = [
  ['broker', 'listen'],
  ['broker', 'websocket'],
  ['broker', 'tls', 'listen'],
];

/** By port number alone: 0.0.0.0 and 127.0.0.1 collide on one port too. */
function listeners(raw: Tree): Mention[] {
  return LISTENERS.flatMap((path): Mention[] => {
    const value = at(raw, path);
    const port = typeof value === 'string' ? /:(\d+)$/.exec(value)?.[1] : at(raw, [...path, 'port']);
    return typeof port === 'string' || typeof port === 'number' ? [{ text: String(port), path }] : [];
  });
}

function uplinkContradictions(raw: Tree): Finding[] {
  const findings: Finding[] = [];
  const url = at(raw, ['uplink', 'url']);
  if (at(raw, ['uplink', 'tls']) !== undefined && typeof url === 'string' && /^(?:mqtt|ws):/.test(url)) {
    findings.push(
      contradiction(
        ['uplink', 'tls'],
        {
          en: `"tls" stands beside a url without encryption (${url.split(':')[0] ?? ''}://).`,
          zh: `写了 tls，但 url（${url.split(':')[0] ?? ''}://）不加密。`,
        },
        { en: 'Use mqtts:// or wss://, or remove "tls".', zh: '请改用 mqtts:// 或 wss://，或删除 tls。' },
      ),
    );
  }
  if (at(raw, ['uplink', 'password']) !== undefined && at(raw, ['uplink', 'username']) === undefined) {
    findings.push(
      contradiction(
        ['uplink', 'password'],
        {
          en: 'A password without a username: MQTT 3.1.1 does not allow it.',
          zh: '有密码却没有用户名：MQTT 3.1.1 不允许。',
        },
        { en: 'Add "username".', zh: '请补上 username。' },
      ),
    );
  }
  return findings;
}

/** `mqtt://user:password@host`: a secret by the back door. */
function passwordInUrl(raw: Tree): Finding[] {
  const url = at(raw, ['uplink', 'url']);
  if (typeof url !== 'string' || !/\/\/[^/@]*@/.test(url)) return [];
  return [
    {
      path: ['uplink', 'url'],
      at: 'value',
      code: 'settings.secret-plain',
      reason: { en: 'The url holds a user name or a password.', zh: 'url 中带有用户名或密码。' },
      hint: {
        en: 'Write "username" and "password: {file: ...}" beside the url.',
        zh: '请在 url 之外另写 username 和 password: {file: ...}。',
      },
    },
  ];
}

function contradiction(path: SettingsPath, reason: Bilingual, hint: Bilingual): Finding {
  return { path, at: 'key', code: 'settings.contradiction', reason, hint };
}

function unusedLine(name: string): Finding {
  return {
    path: ['lines', name],
    at: 'key',
    code: 'settings.unused',
    reason: { en: `No device uses the line "${name}".`, zh: `没有设备使用线路“${name}”。` },
    hint: { en: 'Remove it, or name it in a device: line: ...', zh: '请删除，或在设备中用 line: 引用它。' },
  };
}

const LOOPBACK = /^(?:mqtt|ws):\/\/(?:[^@/]*@)?(?:localhost|127\.|\[::1\])/;

function openPassword(raw: Tree): Finding[] {
  const url = at(raw, ['uplink', 'url']);
  if (typeof url !== 'string' || !/^(?:mqtt|ws):/.test(url) || LOOPBACK.test(url)) return [];
  if (at(raw, ['uplink', 'password']) === undefined) return [];
  const reason = { en: 'The password goes to the centre unencrypted.', zh: '密码将以明文发送到中心。' };
  return [
    contradiction(['uplink', 'url'], reason, { en: 'Use mqtts:// or wss://.', zh: '请改用 mqtts:// 或 wss://。' }),
  ];
}
