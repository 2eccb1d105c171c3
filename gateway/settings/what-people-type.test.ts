/**
 * Mistakes of people who write hall.yaml on a Chinese keyboard and a Windows computer, each said once and where it is.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changed, CORRECT, mistakesOf, testDrivers } from './read-settings.fixture.ts';
import { parseSettings, readSettings } from './read-settings.ts';

const BLOCKS = `hall:
  id: h1
  name: 大厅
gateway:
  id: gw1
devices:
  - id: b2
    kind: bell
    wire: net
    host: 10.0.0.2
`;

const block = (from: string, to: string) => BLOCKS.replace(from, to);

describe('hall.yaml on a Chinese keyboard', () => {
  it.each([
    ['a full-width colon', block('  id: gw1', '  id：gw1'), 5, 5, '：'],
    ['a full-width space for indentation', block('  id: gw1', '　id: gw1\n  logLevel: info'), 5, 1, '全角空格'],
    ['a full-width # before a comment', block('devices:', '＃ 设备\ndevices:'), 6, 1, '＃'],
    ['a full-width brace', block('  id: gw1', '  id: ｛gw1: 1｝'), 5, 7, '｛'],
    ['a full-width comma', changed("['bell/*']", "['bell/*'，'bell/b2']"), 7, 57, '，'],
  ])('names %s and its place, and nothing that follows from it', (_, text, line, column, sign) => {
    const mistakes = mistakesOf(text);
    expect(mistakes).toMatchObject([{ line, column }]);
    expect(mistakes[0]?.reason.zh).toContain(sign);
  });

  it('leaves full-width signs inside names and comments alone', () => {
    expect(mistakesOf(block('name: 大厅', 'name: 东区：一楼，二楼　# 说明：一'))).toEqual([]);
  });

  it('refuses Chinese quotes around a value, which YAML would take as text', () => {
    expect(mistakesOf(block('host: 10.0.0.2', 'host: 10.0.0.2\n    window: “31”'))).toMatchObject([
      { line: 11, path: 'devices[0].window', code: 'settings.value-wrong' },
    ]);
  });
});

describe('an address with a slip of the finger', () => {
  it.each(['192.168.1.2O1', '192.168.1.301', '192.168..201', '192.168.1', '192。168。1。2', '10.0.0.2 '])(
    '%j is a mistake',
    (host) => {
      expect(mistakesOf(block('host: 10.0.0.2', `host: '${host}'`))).toMatchObject([
        { path: 'devices[0].host', code: 'settings.value-wrong' },
      ]);
    },
  );

  it('in uplink.url is a mistake too', () => {
    expect(mistakesOf(changed('centre.example', '10.1.1.300'))).toMatchObject([{ path: 'uplink.url' }]);
  });

  it.each(['192.168.1.201', 'clock-east', 'clock.hall.example', '3com.example', 'fe80::1%eth0'])(
    '%s is none',
    (host) => {
      expect(mistakesOf(block('10.0.0.2', host))).toEqual([]);
    },
  );
});

describe('one slip that makes the parser stumble again and again', () => {
  it('is one mistake where an indentation is wrong', () => {
    expect(mistakesOf(block('  id: gw1', '\tid: gw1\n  logLevel: info'))).toHaveLength(1);
  });

  it('is one mistake where the dash of an entry is missing, and says so', () => {
    const mistakes = mistakesOf(`${BLOCKS}    id: b3\n    kind: bell\n    wire: net\n    host: 10.0.0.3\n`);
    expect(mistakes).toMatchObject([{ line: 11 }]);
    expect(mistakes[0]?.hint.zh).toContain('“- ”');
  });
});

describe('files', () => {
  it('in GBK, as Windows stores it, are refused with the way to convert them', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'hall-')), 'hall.yaml');
    writeFileSync(path, Buffer.concat([Buffer.from('hall: {id: h1, name: '), Buffer.from('b4f3ccfc', 'hex')]));
    const result = readSettings({ path, drivers: testDrivers, env: {} });
    expect(result.ok ? [] : result.mistakes).toMatchObject([{ code: 'settings.file-unreadable' }]);
    expect(result.ok ? '' : result.mistakes[0]?.hint.zh).toContain('UTF-8');
  });

  it('of certificates that are not there are a warning at their path', () => {
    const text = CORRECT.replace('username: h1', 'tls: {ca: /nowhere/ca.pem}, username: h1');
    const { warnings } = parseSettings(text, { drivers: testDrivers, env: {}, fileExists: () => false });
    expect(warnings).toMatchObject([{ line: 8, path: 'uplink.tls.ca' }]);
    expect(parseSettings(text, { drivers: testDrivers, env: {}, fileExists: () => true }).warnings).toEqual([]);
  });
});
