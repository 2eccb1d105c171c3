import fc from 'fast-check';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { Secret } from '../kernel/secret.ts';
import { changed, CORRECT, mistakesOf, read, SEEDED_SECRET, testDrivers } from './read-settings.fixture.ts';
import { parseSettings, readSettings } from './read-settings.ts';

/** `line path code`, the three things that a mistake must get right. */
const brief = (text: string) => mistakesOf(text).map(({ line, path, code }) => `${line} ${path} ${code}`);

describe('a correct hall.yaml', () => {
  it('becomes typed settings with defaults and secrets in their places', () => {
    const result = read(CORRECT);
    if (!result.ok) throw new Error(JSON.stringify(result.mistakes));
    const { settings } = result;
    expect(settings.hall).toEqual({ id: 'h1', name: '大厅', timeZone: 'Asia/Shanghai' });
    expect(settings.broker.listen).toEqual({ host: '0.0.0.0', port: 1883 });
    expect(settings.spool.quotaMiB).toBe(2048);
    expect(settings.lines['bus-a']).toMatchObject({ type: 'serial', baudRate: 9600 });
    expect(settings.uplink?.password?.reveal()).toBe(`${SEEDED_SECRET}-centre`);
    expect(settings.devices.map(({ id, window, address, enabled }) => ({ id, window, address, enabled }))).toEqual([
      { id: 'b1', window: '12', address: 'bus-a#5', enabled: true },
      { id: 'b2', window: undefined, address: '10.0.0.2', enabled: false },
    ]);
    expect(settings.devices[1]?.config).toEqual({ host: '10.0.0.2', commKey: expect.any(Secret) });
    expect(result.warnings).toEqual([]);
  });

  it('needs nothing but a hall and a gateway', () => {
    expect(read('hall: {id: h1, name: x}\ngateway: {id: g}\n').ok).toBe(true);
  });
});

