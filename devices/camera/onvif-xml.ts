/**
 * A strict and bounded reader of XML, the first that sees what a camera sends. It refuses what is too long, too deep or
 * too wide, document types and entities of their own (bombs, XXE), and whatever is not well-formed or ends too early;
 * only what passed is handed to a library. One pass, linear in the length, without recursion over the input.
 *
 * Source: XML 1.0 (5th edition) sections 2 and 4, Namespaces in XML 1.0 section 6; a SOAP message has no document type
 * and no processing instruction (SOAP 1.2 part 1, section 5).
 */
import { HallError } from '../../gateway/kernel/errors.ts';

export interface XmlElement {
  /** Local name, without its prefix. */
  readonly name: string;
  /** Namespace name, '' for none. */
  readonly namespace: string;
  /** Attributes by local name, without namespace declarations. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  /** Text of the element itself, trimmed. */
  text: string;
  /** Namespaces by prefix that hold inside this element, for names in text (topics). */
  readonly scope: ReadonlyMap<string, string>;
}

export interface XmlLimits {
  charactersMax: number;
  depthMax: number;
  elementsMax: number;
  attributesMax: number;
}

/** The longest honest answers (capabilities, profiles of a recorder) have some 200 kB and 15 levels. */
export const XML_LIMITS: XmlLimits = {
  charactersMax: 1_048_576,
  depthMax: 48,
  elementsMax: 20_000,
  attributesMax: 48,
};

