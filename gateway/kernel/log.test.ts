import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { HallError } from './errors.ts';
import { collectingLog, jsonLog, maskText } from './log.ts';
import { Secret } from './secret.ts';

const written = (use: (log: ReturnType<typeof jsonLog>) => void): string => {
  const lines: string[] = [];
  use(jsonLog('debug', { write: (line) => void lines.push(line) }));
  return lines.join('');
};

test('an ID-card number shows its first six and last four characters only', () => {
  expect(maskText('card 11010519491231002X read')).toBe('card 110105********002X read');
  expect(written((log) => log.warn('card.read', { text: '身份证 440308199001010012 无效' }))).not.toContain('19900101');
});

test('longer and shorter numbers, such as sequences, stay whole', () => {
  expect(maskText('0000000000001234 and 1234567890123456789')).toBe('0000000000001234 and 1234567890123456789');
});

test('a password in an address never reaches the log, also inside an error', () => {
  const error = new HallError('line.unreachable', { message: 'mqtt://hall:geheim@centre/ cannot be reached' });
  expect(written((log) => log.error('link.down', error))).not.toContain('geheim');
  expect(written((log) => log.child({ url: 'mqtts://a:geheim@b' }).info('x'))).not.toContain('geheim');
});

test('a secret prints as [secret] in text, JSON and inspection', () => {
  const secret = new Secret('geheim');
  expect([String(secret), JSON.stringify({ secret }), inspect({ secret })].join()).not.toContain('geheim');
  expect(secret.reveal()).toBe('geheim');
});

test('an error is logged with its code, remedy and hint', () => {
  const log = collectingLog();
  log.child({ device: 'clock-01' }).error('device.failed', new HallError('line.lost'));
  expect(log.lines[0]).toMatchObject({
    level: 'error',
    event: 'device.failed',
    facts: { device: 'clock-01', code: 'line.lost', remedy: 'reset' },
  });
});

test('a hostile text of 100 KB is masked in no time', () => {
  const begun = performance.now();
  for (const text of ['1'.repeat(100_000), '//'.repeat(50_000), '//a:'.repeat(25_000), `//${'a'.repeat(100_000)}`]) {
    maskText(text);
  }
  expect(performance.now() - begun).toBeLessThan(1_000);
});
