/**
 * A subscription at a camera, read by long requests: the camera holds each until something happens or its time is over.
 * Everything that the camera put into the subscription's reference is given back to it (many hold the subscription's
 * number there), and the subscription is renewed when pulling alone does not lengthen it. A new one begins with how things
 * stand: many cameras say that only when they are asked to.
 *
 * Source: ONVIF Core 2.0 sections 9.2 (real-time pull point) and 9.6 (synchronization point), WS-BaseNotification 1.3 sections 6.1.1 and 6.1.2,
 * WS-Addressing 1.0 Core section 2.1 and SOAP binding section 3 (reference parameters).
 */
import { randomUUID } from 'node:crypto';
import { isHallError, HallError } from '../../gateway/kernel/errors.ts';
import type { CameraLink } from './onvif-link.ts';
import { readNotification, type Notification } from './onvif-notifications.ts';
import { addressing, envelope, NAMESPACE } from './onvif-soap.ts';
import { childrenOf, descend, writeXml, type XmlElement } from './onvif-xml.ts';

export interface PullPoint {
  /**
   * Waits for notifications, up to `pullMs`; an empty list when nothing happened.
   *
   * @throws as `CameraLink.ask`: `camera.answer-refused` when the camera has forgotten the subscription.
   */
  pull(): Promise<Notification[]>;
  /** Gives the subscription back; a camera has few. Never throws. */
  end(): Promise<void>;
}

const MESSAGES_MAX = 50;
/** The subscription outlives this many pulls. */
const LIFE_PULLS = 3;
const SLACK_MS = 10_000;
const ADDRESSING = 'http://www.w3.org/2005/08/addressing';

/** @throws as `CameraLink.ask`. */
export async function openPullPoint(link: CameraLink, events: string, pullMs: number): Promise<PullPoint> {
  const life = duration(pullMs * LIFE_PULLS);
  const created = await link.ask({
    envelope: envelope(
      `<CreatePullPointSubscription xmlns="${NAMESPACE.events}"><InitialTerminationTime>${life}</InitialTerminationTime>` +
        '</CreatePullPointSubscription>',
    ),
    to: events,
    action: `${NAMESPACE.events}/EventPortType/CreatePullPointSubscriptionRequest`,
  });
  const response = descend(created.body, 'CreatePullPointSubscriptionResponse');
  const reference = descend(response, 'SubscriptionReference');
  const address = descend(reference, 'Address')?.text;
  if (!address) {
    throw new HallError('camera.answer-broken', { message: 'The camera gave no address for the subscription.' });
  }
  const parameters = referenceParameters(reference);
  let renewals = true;
  let renewalIsDue = false;

  const ask = (body: string, action: string, more: { timeoutMs?: number; farewell?: boolean } = {}) =>
    link.ask({
      envelope: envelope(body, addressing(address, action, randomUUID()) + parameters),
      to: address,
      action,
      ...more,
    });
  const renew = async () => {
    const body = `<Renew xmlns="${NAMESPACE.notification}"><TerminationTime>${life}</TerminationTime></Renew>`;
    await ask(body, `${NAMESPACE.notification.replace('/b-2', '/bw-2')}/SubscriptionManager/RenewRequest`).catch(
      (thrown: unknown) => {
        // A camera without Renew lengthens by pulling alone; if it does not, the next pull says so.
        if (!isHallError(thrown) || thrown.code !== 'camera.answer-refused') throw thrown;
        renewals = false;
      },
    );
  };
  const askHowThingsStand = async () => {
    const action = `${NAMESPACE.events}/PullPointSubscription/SetSynchronizationPointRequest`;
    // It must not cost the subscription: a camera that does not know this may say at once how things stand, or change later.
    await ask(`<SetSynchronizationPoint xmlns="${NAMESPACE.events}"/>`, action).catch((thrown: unknown) => {
      if (!isHallError(thrown)) throw thrown;
    });
  };
  await askHowThingsStand();
  return {
    async pull() {
      // Not behind the answer that said so: what the camera told there would be lost with a renewal that fails.
      if (renewalIsDue) await renew();
      const body =
        `<PullMessages xmlns="${NAMESPACE.events}"><Timeout>${duration(pullMs)}</Timeout>` +
        `<MessageLimit>${MESSAGES_MAX}</MessageLimit></PullMessages>`;
      const action = `${NAMESPACE.events}/PullPointSubscription/PullMessagesRequest`;
      const answer = await ask(body, action, { timeoutMs: pullMs + SLACK_MS });
      const pulled = descend(answer.body, 'PullMessagesResponse');
      renewalIsDue = renewals && remainingMs(pulled) < pullMs * 2;
      return childrenOf(pulled, 'NotificationMessage').flatMap((message) => readNotification(message) ?? []);
    },
    async end() {
      const action = `${NAMESPACE.notification.replace('/b-2', '/bw-2')}/SubscriptionManager/UnsubscribeRequest`;
      const body = `<Unsubscribe xmlns="${NAMESPACE.notification}"/>`;
      await ask(body, action, { farewell: true }).catch(() => undefined);
    },
  };
}

/** What must be in every request's header, each marked as a reference parameter. */
function referenceParameters(reference: XmlElement | undefined): string {
  const parameters = descend(reference, 'ReferenceParameters')?.children ?? [];
  return parameters
    .map((parameter) => writeXml(parameter, ` wsa:IsReferenceParameter="true" xmlns:wsa="${ADDRESSING}"`))
    .join('');
}

/** By the camera's own clock; NaN (no renewal) when it does not say. */
function remainingMs(pulled: XmlElement | undefined): number {
  const at = (name: string) => Date.parse(descend(pulled, name)?.text ?? '');
  return at('TerminationTime') - at('CurrentTime');
}

function duration(ms: number): string {
  return `PT${Math.max(1, Math.round(ms / 1_000))}S`;
}