describe('each mistake is found at its place', () => {
  const cases: [title: string, text: string, expected: string[]][] = [
    ['an unknown section', `${CORRECT}uplinks: {}\n`, ['14 uplinks settings.key-unknown']],
    [
      'an unknown key',
      changed('name: 大厅', 'nmae: 大厅'),
      ['1 hall.name settings.key-missing', '1 hall.nmae settings.key-unknown'],
    ],
    ['a missing section', changed('gateway: {id: gw1}\n', ''), ['1 gateway settings.key-missing']],
    ['a name with capitals', changed('id: gw1', 'id: GW1'), ['2 gateway.id settings.value-wrong']],
    [
      'a time zone that is none',
      changed('id: h1,', 'id: h1, timeZone: Peking,'),
      ['1 hall.timeZone settings.value-wrong'],
    ],
    [
      'a data folder that belongs to the kernel',
      changed('{id: gw1}', '{id: gw1, dataDirectory: /proc/nope/data}'),
      ['2 gateway.dataDirectory settings.value-wrong'],
    ],
    ['text for a number', changed('address: 5}', 'address: five}'), ['12 devices[0].address settings.type-wrong']],
    ['a number out of range', changed('address: 5}', 'address: 500}'), ['12 devices[0].address settings.value-wrong']],
    [
      'a value that is not in the list',
      changed('address: 5}', 'address: 5, tone: loud}'),
      ['12 devices[0].tone settings.value-wrong'],
    ],
    [
      'an unknown key of a driver',
      changed('address: 5}', 'address: 5, adress: 6}'),
      ['12 devices[0].adress settings.key-unknown'],
    ],
    [
      'an unknown key inside a driver’s group',
      changed('address: 5}', 'address: 5, poll: {every: 6}}'),
      ['12 devices[0].poll.every settings.key-unknown'],
    ],
    [
      'an unknown kind',
      changed('kind: bell, wire: rs485', 'kind: bel, wire: rs485'),
      ['12 devices[0].kind settings.driver-unknown'],
    ],
    ['an unknown wire', changed('wire: rs485', 'wire: rs458'), ['12 devices[0].wire settings.driver-unknown']],
    [
      'a device without a kind',
      changed('kind: bell, wire: rs485', 'wire: rs485'),
      ['12 devices[0].kind settings.key-missing'],
    ],
    ['a device that is no group', `${CORRECT}  - b3\n`, ['14 devices[2] settings.type-wrong']],
    [
      'devices that are no list',
      'hall: {id: h, name: x}\ngateway: {id: g}\ndevices: 5\n',
      ['3 devices settings.type-wrong'],
    ],
    [
      'a device id twice',
      changed('id: b2,', 'id: b1,'),
      ['6 broker.accounts[0].device settings.reference-unknown', '13 devices[1].id settings.duplicate'],
    ],
    [
      'a device address twice',
      `${CORRECT}  - {id: b3, kind: bell, wire: rs485, line: bus-a, address: 5}\n`,
      ['14 devices[2] settings.duplicate'],
    ],
    [
      'a line that does not exist',
      changed('line: bus-a', 'line: bus-b'),
      ['12 devices[0].line settings.reference-unknown'],
    ],
    [
      'a line type that does not exist',
      changed('type: serial', 'type: usb'),
      ['10 lines.bus-a.type settings.value-wrong'],
    ],
    [
      'a line name with capitals',
      changed('  bus-a: {', '  BUS: {'),
      ['10 lines.BUS settings.value-wrong', '12 devices[0].line settings.reference-unknown'],
    ],
    [
      'two lines on one port',
      changed('devices:', '  bus-b: {type: serial, path: /dev/ttyUSB0}\ndevices:'),
      ['11 lines.bus-b.path settings.duplicate'],
    ],
    [
      'an account for a device that does not exist',
      changed('device: b2', 'device: b7'),
      ['6 broker.accounts[0].device settings.reference-unknown'],
    ],
    ['an account twice', changed('user: caller', 'user: bell-2'), ['7 broker.accounts[1].user settings.duplicate']],
    [
      'an account of an unknown role',
      changed('role: software', 'role: boss'),
      ['7 broker.accounts[1].role settings.value-wrong'],
    ],
    ['an account without a role', changed('role: software, ', ''), ['7 broker.accounts[1].role settings.key-missing']],
    [
      'two listeners on one port',
      changed('  accounts:', '  websocket: {port: 1883}\n  accounts:'),
      ['5 broker.websocket settings.duplicate'],
    ],
    ['a listener without a port', changed('0.0.0.0:1883', 'somewhere'), ['4 broker.listen settings.value-wrong']],
    [
      'an uplink that is no url',
      changed("'mqtts://centre.example:8883'", 'centre'),
      ['8 uplink.url settings.value-wrong'],
    ],
    [
      'tls beside an open url',
      changed("'mqtts://centre.example:8883'", "'mqtt://centre.example', tls: {ca: /ca.pem}"),
      ['8 uplink.tls settings.contradiction'],
    ],
    ['a password without a user', changed('username: h1, ', ''), ['8 uplink.password settings.contradiction']],
    [
      'a password inside the url',
      changed('mqtts://centre', `mqtts://u:${SEEDED_SECRET}@centre`),
      ['8 uplink.url settings.secret-plain'],
    ],
    [
      'a password in plain text',
      changed('{env: CENTRE_PASSWORD}', SEEDED_SECRET),
      ['8 uplink.password settings.secret-plain'],
    ],
    [
      'a driver’s key in plain text',
      changed('{file: /secrets/b2}', '12345'),
      ['13 devices[1].commKey settings.secret-plain'],
    ],
    [
      'a reference that is none',
      changed('{env: CENTRE_PASSWORD}', '{var: X}'),
      ['8 uplink.password settings.value-wrong'],
    ],
    [
      'an environment variable that is not set',
      changed('{env: CENTRE_PASSWORD}', '{env: NOBODY}'),
      ['8 uplink.password settings.secret-missing'],
    ],
    [
      'a secret file that is not there',
      changed('{file: /secrets/b2}', '{file: /nowhere}'),
      ['13 devices[1].commKey settings.secret-missing'],
    ],
    [
      'an account without a password',
      changed(', password: {file: /secrets/caller}', ''),
      ['7 broker.accounts[1].password settings.key-missing'],
    ],
    ['a tab', 'hall:\n\tid: h1\n', ['2  settings.yaml-invalid']],
    ['a key twice', changed('gateway: {id: gw1}', 'gateway: {id: gw1, id: gw2}'), ['2  settings.yaml-invalid']],
    ['a name after * that nobody gave', changed('{env: CENTRE_PASSWORD}', '*hunter'), ['8  settings.yaml-invalid']],
    ['a list where the file should have sections', '- a\n', ['1  settings.type-wrong']],
    ['an empty file', '', ['1  settings.type-wrong']],
  ];
  it.each(cases)('%s', (_, text, expected) => {
    expect(brief(text)).toEqual(expected);
  });

  it('all at once, sorted by line', () => {
    const text = changed('id: gw1', 'id: GW1')
      .replace('address: 5', 'address: 0')
      .replace('env: BELL_PASSWORD', 'env: NONE');
    expect(brief(text)).toEqual([
      '2 gateway.id settings.value-wrong',
      '6 broker.accounts[0].password settings.secret-missing',
      '12 devices[0].address settings.value-wrong',
    ]);
  });
});

