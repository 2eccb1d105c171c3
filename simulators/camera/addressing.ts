/**
 * WS-Addressing 1.0 as the event service uses it: the action of each operation, and what a strict camera wants in the header.
 */
import { NS } from './namespaces.ts';
import { SoapFault, type SoapRequest } from './soap-message.ts';
import { textAt } from './xml-reading.ts';
import { xml, type Xml } from './xml-writing.ts';

const SUBSCRIPTION_MANAGER = 'http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager';
const ACTIONS: Readonly<Record<string, string>> = {
  GetEventProperties: `${NS.events}/EventPortType/GetEventProperties`,
  CreatePullPointSubscription: `${NS.events}/EventPortType/CreatePullPointSubscription`,
  PullMessages: `${NS.events}/PullPointSubscription/PullMessages`,
  SetSynchronizationPoint: `${NS.events}/PullPointSubscription/SetSynchronizationPoint`,
  Renew: `${SUBSCRIPTION_MANAGER}/Renew`,
  Unsubscribe: `${SUBSCRIPTION_MANAGER}/Unsubscribe`,
};

/** The header of an answer: whose answer it is, when the request had a name. */
export function answerHeader({ messageId, body }: SoapRequest): Xml | undefined {
  if (messageId === undefined) return undefined;
  const action = ACTIONS[body.name] ?? `${body.namespace}/${body.name}`;
  return xml`<wsa5:RelatesTo>${messageId}</wsa5:RelatesTo><wsa5:Action>${action}Response</wsa5:Action>`;
}

/** @throws SoapFault when the action or the address is missing or of something else. */
export function requireAddressing({ header, body }: SoapRequest, to: string): void {
  const action = ACTIONS[body.name];
  if (textAt(header, 'Action') !== `${action ?? ''}Request` || textAt(header, 'To') !== to) {
    throw new SoapFault('Sender', ['wsa5:MessageAddressingHeaderRequired'], 'A required header is missing or wrong');
  }
}
