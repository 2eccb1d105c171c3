/**
 * The event service (ver10/events/wsdl, WS-BaseNotification): pull points that a client creates, pulls, renews and ends.
 */
import { requireAddressing } from './addressing.ts';
import type { CameraBody } from './camera-body.ts';
import { xmlTime } from './camera-clock.ts';
import { NS } from './namespaces.ts';
import { notificationXml, topicSet } from './notification-xml.ts';
import type { CameraQuirks } from './quirks.ts';
import { invalidArgument, SoapFault } from './soap-message.ts';
import type { Place, SoapCall, SoapService } from './soap-service.ts';
import { endpoint, EVENT_PATH, subscriptionIdOf, type SubscriptionForm } from './subscription-endpoint.ts';
import { messageOrTimeout, type Subscription, type Subscriptions } from './subscriptions.ts';
import { expressionMatches, presentState, type TopicName } from './topics.ts';
import { textAt } from './xml-reading.ts';
import { xml, type Xml } from './xml-writing.ts';

export interface EventParts {
  body: CameraBody;
  quirks: CameraQuirks;
  place: () => Place;
  subscriptions: Subscriptions;
  topics: readonly TopicName[];
  form: SubscriptionForm;
  /** Wants wsa:Action and wsa:To in everything that is said to a subscription. */
  strictAddressing: boolean;
}

const DEFAULT_LIFE_MS = 60_000;
const LIFE_MAX_MS = 24 * 3_600_000;
const PULL_TIMEOUT_MAX_MS = 60_000;
const MESSAGES_MAX = 100;

export function eventService(parts: EventParts): SoapService {
  return {
    namespaces: [NS.events, NS.notification],
    serves: (path) => path.startsWith(EVENT_PATH),
    operations: {
      GetEventProperties: () => xml`
        <tev:GetEventPropertiesResponse>
          <tev:TopicNamespaceLocation>http://www.onvif.org/onvif/ver10/topics/topicns.xml</tev:TopicNamespaceLocation>
          <wsnt:FixedTopicSet>true</wsnt:FixedTopicSet>
          ${topicSet(parts.topics)}
          <wsnt:TopicExpressionDialect>http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet</wsnt:TopicExpressionDialect>
        </tev:GetEventPropertiesResponse>`,
      CreatePullPointSubscription: (call) => create(parts, call),
      PullMessages: (call) => pull(parts, call),
      Renew(call) {
        const subscription = subscriptionOf(parts, call);
        prolong(subscription, lifeIn(parts.body, textAt(call.body, 'TerminationTime')));
        return xml`<wsnt:RenewResponse>${times(parts.body, subscription, 'wsnt')}</wsnt:RenewResponse>`;
      },
      Unsubscribe(call) {
        parts.subscriptions.remove(subscriptionOf(parts, call).id);
        return xml`<wsnt:UnsubscribeResponse/>`;
      },
      SetSynchronizationPoint(call) {
        fillIn(parts, subscriptionOf(parts, call));
        return xml`<tev:SetSynchronizationPointResponse/>`;
      },
    },
  };
}

function create(parts: EventParts, { body: request }: SoapCall): Xml {
  const expression = textAt(request, 'Filter', 'TopicExpression');
  const subscription = parts.subscriptions.create(
    lifeIn(parts.body, textAt(request, 'InitialTerminationTime')),
    ({ topic }) => expression === undefined || expressionMatches(expression, topic),
  );
  if (!subscription) {
    const reason = 'The maximum number of pull points is reached';
    throw new SoapFault('Receiver', ['wsnt:SubscribeCreationFailedFault'], reason);
  }
  if (!parts.quirks.silentStart) fillIn(parts, subscription);
  return xml`
    <tev:CreatePullPointSubscriptionResponse>
      <tev:SubscriptionReference>${endpoint(parts.form, parts.place().web, subscription.id)}</tev:SubscriptionReference>
      ${times(parts.body, subscription, 'wsnt')}
    </tev:CreatePullPointSubscriptionResponse>`;
}

