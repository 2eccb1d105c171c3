/**
 * What cameras say in WS-Discovery: matches for a probe, and hello when they come.
 */
import { randomUUID } from 'node:crypto';
import { NS } from './namespaces.ts';
import { rawXml, xml, type Xml } from './xml-writing.ts';

export interface ProbeMatch {
  uuid: string;
  scopes: readonly string[];
  xaddrs: readonly string[];
}

const GROUP = 'urn:schemas-xmlsoap-org:ws:2005:04:discovery';
const ANONYMOUS = `${NS.discoveryAddressing}/role/anonymous`;
const DECLARATIONS = rawXml(
  Object.entries({
    s: NS.soap,
    wsa: NS.discoveryAddressing,
    d: NS.discovery,
    dn: NS.networkTypes,
    tds: NS.device,
  })
    .map(([prefix, address]) => ` xmlns:${prefix}="${address}"`)
    .join(''),
);

/** One answer for some cameras. */
export function probeMatches(relatesTo: string, matches: readonly ProbeMatch[]): string {
  const list = matches.map((match) => xml`<d:ProbeMatch>${description(match)}</d:ProbeMatch>`);
  return message('ProbeMatches', ANONYMOUS, xml`<d:ProbeMatches>${list}</d:ProbeMatches>`, relatesTo);
}

export function helloMessage(match: ProbeMatch): string {
  return message('Hello', GROUP, xml`<d:Hello>${description(match)}</d:Hello>`);
}

function message(action: string, to: string, body: Xml, relatesTo?: string): string {
  const whole = xml`
    <s:Envelope${DECLARATIONS}>
      <s:Header>
        <wsa:MessageID>urn:uuid:${randomUUID()}</wsa:MessageID>
        ${relatesTo === undefined ? undefined : xml`<wsa:RelatesTo>${relatesTo}</wsa:RelatesTo>`}
        <wsa:To>${to}</wsa:To>
        <wsa:Action>${NS.discovery}/${action}</wsa:Action>
      </s:Header>
      <s:Body>${body}</s:Body>
    </s:Envelope>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${whole.text}`;
}

function description({ uuid, scopes, xaddrs }: ProbeMatch): Xml {
  return xml`
    ${endpointReference(uuid)}
    <d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>
    <d:Scopes>${scopes.join(' ')}</d:Scopes>
    ${xaddrs.length > 0 ? xml`<d:XAddrs>${xaddrs.join(' ')}</d:XAddrs>` : undefined}
    <d:MetadataVersion>1</d:MetadataVersion>`;
}

function endpointReference(uuid: string): Xml {
  return xml`<wsa:EndpointReference><wsa:Address>urn:uuid:${uuid}</wsa:Address></wsa:EndpointReference>`;
}