const NAME = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;
const ATTRIBUTE = /\s+([^\s=<>"'/]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const ENTITY_CHARACTERS_MAX = 12;
const NAMED_ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const NO_SCOPE: ReadonlyMap<string, string> = new Map([['xml', 'http://www.w3.org/XML/1998/namespace']]);

interface OpenElement {
  element: XmlElement;
  tag: string;
  pieces: string[];
}

/**
 * Reads one document.
 *
 * @throws HallError `camera.answer-broken` with the reason.
 */
export function readXml(text: string, limits: XmlLimits = XML_LIMITS): XmlElement {
  if (text.length > limits.charactersMax) throw broken(`it is longer than ${limits.charactersMax} characters`);
  const tree = treeBuilder(limits);
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    const next = text.indexOf('<', at);
    tree.addText(unescaped(text.slice(at, next < 0 ? text.length : next)));
    if (next < 0) break;
    at = skipSpecial(text, next, tree) ?? readTag(text, next, tree);
  }
  return tree.finish();
}

interface TreeBuilder {
  addText(piece: string): void;
  open(inner: string): void;
  close(tag: string): void;
  finish(): XmlElement;
}

function treeBuilder(limits: XmlLimits): TreeBuilder {
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  return {
    addText(piece) {
      const top = open.at(-1);
      if (top) top.pieces.push(piece);
      else if (piece.trim() !== '') throw broken('there is text outside of its root');
    },
    open(inner) {
      elements += 1;
      if (elements > limits.elementsMax) throw broken(`it has more than ${limits.elementsMax} elements`);
      if (open.length >= limits.depthMax) throw broken(`it is nested deeper than ${limits.depthMax} levels`);
      const parent = open.at(-1)?.element;
      if (!parent && root) throw broken('it has two roots');
      const begun = beginElement(inner, parent?.scope ?? NO_SCOPE, limits);
      parent?.children.push(begun.element);
      root ??= begun.element;
      if (!inner.endsWith('/')) open.push(begun);
    },
    close(tag) {
      const top = open.pop();
      if (top?.tag !== tag) throw broken(`</${tag.slice(0, 40)}> closes nothing that is open`);
      top.element.text = top.pieces.join('').trim();
    },
    finish() {
      if (open.length > 0) throw broken('it ends too early');
      if (!root) throw broken('it is empty');
      return root;
    },
  };
}

/** Reads the tag that begins here; returns where it ended. */
function readTag(text: string, at: number, tree: TreeBuilder): number {
  const end = endOfTag(text, at);
  const inner = text.slice(at + 1, end);
  if (inner.startsWith('/')) tree.close(inner.slice(1).trimEnd());
  else tree.open(inner);
  return end + 1;
}

/** The first element below `element` along these local names, or undefined. */
export function descend(element: XmlElement | undefined, ...path: string[]): XmlElement | undefined {
  let found = element;
  for (const name of path) found = found?.children.find((child) => child.name === name);
  return found;
}

/** All children with this local name. */
export function childrenOf(element: XmlElement | undefined, name: string): XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** Text that may stand in an element or an attribute. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The element as text that means the same anywhere: every name declares its own namespace. */
export function writeXml(element: XmlElement, extra = ''): string {
  const attributes = [...element.attributes].map(([name, value]) => ` ${name}="${escapeXml(value)}"`).join('');
  const inside = element.children.map((child) => writeXml(child)).join('') + escapeXml(element.text);
  return `<${element.name} xmlns="${escapeXml(element.namespace)}"${attributes}${extra}>${inside}</${element.name}>`;
}

/** Steps over a declaration, comment or CDATA section that begins here; undefined when a tag begins here. */
function skipSpecial(text: string, at: number, tree: TreeBuilder): number | undefined {
  if (text.startsWith('<!--', at)) return after(text, '-->', at + 4);
  if (text.startsWith('<![CDATA[', at)) {
    const end = after(text, ']]>', at + 9);
    tree.addText(text.slice(at + 9, end - 3));
    return end;
  }
  if (text.startsWith('<?xml', at)) return after(text, '?>', at + 5);
  if (text.startsWith('<!', at)) throw broken('it has a document type, which no camera needs');
  if (text.startsWith('<?', at)) throw broken('it has a processing instruction, which no camera needs');
  return undefined;
}

function after(text: string, mark: string, from: number): number {
  const end = text.indexOf(mark, from);
  if (end < 0) throw broken('it ends too early');
  return end + mark.length;
}

/** Index of the `>` that closes the tag; a `>` within quotes does not. */
function endOfTag(text: string, from: number): number {
  let at = from + 1;
  for (;;) {
    const end = text.indexOf('>', at);
    if (end < 0) throw broken('it ends too early');
    const quote = openQuote(text, at, end);
    if (quote === undefined) return end;
    const closed = text.indexOf(quote.mark, end);
    if (closed < 0) throw broken('it ends too early');
    at = closed + 1;
  }
}

function openQuote(text: string, from: number, to: number): { mark: string } | undefined {
  let mark: string | undefined;
  for (let at = from; at < to; at += 1) {
    const character = text.charAt(at);
    if (mark === undefined) {
      if (character === '"' || character === "'") mark = character;
    } else if (character === mark) mark = undefined;
  }
  return mark === undefined ? undefined : { mark };
}

function beginElement(inner: string, outer: ReadonlyMap<string, string>, limits: XmlLimits): OpenElement {
  const body = inner.endsWith('/') ? inner.slice(0, -1) : inner;
  const tag = /^[^\s]+/.exec(body)?.[0] ?? '';
  const found = readAttributes(body.slice(tag.length), limits.attributesMax);
  const scope = scopeOf(found, outer);
  const { local, namespace } = resolve(tag, scope);
  const attributes = new Map<string, string>();
  for (const [name, value] of found) {
    if (name === 'xmlns' || name.startsWith('xmlns:')) continue;
    attributes.set(name.slice(name.indexOf(':') + 1), value);
  }
  return { element: { name: local, namespace, attributes, children: [], text: '', scope }, tag, pieces: [] };
}

function readAttributes(text: string, attributesMax: number): Map<string, string> {
  const found = new Map<string, string>();
  let at = 0;
  ATTRIBUTE.lastIndex = 0;
  for (let match = ATTRIBUTE.exec(text); match; match = ATTRIBUTE.exec(text)) {
    const [whole, name = '', double, single] = match;
    if (found.size >= attributesMax) throw broken(`an element has more than ${attributesMax} attributes`);
    if (found.has(name)) throw broken(`the attribute "${name.slice(0, 40)}" stands twice`);
    found.set(name, unescaped(double ?? single ?? ''));
    at += whole.length;
  }
  if (text.slice(at).trim() !== '') throw broken('an attribute is malformed');
  return found;
}

function scopeOf(attributes: Map<string, string>, outer: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const declared = [...attributes].filter(([name]) => name === 'xmlns' || name.startsWith('xmlns:'));
  if (declared.length === 0) return outer;
  const inner = new Map(outer);
  for (const [name, value] of declared) inner.set(name === 'xmlns' ? '' : name.slice(6), value);
  return inner;
}

function resolve(tag: string, scope: ReadonlyMap<string, string>): { local: string; namespace: string } {
  const colon = tag.indexOf(':');
  const prefix = colon < 0 ? '' : tag.slice(0, colon);
  const local = tag.slice(colon + 1);
  if (!NAME.test(local)) throw broken(`"${local.slice(0, 40)}" is no name`);
  // A prefix that nobody declared is forgiven: some cameras forget one, and names are told apart by their local part.
  return { local, namespace: scope.get(prefix) ?? '' };
}

/** By hand: `replace` collects a million ampersands before it asks about the first. */
function unescaped(text: string): string {
  let read = '';
  let from = 0;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', from)) {
    const entity = text.slice(at + 1, at + 2 + ENTITY_CHARACTERS_MAX);
    const end = entity.indexOf(';');
    const character = end < 0 ? undefined : characterOf(entity.slice(0, end));
    if (character === undefined) throw broken(`"&${entity}" is no entity of XML`);
    read += text.slice(from, at) + character;
    from = at + end + 2;
  }
  return from === 0 ? text : read + text.slice(from);
}

function characterOf(name: string): string | undefined {
  const number = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
  if (!number) return Object.hasOwn(NAMED_ENTITIES, name) ? NAMED_ENTITIES[name] : undefined;
  const code = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16);
  return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : undefined;
}

function broken(why: string): HallError {
  return new HallError('camera.answer-broken', { message: `The camera's answer was refused: ${why}.` });
}
