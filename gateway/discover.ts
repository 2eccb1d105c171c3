/**
 * `hall-gateway discover`: lists the devices on the network that can be found without knowing their address.
 */
import type { Finder, FoundDevice } from './kernel/finder.ts';
import type { Language } from './settings/check-report.ts';
import { padded } from './settings/display-width.ts';

export interface DiscoverOptions {
  finders: readonly Finder[];
  /** Asked one by one; empty: everybody on the network. */
  hosts: readonly string[];
  waitMs: number;
  lang: Language;
  stdout: { write(text: string): unknown };
}

const WIDTH = { host: 22, name: 24, model: 20 };

/** Exit codes of the command. */
export const FOUND_SOME = 0;
export const FOUND_NONE = 1;

const WORDS = {
  en: {
    searching: (what: string, seconds: number) => `Searching for ${what}, ${seconds} s …`,
    none: 'None answered. Discovery does not pass routers: run it on the same network, or name addresses: hall-gateway discover 192.168.1.64',
    columns: { host: 'host', name: 'name', model: 'model', identity: 'endpoint' },
    found: (count: number) => `${count} found. Write host (and endpoint, so that it is found again) into hall.yaml.`,
  },
  zh: {
    searching: (what: string, seconds: number) => `正在查找 ${what}，${seconds} 秒……`,
    none: '没有设备应答。查找不能跨路由器：请在同一网段执行，或指定地址：hall-gateway discover 192.168.1.64',
    columns: { host: '地址', name: '名称', model: '型号', identity: '标识（endpoint）' },
    found: (count: number) => `找到 ${count} 台。请把地址（以及 endpoint，便于设备换地址后找回）写入 hall.yaml。`,
  },
} as const;

/** Prints what was found; resolves with the exit code. */
export async function runDiscover(options: DiscoverOptions): Promise<number> {
  const { finders, hosts, waitMs, lang, stdout } = options;
  const words = WORDS[lang];
  let count = 0;
  for (const finder of finders) {
    stdout.write(`${words.searching(finder.title[lang], waitMs / 1_000)}\n`);
    const found = await finder.find({ waitMs, ...(hosts.length > 0 && { hosts }) });
    count += found.length;
    if (found.length > 0) stdout.write(`${table([words.columns, ...found])}\n`);
  }
  stdout.write(`${count === 0 ? words.none : words.found(count)}\n`);
  return count === 0 ? FOUND_NONE : FOUND_SOME;
}

function table(rows: readonly FoundDevice[]): string {
  return rows
    .map(({ host, name = '', model = '', identity = '' }) => {
      const columns = [
        padded(plain(host), WIDTH.host),
        padded(plain(name), WIDTH.name),
        padded(plain(model), WIDTH.model),
      ];
      return [...columns, plain(identity)].join(' ').trimEnd();
    })
    .join('\n');
}

/** What strangers on the network say must not steer the terminal. */
function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}
