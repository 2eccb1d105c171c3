/**
 * XML that cannot be written wrongly by accident: a template tag that escapes every value put into it.
 */

/** A piece of well-formed XML. */
export interface Xml {
  readonly text: string;
}

export type XmlValue = string | number | boolean | Xml | readonly Xml[] | undefined;

/** A piece of XML; strings are escaped, pieces and lists of pieces are put in as they are, undefined leaves nothing. */
export function xml(parts: TemplateStringsArray, ...values: readonly XmlValue[]): Xml {
  const compact = parts.map((part) => part.replace(/\n\s*/g, ''));
  return { text: compact.reduce((text, part, index) => text + written(values[index - 1]) + part) };
}

/** XML that is put in as it stands, well-formed or not. */
export function rawXml(text: string): Xml {
  return { text };
}

function written(value: XmlValue): string {
  if (value === undefined) return '';
  if (typeof value !== 'object') return escaped(String(value));
  return 'text' in value ? value.text : value.map(({ text }) => text).join('');
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
}