describe('a mistake helps', () => {
  const first = (text: string) => mistakesOf(text)[0];

  it('suggests the key that was meant, also those every device has', () => {
    expect(first(changed('address: 5}', 'address: 5, adress: 6}'))?.hint).toEqual({
      en: 'Did you mean "address"?',
      zh: '是不是要写“address”？',
    });
    expect(first(changed('window: 12', 'widnow: 12'))?.hint.en).toBe('Did you mean "window"?');
    expect(first(changed('username: h1', 'usernam: h1'))?.hint.en).toBe('Did you mean "username"?');
  });

  it('lists the kinds and wires that exist', () => {
    expect(first(changed('wire: rs485', 'wire: zigbee'))?.hint.en).toBe('Possible: rs485, net.');
    expect(first(changed('kind: bell, wire: rs485', 'kind: gong, wire: rs485'))?.hint.zh).toBe('可以写：bell。');
  });

  it('says what it wanted and what it got', () => {
    expect(first(changed('address: 5}', 'address: "5"}'))?.reason).toEqual({
      en: 'Wanted a number, got text.',
      zh: '应为数字，实际是文字。',
    });
    expect(first(changed('listen: 0.0.0.0:1883', 'listen: 1883'))?.reason.en).toBe(
      'Wanted text or a group of keys, got a number.',
    );
  });

  it('names both lines of a repeated address', () => {
    const text = `${CORRECT}  - {id: b3, kind: bell, wire: rs485, line: bus-a, address: 5}\n`;
    expect(first(text)?.reason.en).toBe('The device address "bus-a#5" is taken already, in line 12.');
  });

  it('points at the column', () => {
    expect(first(changed('id: gw1', 'id: GW1'))).toMatchObject({ line: 2, column: 15 });
  });
});

describe('notes that stop nothing', () => {
  it('tells about a line that nobody uses', () => {
    const result = read(changed('devices:', '  bus-b: {type: tcp, host: 10.0.0.9, port: 4001}\ndevices:'));
    expect(result.ok).toBe(true);
    expect(result.warnings.map(({ line, code }) => ({ line, code }))).toEqual([{ line: 11, code: 'settings.unused' }]);
  });

  it('tells about a password on an open connection, but not to this machine', () => {
    expect(read(changed('mqtts://', 'mqtt://')).warnings).toHaveLength(1);
    expect(read(changed('mqtts://centre.example', 'mqtt://127.0.0.1')).warnings).toEqual([]);
  });
});

describe('hostile and broken files', () => {
  it('refuses an absent file, a huge file and a bomb of aliases with a mistake each', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hall-'));
    const huge = join(folder, 'huge.yaml');
    writeFileSync(huge, 'a'.repeat(2_000_000));
    const options = { drivers: testDrivers, env: {} };
    const codeOf = (result: ReturnType<typeof readSettings>) =>
      result.ok ? [] : result.mistakes.map(({ code }) => code);
    expect(codeOf(readSettings({ path: join(folder, 'none.yaml'), ...options }))).toEqual(['settings.file-unreadable']);
    expect(codeOf(readSettings({ path: huge, ...options }))).toEqual(['settings.file-too-large']);
    const laughs = Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`);
    expect(brief(['a0: &a0 [lol]', ...laughs, ''].join('\n'))).toEqual(['1  settings.yaml-invalid']);
    expect(brief(`a: ${'['.repeat(100_000)}`)).toEqual(['0  settings.yaml-invalid']);
    expect(brief('- '.repeat(100_000))).toEqual(['0  settings.yaml-invalid']);
  });

  it('never throws, whatever YAML it is given', () => {
    const options = { drivers: testDrivers, env: {}, readSecretFile: () => ({ kind: 'absent', why: 'none' }) as const };
    const tree = fc.record(
      {
        hall: fc.anything(),
        broker: fc.jsonValue(),
        lines: fc.jsonValue(),
        uplink: fc.jsonValue(),
        devices: fc.array(fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(tree, fc.jsonValue()), (value) => {
        const json = JSON.stringify(value) as string | undefined;
        expect(parseSettings(json ?? '', options).ok).toBe(false);
        expect(parseSettings(stringify(JSON.parse(json ?? 'null')), options).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseSettings(text, options)));
  });
});
