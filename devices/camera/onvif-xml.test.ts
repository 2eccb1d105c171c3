import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { descend, escapeXml, readXml, writeXml } from './onvif-xml.ts';

const refusal = (text: string) => {
  try {
    readXml(text);
    return undefined;
  } catch (thrown) {
    return thrown;
  }
};
const BROKEN = expect.objectContaining({ code: 'camera.answer-broken' }) as unknown;

describe('XML of a camera', () => {
  it('is read with its namespaces, attributes, entities and character data', () => {
    const root = readXml(
      '\ufeff<?xml version="1.0"?><!-- hi --><s:E xmlns:s="urn:s"><a xmlns="urn:a" s:k="1&lt;2" q=\'"\'>x &#x4e2d;<![CDATA[<b>]]></a><c/></s:E>\n',
    );
    expect(root).toMatchObject({ name: 'E', namespace: 'urn:s' });
    const a = descend(root, 'a');
    expect(a).toMatchObject({ namespace: 'urn:a', text: 'x 中<b>' });
    expect([...(a?.attributes ?? [])]).toEqual([
      ['k', '1<2'],
      ['q', '"'],
    ]);
    expect(descend(root, 'c')?.namespace).toBe('');
  });

  it.each([
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['an external entity', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'],
    ['an entity of its own', '<a>&lol;</a>'],
    ['a bare ampersand', '<a>you & me</a>'],
    ['a processing instruction', '<a><?php echo 1 ?></a>'],
    ['an end too early', '<a><b></b>'],
    ['an end within a tag', '<a><b c="d'],
    ['an end within a comment', '<a><!-- b'],
    ['elements that cross', '<a><b></a></b>'],
    ['two roots', '<a/><b/>'],
    ['text after the root', '<a/>b'],
    ['an attribute twice', '<a b="1" b="2"/>'],
    ['an attribute without quotes', '<a b=1/>'],
    ['a name that is none', '<1a/>'],
    ['nothing', ''],
    ['ten thousand levels', '<a>'.repeat(10_000) + '</a>'.repeat(10_000)],
    ['a hundred attributes', `<a ${Array.from({ length: 100 }, (_, n) => `b${n}="1"`).join(' ')}/>`],
    ['fifty thousand elements', `<a>${'<b/>'.repeat(50_000)}</a>`],
    ['two million characters', `<a>${' '.repeat(2_000_000)}</a>`],
  ])('is refused with %s', (_, text) => {
    const begun = performance.now();
    expect(refusal(text)).toEqual(BROKEN);
    expect(performance.now() - begun).toBeLessThan(500);
  });

  it.each([
    ['quotes that never close', `<a ${'b="'.repeat(200_000)}>`],
    ['a million angle brackets', '<'.repeat(1_000_000)],
    ['one attribute of spaces', `<a ${' '.repeat(1_000_000)}=>`],
    ['closers within quotes', `<a b="${'>'.repeat(1_000_000)}">`],
    ['ampersands', `<a>${'&'.repeat(1_000_000)}</a>`],
  ])('costs little when it is a megabyte of %s', (_, text) => {
    const begun = performance.now();
    expect(refusal(text)).toEqual(BROKEN);
    expect(performance.now() - begun).toBeLessThan(500);
  });

  it('survives being written and read again, whatever its texts say', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (text, value) => {
        const clean = (raw: string) => raw.replace(/\r/g, '');
        const one = readXml(`<n:a xmlns:n="urn:&amp;x" k="${escapeXml(clean(value))}">${escapeXml(clean(text))}</n:a>`);
        const again = readXml(writeXml(one, ' more="1"'));
        expect(again).toMatchObject({ name: 'a', namespace: 'urn:&x', text: clean(text).trim() });
        expect(again.attributes.get('k')).toBe(clean(value));
      }),
    );
  });

  it('never throws anything but a refusal, whatever comes', () => {
    const pieces = fc.constantFrom(
      '<',
      '>',
      '/',
      'a',
      ':',
      '"',
      "'",
      '=',
      ' ',
      '&',
      ';',
      '#',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?xml',
      '?>',
      '</',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        const thrown = refusal(parts.join(''));
        if (thrown !== undefined) expect(thrown).toEqual(BROKEN);
      }),
      { numRuns: 500 },
    );
  });
});
