/**
 * Notifications and the set of topics, written as XML (ONVIF core specification, sections 9.5 and 9.6).
 */
import { xmlTime } from './camera-clock.ts';
import { topicLayout, type Notification, type TopicName } from './topics.ts';
import { rawXml, xml, type Xml } from './xml-writing.ts';

/** One message of a PullMessages answer; `reference` is the endpoint of its subscription. */
export function notificationXml({ topic, operation, timeMs, source, data }: Notification, reference: Xml): Xml {
  return xml`
    <wsnt:NotificationMessage>
      <wsnt:SubscriptionReference>${reference}</wsnt:SubscriptionReference>
      <wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">tns1:${topic}</wsnt:Topic>
      <wsnt:Message>
        <tt:Message UtcTime="${xmlTime(timeMs)}" PropertyOperation="${operation}">
          <tt:Source>${Object.entries(source).map(([name, value]) => simpleItem(name, value))}</tt:Source>
          <tt:Data>${simpleItem(data.name, data.value)}</tt:Data>
        </tt:Message>
      </wsnt:Message>
    </wsnt:NotificationMessage>`;
}

function simpleItem(name: string, value: string): Xml {
  return xml`<tt:SimpleItem Name="${name}" Value="${value}"/>`;
}

type Branch = Map<string, Branch>;

/** All topics as the tree that GetEventProperties answers with. */
export function topicSet(topics: readonly TopicName[]): Xml {
  const root: Branch = new Map();
  for (const topic of topics) {
    topic.split('/').reduce((branch, part) => {
      const next = branch.get(part) ?? new Map<string, never>();
      branch.set(part, next);
      return next;
    }, root);
  }
  const branches = [...root].map(([name, below]) => branchXml(`tns1:${name}`, below, name, topics));
  return xml`<wstop:TopicSet>${branches}</wstop:TopicSet>`;
}

function branchXml(tag: string, below: Branch, path: string, topics: readonly TopicName[]): Xml {
  const leaf = topics.find((topic) => topic === path);
  const content = leaf
    ? [description(leaf)]
    : [...below].map(([name, next]) => branchXml(name, next, `${path}/${name}`, topics));
  const name = rawXml(tag);
  return xml`<${name}${leaf ? rawXml(' wstop:topic="true"') : undefined}>${content}</${name}>`;
}

function description(topic: TopicName): Xml {
  const { source, token, data } = topicLayout(topic);
  const names = token === undefined ? Object.keys(source) : [...Object.keys(source), token];
  return xml`
    <tt:MessageDescription IsProperty="true">
      <tt:Source>
        ${names.map((name) => xml`<tt:SimpleItemDescription Name="${name}" Type="tt:ReferenceToken"/>`)}
      </tt:Source>
      <tt:Data><tt:SimpleItemDescription Name="${data.name}" Type="${data.type}"/></tt:Data>
    </tt:MessageDescription>`;
}
