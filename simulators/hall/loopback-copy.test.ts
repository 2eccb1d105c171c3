/** The copy of hall.yaml for a developer's machine: nothing in it leads away from the machine, and nothing else is changed. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { homeless } from './addresses.ts';
import { parseHallFile } from './hall-file.ts';
import { loopbackCopy } from './loopback-copy.ts';

const SAMPLE = `# 大厅 / the hall
hall: { id: h }
gateway: { id: g, dataDirectory: /var/lib/hall-gateway }
broker:
  listen: 0.0.0.0:1883 # 本地 / local
uplink:
  url: mqtts://centre.example:8883
  tls: { ca: /etc/ca.pem }
lines:
  bus: { type: serial, path: /dev/ttyUSB0, baudRate: 9600 }
  far: { type: tcp, host: 192.168.1.30, port: 4001 }
devices:
  # 东门 / east
  - { id: east, kind: fingerprint-clock, wire: zk, host: 192.168.1.201, port: 4370 }
  - { id: west, kind: fingerprint-clock, wire: zk, host: clock-west.lan }
  - { id: again, kind: camera, wire: onvif, host: 192.168.1.201 }
  - { id: near, kind: camera, wire: onvif, host: 127.1.0.1 }
  - { id: pushing, kind: fingerprint-clock, wire: adms, listen: 192.168.1.10:8081 }
`;

describe('a copy for this machine', () => {
  const { text, changes } = loopbackCopy(SAMPLE, '/tmp/copy');
  const copy = parseHallFile(text, 'copy');
  const hosts = copy.devices.map((entry) => entry['host']);

  test('gives each distinct host an address of its own, and the same host the same', () => {
    expect(hosts[0]).toBe(hosts[2]);
    expect(new Set([hosts[0], hosts[1], copy.lines['far']?.type === 'tcp' && copy.lines['far'].host]).size).toBe(3);
    expect(hosts.slice(0, 3).every((host) => /^127\.1\.\d+\.\d+$/.test(String(host)))).toBe(true);
  });

  test('leaves loopback addresses alone and gives them to nobody else', () => {
    expect(hosts[3]).toBe('127.1.0.1');
    expect(hosts.filter((host) => host === '127.1.0.1')).toHaveLength(1);
  });

  test('keeps ports, comments and everything else', () => {
    expect(copy.lines['far']).toMatchObject({ port: 4001 });
    expect(copy.devices[0]).toMatchObject({ port: 4370 });
    for (const comment of ['# 大厅 / the hall', '# 本地 / local', '# 东门 / east']) expect(text).toContain(comment);
  });

  test('puts serial ports, records and listeners where they disturb nobody', () => {
    expect(copy.lines['bus']).toMatchObject({ path: '/tmp/copy/bus' });
    expect(copy.gateway).toMatchObject({ dataDirectory: '/tmp/copy/records' });
    expect(copy.broker?.listen).toBe('127.0.0.1:1883');
    expect(copy.devices[4]).toMatchObject({ listen: '127.0.0.1:8081' });
  });

  test('never sends simulated records to the real centre', () => {
    expect(parse(text)).toMatchObject({ uplink: { url: 'mqtt://127.0.0.1:8883' } });
    expect(text).not.toMatch(/centre\.example|ca\.pem/);
  });

  test('says what it changed', () => {
    expect(changes).toContainEqual({ where: 'east.host', from: '192.168.1.201', to: hosts[0] });
    expect(changes.map(({ where }) => where)).toEqual(
      expect.arrayContaining(['bus.path', 'uplink.url', 'pushing.listen']),
    );
  });
});

test('the example of the product can stand on this machine once copied', async () => {
  const example = await readFile(new URL('../../config/hall.example.yaml', import.meta.url), 'utf8');
  expect(homeless(parseHallFile(example, 'example'))).toBeDefined();
  const { text } = loopbackCopy(example, '/tmp/copy');
  expect(homeless(parseHallFile(text, 'copy'))).toBeUndefined();
  expect(text.match(/#/g)?.length).toBeGreaterThan(30);
});

test('a file that is no YAML is refused in words', () => {
  expect(() => loopbackCopy('hall: [', '/tmp/copy')).toThrow(/line 1/);
});
