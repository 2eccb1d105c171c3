/**
 * A copy of hall.yaml for a developer's machine: every device on a loopback address of its own (same ports), serial ports as
 * pseudo-terminals, records and centre apart from the real ones. Comments and everything else stay.
 */
import { join } from 'node:path';
import { isMap, isScalar, isSeq, parseDocument, visit, type YAMLMap } from 'yaml';

export interface LoopbackCopy {
  text: string;
  changes: CopiedPlace[];
}

export interface CopiedPlace {
  /** Dotted path in the file. */
  where: string;
  from: string;
  to: string;
}

/** What listens on this machine, and a centre that a developer runs there. */
const HERE = '127.0.0.1';
const PER_NETWORK = 250;
const NETWORKS_MAX = 250;

/**
 * @param folder an absolute path; pseudo-terminals and records of the copy go below it.
 * @throws Error when the text is not YAML, or has more hosts than there are addresses.
 */
export function loopbackCopy(text: string, folder: string): LoopbackCopy {
  const document = parseDocument(text);
  const [mistake] = document.errors;
  if (mistake) throw new Error(mistake.message);
  const changes: CopiedPlace[] = [];
  const change = (node: unknown, where: string, to: (from: string) => string) => {
    if (!isScalar(node) || typeof node.value !== 'string') return;
    const from = node.value;
    node.value = to(from);
    if (node.value !== from) changes.push({ where, from, to: String(node.value) });
  };
  const at = (...path: string[]) => document.getIn(path, true);
  const loopbackOf = addresses(text);
  for (const { name, node } of [...membersOf(at('lines')), ...membersOf(at('devices'))]) {
    for (const host of valuesOf(node, 'host')) change(host, `${name}.host`, loopbackOf);
    for (const listen of valuesOf(node, 'listen')) change(listen, `${name}.listen`, atHome);
  }
  for (const { name, node } of membersOf(at('lines'))) {
    if (node.get('type') === 'serial') change(node.get('path', true), `${name}.path`, () => join(folder, name));
  }
  for (const door of [['listen'], ['websocket'], ['tls', 'listen']]) {
    change(at('broker', ...door), `broker.${door.join('.')}`, atHome);
  }
  change(at('gateway', 'dataDirectory'), 'gateway.dataDirectory', () => join(folder, 'records'));
  change(at('uplink', 'url'), 'uplink.url', ownCentre);
  if (document.hasIn(['uplink', 'tls'])) document.deleteIn(['uplink', 'tls']);
  return { text: document.toString({ lineWidth: 0 }), changes };
}

interface Member {
  name: string;
  node: YAMLMap;
}

/** The maps in a map, by their key, or in a list, by their `id`. */
function membersOf(section: unknown): Member[] {
  if (isSeq(section)) {
    return section.items.flatMap((node) => (isMap(node) ? [{ name: String(node.get('id')), node }] : []));
  }
  if (!isMap(section)) return [];
  return section.items.flatMap(({ key, value: node }) => {
    return isScalar(key) && isMap(node) ? [{ name: String(key.value), node }] : [];
  });
}

/** Every value with this key, however deep. */
function valuesOf(within: YAMLMap, wanted: string): unknown[] {
  const values: unknown[] = [];
  visit(within, {
    Pair(_key, { key, value }) {
      if (isScalar(key) && key.value === wanted) values.push(value);
    },
  });
  return values;
}

/** Each distinct host its own address, in the order of the file; addresses of this machine stay. */
function addresses(text: string): (host: string) => string {
  const given = new Map<string, string>();
  let next = 0;
  const fresh = (): string => {
    if (next >= PER_NETWORK * NETWORKS_MAX) throw new Error('more hosts than loopback addresses');
    const address = `127.1.${Math.floor(next / PER_NETWORK)}.${(next % PER_NETWORK) + 1}`;
    next += 1;
    return text.includes(address) ? fresh() : address;
  };
  return (host) => {
    if (isLoopback(host)) return host;
    const address = given.get(host) ?? fresh();
    given.set(host, address);
    return address;
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** The same port, on this machine only. */
function atHome(listen: string): string {
  return `${HERE}${listen.slice(listen.lastIndexOf(':'))}`;
}

/** A centre on this machine, without the certificate that it cannot have. */
function ownCentre(url: string): string {
  if (!URL.canParse(url)) return url;
  const centre = new URL(url);
  const plain = centre.protocol.replace(/^(mqtt|ws)s:$/, '$1:');
  const port = centre.port === '' ? '' : `:${centre.port}`;
  return `${plain}//${HERE}${port}${centre.pathname === '/' ? '' : centre.pathname}`;
}
