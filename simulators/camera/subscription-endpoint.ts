/**
 * How a camera names a subscription to its client: by an address of its own, or by reference parameters that the client has to
 * repeat in the header of everything it says to the subscription (WS-Addressing 1.0 core, section 2.1 and SOAP binding, section 3).
 */
import type { SoapCall } from './soap-service.ts';
import { textAt } from './xml-reading.ts';
import { xml, type Xml } from './xml-writing.ts';

/**
 * `address`: the number is in the path. `axis-parameter`: one parameter, as Axis sends it. `vendor-parameters`: two of a
 * namespace that no client has heard of; both must come back.
 */
export type SubscriptionForm = 'address' | 'axis-parameter' | 'vendor-parameters';

export const EVENT_PATH = '/onvif/event_service';
const SUBSCRIPTION_PATH = `${EVENT_PATH}/subscription`;
const AXIS = 'http://www.axis.com/2009/event';
const VENDOR = 'urn:example:camera:subscription';
const VENDOR_REALM = 'hall & "entrance"';

/** The endpoint reference of a subscription. */
export function endpoint(form: SubscriptionForm, web: string, id: string): Xml {
  const address = (path: string) => xml`<wsa5:Address>${web + path}</wsa5:Address>`;
  switch (form) {
    case 'address':
      return address(`${SUBSCRIPTION_PATH}/${id}`);
    case 'axis-parameter':
      return xml`
        ${address(SUBSCRIPTION_PATH)}
        <wsa5:ReferenceParameters>
          <dom0:SubscriptionId xmlns:dom0="${AXIS}">${id}</dom0:SubscriptionId>
        </wsa5:ReferenceParameters>`;
    case 'vendor-parameters':
      return xml`
        ${address(SUBSCRIPTION_PATH)}
        <wsa5:ReferenceParameters>
          <v:Pull xmlns:v="${VENDOR}" v:kind="pull"><v:Number>${id}</v:Number></v:Pull>
          <v:Realm xmlns:v="${VENDOR}">${VENDOR_REALM}</v:Realm>
        </wsa5:ReferenceParameters>`;
  }
}

/** The subscription that a request is for, or undefined when it did not repeat what it was given. */
export function subscriptionIdOf(form: SubscriptionForm, { path, header }: SoapCall): string | undefined {
  const parameter = (namespace: string, name: string) =>
    header?.children.find((child) => child.namespace === namespace && child.name === name);
  if (form === 'address') return path.slice(`${SUBSCRIPTION_PATH}/`.length);
  if (path !== SUBSCRIPTION_PATH) return undefined;
  if (form === 'axis-parameter') return parameter(AXIS, 'SubscriptionId')?.text;
  const isWhole = parameter(VENDOR, 'Realm')?.text === VENDOR_REALM;
  return isWhole ? textAt(parameter(VENDOR, 'Pull'), 'Number') : undefined;
}
