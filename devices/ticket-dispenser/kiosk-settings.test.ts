// What hall.yaml may say about a kiosk with a reader and buttons, read as the gateway reads it.
import { describe, expect, it } from 'vitest';
import { Secret } from '../../gateway/kernel/secret.ts';
import { parseSettings, type SettingsResult } from '../../gateway/settings/read-settings.ts';
import { escpos } from './escpos.ts';
import { escposConfig } from './escpos-settings.ts';

const HALL = `hall: {id: h1, name: 大厅}
gateway: {id: gw1}
lines:
  printer: {type: tcp, host: 192.168.1.40, port: 9100}
  reader: {type: serial, path: /dev/ttyUSB0, baudRate: 115200}
  panel: {type: serial, path: /dev/ttyUSB1}
devices:
  - id: kiosk-1
    kind: ticket-dispenser
    wire: escpos
    line: printer
    cardReader: {line: reader, privacy: hash, hashKey: {env: CARD_HASH_KEY}}
    buttons: {line: panel, buttons: [{sends: '01', code: SS01, name: 社保业务}]}
`;

function read(text: string, key = 'a key of this hall'): SettingsResult {
  const readSecretFile = () => ({ kind: 'absent', why: 'ENOENT' }) as const;
  return parseSettings(text, { drivers: [escpos], env: { CARD_HASH_KEY: key }, readSecretFile });
}
const changed = (from: string, to: string) => HALL.replace(from, to);
const mistakes = (result: SettingsResult) =>
  result.ok ? [] : result.mistakes.map(({ line, path }) => `${line} ${path}`);

describe('a kiosk in hall.yaml', () => {
  it('has a reader and buttons on lines of their own, and the key of the hash from the environment', () => {
    const result = read(HALL);
    expect(mistakes(result)).toEqual([]);
    expect(result.warnings).toEqual([]);
    const config = result.ok && escposConfig.parse(result.settings.devices[0]?.config);
    expect(config && config.cardReader?.hashKey).toBeInstanceOf(Secret);
    expect(config && config.cardReader?.pollMs).toBe(300);
  });

  it.each([
    ['a line that does not exist', changed('cardReader: {line: reader', 'cardReader: {line: raeder')],
    ['no key for the hash', changed(', hashKey: {env: CARD_HASH_KEY}', '')],
    ['a key without a hash', changed('privacy: hash, ', '')],
    ['the key itself', changed('{env: CARD_HASH_KEY}', 'a-key-that-stands-here')],
    ['an unknown key', changed('privacy: hash', 'privcy: hash')],
  ])('is refused at its card reader with %s', (_what, text) => {
    expect(mistakes(read(text)).join()).toMatch(/12 devices\[0\]\.cardReader/);
  });

  it('is refused with a key that could be guessed', () => {
    expect(mistakes(read(HALL, 'short')).join()).toMatch(/12 devices\[0\]\.cardReader\.hashKey/);
  });

  it('is refused with a button that no panel can send', () => {
    expect(mistakes(read(changed("sends: '01'", "sends: '0'"))).join()).toMatch(/13 devices\[0\]\.buttons/);
  });
});
