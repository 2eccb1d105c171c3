import { describe, expect, it } from 'vitest';
import frames from './frames.json' with { type: 'json' };
import { authorization, readChallenges } from './onvif-digest.ts';

const request = { method: 'GET', uri: '/pic', username: 'u', password: 'p', cnonce: 'c', count: 1 };

describe('a challenge of a camera', () => {
  it.each(frames.challenges)('is answered: $name', ({ headers, request: asked, response }) => {
    const [strongest] = readChallenges(headers);
    if (!strongest) throw new Error('no challenge was understood');
    expect(authorization(strongest, asked)).toContain(`response="${response}"`);
  });

  it('is understood as Hikvision writes it, with qop first and a nonce that ends in "="', () => {
    const [challenge] = readChallenges(['Digest qop="auth", realm="IP Camera(A1)", nonce="NGE6OQ==", stale="FALSE"']);
    expect(challenge).toMatchObject({
      realm: 'IP Camera(A1)',
      nonce: 'NGE6OQ==',
      qop: true,
      algorithm: 'MD5',
      stale: false,
    });
  });

  it('is understood when several stand in one line', () => {
    const found = readChallenges(['Basic realm="a, b", Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth"']);
    expect(found.map(({ scheme, realm }) => `${scheme} ${realm}`)).toEqual(['digest r', 'basic a, b']);
  });

  it('is left alone when it asks for what nobody here can do', () => {
    const headers = [
      'Negotiate',
      'Digest realm="r", nonce="n", algorithm=SHA-512',
      'Digest realm="r", nonce="n", qop="auth-int"',
    ];
    expect(readChallenges(headers)).toEqual([]);
  });

  it('costs nothing when it is a hundred kilobytes of commas and quotes', () => {
    const begun = performance.now();
    readChallenges([`Digest ${'realm="'.repeat(20_000)}`, `Digest ${',='.repeat(50_000)}`, 'a '.repeat(50_000)]);
    expect(performance.now() - begun).toBeLessThan(500);
  });

  it('escapes a user name with quotes, and echoes the realm as it came', () => {
    const [challenge] = readChallenges(['Digest realm="say \\"hi\\"", nonce="n"']);
    if (!challenge) throw new Error('no challenge was understood');
    const header = authorization(challenge, { ...request, username: 'a"b\\c' });
    expect(header).toContain('username="a\\"b\\\\c"');
    expect(header).toContain('realm="say \\"hi\\""');
    expect(header).not.toContain('nc=');
    const chinese = authorization(challenge, { ...request, username: '大厅' });
    expect(Buffer.from(chinese, 'latin1').toString('utf8')).toContain('username="大厅"');
  });
});
