/**
 * Where the devices of a hall.yaml are, and whether a simulator can be there: only on addresses of this machine.
 */
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { HallFile } from './hall-file.ts';

/** The first address that is not of this machine, in words for the person; undefined when all are. */
export function homeless(file: HallFile): string | undefined {
  const own = new Set(Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address)));
  const here = (host: string) => host === 'localhost' || host.startsWith('127.') || host === '::1' || own.has(host);
  const lines = Object.entries(file.lines).map(([name, line]) => ({ what: `lines.${name}`, host: hostIn(line) }));
  const devices = file.devices.map((entry) => ({ what: entry.id, host: hostIn(entry) }));
  for (const { what, host } of [...lines, ...devices]) {
    if (host === undefined || here(host)) continue;
    return (
      `${what}: ${host} ${isIP(host) === 0 ? 'is a name' : 'is no address of this machine'}; a simulator can only stand on this machine. ` +
      `Make a copy with addresses of this machine: npm run hall -- rewrite HALL.yaml COPY.yaml\n` +
      `${what}：${host} 不是本机地址，模拟器只能在本机运行。请先用 npm run hall -- rewrite 原文件 副本 生成一份本机地址的副本。`
    );
  }
  return undefined;
}

function hostIn(entry: Record<string, unknown>): string | undefined {
  return typeof entry['host'] === 'string' ? entry['host'] : undefined;
}
