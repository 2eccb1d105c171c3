import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CHECK_MISTAKES, CHECK_OK, languageOf, runCheck } from './check.ts';
import { reportText } from './check-report.ts';
import { changed, CORRECT, read, SEEDED_SECRET, testDrivers } from './read-settings.fixture.ts';

const report = (text: string, language: 'en' | 'zh' = 'en') => reportText('hall.yaml', read(text), language);

describe('hall-gateway check', () => {
  it('shows place, line, caret, reason, hint and code of a mistake', () => {
    expect(report(changed('id: gw1', 'id: GW1'))).toBe(
      [
        'hall.yaml:2:15  mistake  gateway.id',
        '     2 | gateway: {id: GW1}',
        '                       ^',
        '  Use a-z, 0-9 and "-" (at most 63 characters, not "-" at an end).',
        '  → config/hall.example.yaml shows how it is written.  [settings.value-wrong]',
        '',
        '1 mistake: the gateway cannot use this file.',
        '',
      ].join('\n'),
    );
  });

  it('puts the caret right below a place behind Chinese characters, and speaks Chinese', () => {
    const lines = report(changed('name: 大厅}', 'name: 大厅, zone: 1}'), 'zh').split('\n');
    expect(lines[0]).toBe('hall.yaml:1:26  错误  hall.zone');
    expect(lines[2]).toBe(`${' '.repeat('     1 | '.length + 27)}^`);
    expect(lines[3]).toBe('  此处没有“zone”这个键。');
  });

  it('gives a calm overview of a correct file', () => {
    const text = report(CORRECT);
    expect(text).toContain('hall.yaml is correct.');
    expect(text).toMatch(/Hall +大厅 \(h1, Asia\/Shanghai\)/);
    expect(text).toMatch(/Listens +mqtt 0\.0\.0\.0:1883/);
    expect(text).toMatch(/bell +rs485 +bus-a +1\n/);
    expect(text).toMatch(/bell +net +- +1 \(1 switched off\)/);
  });

  it('exits with 0 for a correct file and 1 for mistakes', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'hall-')), 'hall.yaml');
    const printed: string[] = [];
    const stdout = { write: (text: string) => printed.push(text) };
    writeFileSync(path, 'hall: {id: h1, name: x}\ngateway: {id: g}\n');
    expect(await runCheck(path, { drivers: testDrivers, lang: 'zh', stdout })).toBe(CHECK_OK);
    writeFileSync(path, 'hall: {id: h1}\n');
    expect(await runCheck(path, { drivers: testDrivers, lang: 'zh', stdout })).toBe(CHECK_MISTAKES);
    expect(printed[0]).toContain('正确');
    expect(printed[1]).toContain('共 2 处错误');
  });

  it('chooses the language as POSIX does, unless it is told', () => {
    expect(languageOf(undefined, { LANG: 'zh_CN.UTF-8' })).toBe('zh');
    expect(languageOf(undefined, { LANG: 'zh_CN.UTF-8', LC_ALL: 'C' })).toBe('en');
    expect(languageOf('zh', { LANG: 'C' })).toBe('zh');
    expect(languageOf(undefined, {})).toBe('en');
  });
});

describe('the file of a secret', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hall-'));
  const file = join(folder, 'clock.key');
  const hall = join(folder, 'hall.yaml');
  writeFileSync(file, '987654\n');
  const checked = async (mode: number, env = {}) => {
    chmodSync(file, mode);
    writeFileSync(
      hall,
      `hall: {id: h1, name: x}\ngateway: {id: g}\ndevices: [{id: b, kind: bell, wire: net, host: h, commKey: {file: ${file}}}]\n`,
    );
    const printed: string[] = [];
    await runCheck(hall, { drivers: testDrivers, lang: 'en', env, stdout: { write: (text) => printed.push(text) } });
    return printed.join('');
  };

  it('is refused while others may read it, with the command to type', async () => {
    const text = await checked(0o644);
    expect(text).toContain('(mode 644)');
    expect(text).toContain(`sudo chmod 600 ${file}`);
  });

  it('is accepted as systemd hands it over, but not from any other folder', async () => {
    expect(await checked(0o440, { CREDENTIALS_DIRECTORY: folder })).toContain('is correct');
    expect(await checked(0o440, { CREDENTIALS_DIRECTORY: join(folder, 'other') })).toContain('(mode 440)');
  });

  it('is accepted with 600 and 400', async () => {
    expect(await checked(0o600)).toContain('is correct');
    expect(await checked(0o400)).toContain('is correct');
  });
});

describe('a secret is never printed', () => {
  const plain = [
    CORRECT,
    changed('{env: CENTRE_PASSWORD}', SEEDED_SECRET),
    changed('{env: CENTRE_PASSWORD}', `"${SEEDED_SECRET}"`),
    changed('password: {env: CENTRE_PASSWORD}', `passwrod: ${SEEDED_SECRET}`),
    changed('role: device, device: b2, password: {env: BELL_PASSWORD}', `rol: device, pasword: ${SEEDED_SECRET}, x: 1`),
    changed('{env: CENTRE_PASSWORD}', `*${SEEDED_SECRET}`),
    changed('{env: CENTRE_PASSWORD}', `!${SEEDED_SECRET} x`),
    changed('{env: CENTRE_PASSWORD}}', `"${SEEDED_SECRET}`),
    changed('{env: CENTRE_PASSWORD}}', `{text: ${SEEDED_SECRET}}}`),
    changed('{env: CENTRE_PASSWORD}', `[${SEEDED_SECRET}]`),
    changed('mqtts://centre', `mqtts://u:${SEEDED_SECRET}@centre`),
    changed('{file: /secrets/b2}', `${SEEDED_SECRET}, address: x`),
    changed('uplink:', `password: ${SEEDED_SECRET}\nuplink:`),
    changed('uplink:', `\tpassword: ${SEEDED_SECRET}\nuplink:`),
    changed('uplink:', `password: |\n  a\n  ${SEEDED_SECRET}\nuplink:`),
  ];
  it.each(plain)('whatever else is wrong (%#)', (text) => {
    const outputs = [report(text), report(text, 'zh'), JSON.stringify(read(text)), inspect(read(text), { depth: 9 })];
    for (const output of outputs) expect(output).not.toContain(SEEDED_SECRET);
  });
});
