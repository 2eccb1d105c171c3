/**
 * Envelopes for the requests that the driver makes itself: the time, the services, the events.
 */
import { escapeXml } from './onvif-xml.ts';

export const NAMESPACE = {
  device: 'http://www.onvif.org/ver10/device/wsdl',
  media: 'http://www.onvif.org/ver10/media/wsdl',
  media2: 'http://www.onvif.org/ver20/media/wsdl',
  ptz: 'http://www.onvif.org/ver20/ptz/wsdl',
  events: 'http://www.onvif.org/ver10/events/wsdl',
  notification: 'http://docs.oasis-open.org/wsn/b-2',
  schema: 'http://www.onvif.org/ver10/schema',
} as const;

/** An envelope around `body`; `headers` are complete elements. */
export function envelope(body: string, headers = ''): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing">' +
    `<s:Header>${headers}</s:Header><s:Body>${body}</s:Body></s:Envelope>`
  );
}

/** WS-Addressing headers of a request to a subscription (WS-Addressing 1.0 SOAP binding, section 3). */
export function addressing(to: string, action: string, messageId: string): string {
  return (
    `<a:Action s:mustUnderstand="1">${action}</a:Action><a:MessageID>urn:uuid:${messageId}</a:MessageID>` +
    '<a:ReplyTo><a:Address>http://www.w3.org/2005/08/addressing/anonymous</a:Address></a:ReplyTo>' +
    `<a:To s:mustUnderstand="1">${escapeXml(to)}</a:To>`
  );
}
