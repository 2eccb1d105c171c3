import { describe, expect, it } from 'vitest';
import { childOf, readXml, textAt } from './xml-reading.ts';

describe('a request', () => {
  it('is read by the addresses of its namespaces, whatever prefixes its client chose', () => {
    const root = readXml(
      '<?xml version="1.0"?><q:A xmlns:q="urn:a" xmlns="urn:b"><B c="1 &lt; 2"><q:C> &#x5927;门 </q:C></B></q:A>',
    );
    expect(root).toMatchObject({ namespace: 'urn:a', name: 'A' });
    expect(childOf(root, 'B')).toMatchObject({ namespace: 'urn:b', attributes: { c: '1 < 2' } });
    expect(textAt(root, 'B', 'C')).toBe('大门');
    expect(textAt(root, 'C')).toBeUndefined();
  });

  it.each([
    ['half of a document', '<a><b>text</b>'],
    ['a tag that is not finished', '<a><b>text</b></a'],
    ['elements that cross', '<a><b></a></b>'],
    ['a DTD', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['a thousand elements inside each other', '<a>'.repeat(1_000) + '</a>'.repeat(1_000)],
    ['nothing', ''],
    ['no XML', 'GET / HTTP/1.1'],
  ])('is refused when it is %s', (_, text) => {
    expect(readXml(text)).toBeUndefined();
  });

  it('may carry comments, CDATA and markup inside attributes', () => {
    expect(readXml('<a b="/>"><!-- <c> --><d><![CDATA[<e>]]></d></a>')).toMatchObject({
      attributes: { b: '/>' },
      children: [{ name: 'd' }],
    });
  });
});