/** Tells how everything is, to this subscriber only. */
function fillIn({ body, topics }: EventParts, subscription: Subscription): void {
  subscription.queue.push(...presentState(topics, body).filter((each) => subscription.wants(each)));
  subscription.wake?.();
}

async function pull(parts: EventParts, call: SoapCall): Promise<Xml> {
  const { body, quirks } = parts;
  const subscription = subscriptionOf(parts, call);
  const timeoutMs = durationMs(textAt(call.body, 'Timeout') ?? '');
  const limit = Number(textAt(call.body, 'MessageLimit'));
  if (timeoutMs === undefined || !(limit >= 1))
    throw invalidArgument('ter:InvalidArgs', 'Timeout or MessageLimit is wrong');
  if (!quirks.pullAnswersAtOnce) {
    await messageOrTimeout(subscription, Math.min(timeoutMs, PULL_TIMEOUT_MAX_MS), call.signal);
  }
  if (subscription.over) throw unknownSubscription();
  if (quirks.pullExtends) prolong(subscription, Math.max(subscription.endsAtMs - performance.now(), DEFAULT_LIFE_MS));
  // Nobody is there any more: what waits is for the next pull.
  const messages = call.signal.aborted ? [] : subscription.queue.splice(0, Math.min(limit, MESSAGES_MAX));
  const reference = endpoint(parts.form, parts.place().web, subscription.id);
  return xml`
    <tev:PullMessagesResponse>
      ${times(body, subscription, 'tev')}
      ${messages.map((message) => notificationXml(message, reference))}
    </tev:PullMessagesResponse>`;
}

function prolong(subscription: Subscription, lifeMs: number): void {
  subscription.endsAtMs = performance.now() + lifeMs;
}

/** @throws SoapFault when it is over, or its reference was not repeated as it was given. */
function subscriptionOf(parts: EventParts, call: SoapCall): Subscription {
  const id = subscriptionIdOf(parts.form, call);
  const subscription = id === undefined ? undefined : parts.subscriptions.find(id);
  if (!subscription) throw unknownSubscription();
  if (parts.strictAddressing) requireAddressing(call, parts.place().web + call.path);
  return subscription;
}

function unknownSubscription(): SoapFault {
  return new SoapFault('Sender', ['wsrf-rw:ResourceUnknownFault'], 'The subscription is unknown or over');
}

function times({ clock }: CameraBody, { endsAtMs }: Subscription, prefix: 'wsnt' | 'tev'): Xml {
  const now = clock.time();
  const [current, end] = [xmlTime(now), xmlTime(now + endsAtMs - performance.now())];
  return prefix === 'wsnt'
    ? xml`<wsnt:CurrentTime>${current}</wsnt:CurrentTime><wsnt:TerminationTime>${end}</wsnt:TerminationTime>`
    : xml`<tev:CurrentTime>${current}</tev:CurrentTime><tev:TerminationTime>${end}</tev:TerminationTime>`;
}

/** A life in milliseconds: a duration, or a moment by the camera's clock. @throws SoapFault for neither, or a moment that is over. */
function lifeIn({ clock }: CameraBody, text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_LIFE_MS;
  const lifeMs = durationMs(text) ?? Date.parse(text) - clock.time();
  if (!(lifeMs > 0)) {
    throw new SoapFault(
      'Sender',
      ['wsnt:UnacceptableInitialTerminationTimeFault'],
      'The termination time is not acceptable',
    );
  }
  return Math.min(lifeMs, LIFE_MAX_MS);
}

/** `PT1M30.5S`, `P1DT2H` in milliseconds; undefined for anything else. XML Schema part 2, section 3.2.6; no months, no years. */
export function durationMs(text: string): number | undefined {
  const parts = /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text);
  if (!parts) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part || 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000;
}
