/**
 * SOAP 1.2 envelopes as cameras write them (all namespaces declared at the top), and the faults of the ONVIF core specification.
 */
import { NS } from './namespaces.ts';
import { childOf, readXml, textAt, type XmlElement } from './xml-reading.ts';
import { rawXml, xml, type Xml } from './xml-writing.ts';

/** A request that could be read. */
export interface SoapRequest {
  /** The only child of the body. */
  readonly body: XmlElement;
  readonly header: XmlElement | undefined;
  readonly messageId: string | undefined;
}

/** What a service refuses, and how. The subcode is a qualified name: `ter:NotAuthorized`. */
export class SoapFault extends Error {
  readonly who: 'Sender' | 'Receiver';
  readonly subcodes: readonly string[];
  readonly status: number;

  constructor(who: SoapFault['who'], subcodes: readonly string[], reason: string, status?: number) {
    super(reason);
    this.who = who;
    this.subcodes = subcodes;
    this.status = status ?? (who === 'Sender' ? 400 : 500);
  }
}

export function notAuthorized(status: number): SoapFault {
  return new SoapFault('Sender', ['ter:NotAuthorized'], 'Sender not Authorized', status);
}

export function actionNotSupported(): SoapFault {
  return new SoapFault('Receiver', ['ter:ActionNotSupported'], 'Optional Action Not Implemented');
}

export function invalidArgument(detail: string, reason: string): SoapFault {
  return new SoapFault('Sender', ['ter:InvalidArgVal', detail], reason);
}

/** The request in a body, or undefined when it is no SOAP 1.2 message. */
export function readSoap(text: string): SoapRequest | undefined {
  const envelope = readXml(text);
  if (envelope?.namespace !== NS.soap || envelope.name !== 'Envelope') return undefined;
  const body = childOf(envelope, 'Body')?.children[0];
  const header = childOf(envelope, 'Header');
  return body && { body, header, messageId: textAt(header, 'MessageID') };
}

const PREFIXES = {
  s: NS.soap,
  wsa5: NS.addressing,
  wsnt: NS.notification,
  wstop: NS.topics,
  'wsrf-rw': NS.resource,
  ter: NS.error,
  tt: NS.schema,
  tns1: NS.onvifTopics,
  tds: NS.device,
  trt: NS.media,
  tr2: NS.media2,
  tptz: NS.ptz,
  tev: NS.events,
};
const DECLARATIONS = rawXml(
  Object.entries(PREFIXES)
    .map(([prefix, address]) => ` xmlns:${prefix}="${address}"`)
    .join(''),
);

/** A whole answer; `header` is what belongs into the SOAP header, if anything. */
export function envelope(body: Xml, header?: Xml): string {
  const head = header && xml`<s:Header>${header}</s:Header>`;
  const whole = xml`<s:Envelope${DECLARATIONS}>${head}<s:Body>${body}</s:Body></s:Envelope>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${whole.text}`;
}

export function faultBody(fault: SoapFault): Xml {
  return xml`
    <s:Fault>
      <s:Code><s:Value>s:${fault.who}</s:Value>${subcode(fault.subcodes)}</s:Code>
      <s:Reason><s:Text xml:lang="en">${fault.message}</s:Text></s:Reason>
    </s:Fault>`;
}

function subcode([first, ...rest]: readonly string[]): Xml | undefined {
  return first === undefined ? undefined : xml`<s:Subcode><s:Value>${first}</s:Value>${subcode(rest)}</s:Subcode>`;
}
