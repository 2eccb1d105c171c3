/**
 * The namespaces of ONVIF and of what it stands on, as its WSDL files name them.
 */
export const NS = {
  soap: 'http://www.w3.org/2003/05/soap-envelope',
  addressing: 'http://www.w3.org/2005/08/addressing',
  notification: 'http://docs.oasis-open.org/wsn/b-2',
  topics: 'http://docs.oasis-open.org/wsn/t-1',
  resource: 'http://docs.oasis-open.org/wsrf/rw-2',
  security: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd',
  error: 'http://www.onvif.org/ver10/error',
  schema: 'http://www.onvif.org/ver10/schema',
  onvifTopics: 'http://www.onvif.org/ver10/topics',
  device: 'http://www.onvif.org/ver10/device/wsdl',
  media: 'http://www.onvif.org/ver10/media/wsdl',
  media2: 'http://www.onvif.org/ver20/media/wsdl',
  ptz: 'http://www.onvif.org/ver20/ptz/wsdl',
  events: 'http://www.onvif.org/ver10/events/wsdl',
  /** Of WS-Discovery, which is older than the rest and has an addressing of its own. */
  discovery: 'http://schemas.xmlsoap.org/ws/2005/04/discovery',
  discoveryAddressing: 'http://schemas.xmlsoap.org/ws/2004/08/addressing',
  networkTypes: 'http://www.onvif.org/ver10/network/wsdl',
} as const;
