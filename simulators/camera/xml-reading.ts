/**
 * Requests read with their namespaces: what counts is the namespace's address, never the prefix that a client chose.
 */
import { XMLParser } from 'fast-xml-parser';

export interface XmlElement {
  readonly namespace: string;
  /** Without prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, without that of its children. */
  readonly text: string;
  /** Prefixes in scope, for qualified names inside the text; '' is the default namespace. */
  readonly prefixes: Readonly<Record<string, string>>;
}

const ATTRIBUTES = ':@';
const TEXT = '#text';
const DEPTH_MAX = 64;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  htmlEntities: true,
  maxNestedTags: DEPTH_MAX,
});

/** The root element, or undefined for anything that is not one well-formed document without a DTD. */
export function readXml(text: string): XmlElement | undefined {
  if (text.includes('<!DOCTYPE') || !isBalanced(text)) return undefined;
  try {
    const nodes: unknown = parser.parse(text);
    const roots = elementsOf(nodes).filter(({ tag }) => !tag.startsWith('?'));
    return roots[0] && elementOf(roots[0], {});
  } catch {
    // Nested too deeply, or a tag that is none: a device answers such a request with a fault.
    return undefined;
  }
}

/** Whether every element that begins also ends, in the right order: the parser itself takes half a document for a whole one. */
function isBalanced(text: string): boolean {
  const open: string[] = [];
  const markup = text.replace(/<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<\?[^]*?\?>/g, '');
  for (const [, closing, name = '', empty] of markup.matchAll(
    /<(\/?)([^\s<>/]+)(?:"[^"]*"|'[^']*'|[^<>"'/]|\/(?!>))*(\/?)>/g,
  )) {
    if (closing && open.pop() !== name) return false;
    if (!closing && !empty) open.push(name);
  }
  return open.length === 0;
}

/** The first child with this name, whatever its namespace. */
export function childOf(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>(
    (parent, name) => parent?.children.find((child) => child.name === name),
    element,
  );
}

/** The text below a path, or undefined when there is no such element. */
export function textAt(element: XmlElement | undefined, ...path: readonly string[]): string | undefined {
  return childOf(element, ...path)?.text;
}

interface Node {
  tag: string;
  content: unknown;
  attributes: Record<string, string>;
}

/** fast-xml-parser's ordered form: one object a node, its tag the only key beside the attributes. */
function elementsOf(nodes: unknown): Node[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown) => {
    if (typeof node !== 'object' || node === null) return [];
    const entries = Object.entries(node);
    const attributes: unknown = entries.find(([key]) => key === ATTRIBUTES)?.[1];
    return entries
      .filter(([key]) => key !== ATTRIBUTES && key !== TEXT)
      .map(([tag, content]): Node => ({ tag, content, attributes: textsOf(attributes) }));
  });
}

function textsOf(attributes: unknown): Record<string, string> {
  if (typeof attributes !== 'object' || attributes === null) return {};
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)]));
}

function elementOf({ tag, content, attributes }: Node, inherited: Readonly<Record<string, string>>): XmlElement {
  const prefixes = { ...inherited, ...declared(attributes) };
  const { prefix, local } = qualified(tag);
  return {
    namespace: prefixes[prefix] ?? '',
    name: local,
    attributes,
    children: elementsOf(content).map((node) => elementOf(node, prefixes)),
    text: ownText(content),
    prefixes,
  };
}

function declared(attributes: Record<string, string>): Record<string, string> {
  const declarations = Object.entries(attributes).filter(([name]) => name === 'xmlns' || name.startsWith('xmlns:'));
  return Object.fromEntries(declarations.map(([name, address]) => [name.slice('xmlns:'.length), address]));
}

/** Splits `tds:GetServices` at its colon; no prefix is ''. */
export function qualified(name: string): { prefix: string; local: string } {
  const colon = name.indexOf(':');
  return { prefix: name.slice(0, Math.max(0, colon)), local: name.slice(colon + 1) };
}

function ownText(content: unknown): string {
  if (!Array.isArray(content)) return '';
  return content
    .map((node: unknown) => (typeof node === 'object' && node !== null && TEXT in node ? String(node[TEXT]) : ''))
    .join('')
    .trim();
}
