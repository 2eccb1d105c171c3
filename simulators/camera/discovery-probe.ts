/**
 * A WS-Discovery probe: who asks, and which cameras are meant.
 */
import { NS } from './namespaces.ts';
import { childOf, qualified, readXml, textAt, type XmlElement } from './xml-reading.ts';

export interface Probe {
  messageId: string;
  /** Whether a camera with these scopes is meant. */
  wants(scopes: readonly string[]): boolean;
}

/** What a camera is, by namespace and name. */
const TYPES = [
  { namespace: NS.networkTypes, name: 'NetworkVideoTransmitter' },
  { namespace: NS.device, name: 'Device' },
];

/** The probe in a datagram, or undefined when it is none, or is not for cameras. */
export function readProbe(text: string): Probe | undefined {
  const envelope = readXml(text);
  const messageId = textAt(envelope, 'Header', 'MessageID');
  const probe = childOf(envelope, 'Body', 'Probe');
  if (envelope?.namespace !== NS.soap || probe?.namespace !== NS.discovery || messageId === undefined) return undefined;
  if (!wordsOf(probe, 'Types').every((type) => isCamera(type, childOf(probe, 'Types')))) return undefined;
  const wanted = wordsOf(probe, 'Scopes');
  return { messageId, wants: (scopes) => wanted.every((each) => scopes.some((scope) => isWithin(scope, each))) };
}

function wordsOf(probe: XmlElement, name: string): string[] {
  return (textAt(probe, name) ?? '').split(/\s+/).filter(Boolean);
}

/** A type is a qualified name: its prefix means what was in scope where it stands. */
function isCamera(type: string, element: XmlElement | undefined): boolean {
  const { prefix, local } = qualified(type);
  return TYPES.some(({ namespace, name }) => name === local && element?.prefixes[prefix] === namespace);
}

/** Matching by RFC 3986 rules: whole segments of the path, from the left. WS-Discovery, section 5.1. */
function isWithin(scope: string, wanted: string): boolean {
  return scope === wanted || scope.startsWith(wanted.endsWith('/') ? wanted : `${wanted}/`);
}
