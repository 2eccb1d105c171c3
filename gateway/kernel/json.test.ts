import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isHallError } from './errors.ts';
import { parseJson } from './json.ts';

const codeOf = (text: string): string => {
  try {
    parseJson(text);
    return 'accepted';
  } catch (thrown) {
    return isHallError(thrown) ? thrown.code : 'crash';
  }
};

test('an honest message comes through unchanged', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      fc.pre(!/__proto__|constructor|prototype/.test(JSON.stringify(value)));
      expect(parseJson(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test.each([
  ['half a message', '{"id":'],
  ['a prototype poisoner', '{"__proto__":{"admin":true}}'],
  ['a poisoner deep inside', '{"data":[{"constructor":{"prototype":{}}}]}'],
  ['a tower of brackets', '['.repeat(200) + ']'.repeat(200)],
  ['a message of 2 MiB', JSON.stringify('x'.repeat(2_000_000))],
  ['nothing', ''],
])('%s is refused with a code', (_what, text) => {
  expect(codeOf(text)).toBe('message.json-invalid');
});

test('a tower of 100,000 brackets costs no time and no stack', () => {
  const begun = performance.now();
  expect(codeOf('['.repeat(100_000))).toBe('message.json-invalid');
  expect(performance.now() - begun).toBeLessThan(1_000);
});
