/** What hall.yaml may say about the way to the centre. */
import { describe, expect, it } from 'vitest';
import { Secret } from '../kernel/secret.ts';
import { uplinkSchema } from './uplink-settings.ts';

describe('the uplink settings', () => {
  it('need no more than a URL', () => {
    expect(uplinkSchema.parse({ url: 'mqtts://centre.example:8883' })).toMatchObject({
      ...{ protocol: '3.1.1', keepAliveSeconds: 30, ackTimeoutMs: 10_000, confirm: 'puback', windowRows: 2_000 },
      backoff: { firstMs: 1_000, maxMs: 60_000 },
    });
  });

  it.each([
    [{ url: 'http://centre.example' }, 'url'],
    [{ url: 'centre.example' }, 'url'],
    [{ url: 'mqtt://c', windowRows: 65_535 }, 'windowRows'],
    [{ url: 'mqtt://c', tls: { cert: '/a.pem' } }, 'tls'],
    [{ url: 'mqtt://c', confirm: 'hope' }, 'confirm'],
    [{ url: 'mqtt://c', pasword: 'x' }, ''],
  ])('refuse %j', (settings, where) => {
    const result = uplinkSchema.safeParse(settings);
    expect(result.error?.issues[0]?.path.join('.')).toBe(where);
  });

  it('never print the password', () => {
    const settings = uplinkSchema.parse({ url: 'mqtt://c', username: 'hall', password: new Secret('hunter2') });
    expect(JSON.stringify(settings)).not.toContain('hunter2');
  });
});
