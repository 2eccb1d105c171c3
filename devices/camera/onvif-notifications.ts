/**
 * What a notification of a camera means to the hall.
 *
 *   topic (without prefixes)                          Data item            means
 *   VideoSource/MotionAlarm                           State                motion
 *   RuleEngine/CellMotionDetector/Motion              IsMotion             motion
 *   RuleEngine/MotionRegionDetector/Motion            State                motion
 *   VideoSource/GlobalSceneChange/ImagingService|...  State                tamper
 *   RuleEngine/TamperDetector/Tamper                  IsTamper             tamper
 *   VideoSource/SignalLoss|ConnectionFailed|VideoLoss State                video loss
 *   Device/Trigger/DigitalInput                       LogicalState         digital input, named by InputToken
 *
 * Source: ONVIF Imaging, Analytics and Core (section 9.4 and appendix A) specifications; the names for video loss differ
 * between makers, so are three of them taken. The state is the item of these names, or else the only boolean.
 */
import type { SignalName } from './kind.ts';
import { childrenOf, descend, type XmlElement } from './onvif-xml.ts';

export interface Notification {
  signal: SignalName;
  active: boolean;
  /** The camera's name of what noticed it: with the topic, identity of the sensor. */
  source: string;
  topic: string;
  /** `initialized` and `deleted` tell how things stand, not that something happened. */
  operation: 'initialized' | 'changed' | 'deleted';
  /** Milliseconds since 1970 by the camera's clock, where it told them. */
  deviceTimeMs: number | undefined;
}

const SIGNALS: readonly { topic: RegExp; signal: SignalName }[] = [
  {
    topic: /^VideoSource\/MotionAlarm$|^RuleEngine\/(?:CellMotionDetector|MotionRegionDetector)\/Motion$/,
    signal: 'motion',
  },
  { topic: /^VideoSource\/GlobalSceneChange(?:\/|$)|^RuleEngine\/TamperDetector(?:\/|$)/, signal: 'tamper' },
  { topic: /^VideoSource\/(?:SignalLoss|ConnectionFailed|VideoLoss)(?:\/|$)/, signal: 'video-loss' },
  { topic: /^Device\/Trigger\/DigitalInput$/, signal: 'digital-input' },
];
const STATE_ITEMS = new Set(['State', 'IsMotion', 'IsTamper', 'LogicalState', 'Active']);
const TRUE = new Set(['true', '1', 'on', 'active']);
const FALSE = new Set(['false', '0', 'off', 'inactive']);
const SOURCE_CHARACTERS_MAX = 128;
const TOPIC_CHARACTERS_MAX = 256;
/** Beyond these an instant has no four digits for its year, and an event that tells it would be refused. */
const TIME_MS = { min: Date.UTC(1970, 0, 1), max: Date.UTC(9999, 11, 31) };

/** The meaning of one NotificationMessage, or undefined when the hall has no use for it. */
export function readNotification(message: XmlElement): Notification | undefined {
  const topic = plainTopic(descend(message, 'Topic')?.text ?? '').slice(0, TOPIC_CHARACTERS_MAX);
  const signal = SIGNALS.find((known) => known.topic.test(topic))?.signal;
  const content = descend(message, 'Message', 'Message');
  if (!signal || !content) return undefined;
  const active = stateOf(simpleItems(descend(content, 'Data')));
  if (active === undefined) return undefined;
  return {
    signal,
    active,
    source: sourceOf(simpleItems(descend(content, 'Source')), signal).slice(0, SOURCE_CHARACTERS_MAX),
    topic,
    operation: operationOf(content.attributes.get('PropertyOperation')),
    deviceTimeMs: timeOf(content.attributes.get('UtcTime')),
  };
}

/** `tns1:VideoSource/tns1:MotionAlarm` and `tns1:VideoSource/MotionAlarm` are one topic. */
function plainTopic(text: string): string {
  return text
    .split('/')
    .map((part) => part.slice(part.indexOf(':') + 1).trim())
    .join('/');
}

function simpleItems(parent: XmlElement | undefined): ReadonlyMap<string, string> {
  const items = childrenOf(parent, 'SimpleItem');
  return new Map(items.map(({ attributes }) => [attributes.get('Name') ?? '', attributes.get('Value') ?? '']));
}

function stateOf(items: ReadonlyMap<string, string>): boolean | undefined {
  const named = [...items].find(([name]) => STATE_ITEMS.has(name));
  if (named) return booleanOf(named[1]);
  const booleans = [...items.values()].map(booleanOf).filter((value) => value !== undefined);
  return booleans.length === 1 ? booleans[0] : undefined;
}

function booleanOf(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  if (TRUE.has(word)) return true;
  return FALSE.has(word) ? false : undefined;
}

function sourceOf(items: ReadonlyMap<string, string>, signal: SignalName): string {
  const wanted = signal === 'digital-input' ? items.get('InputToken') : undefined;
  return wanted ?? items.get('Source') ?? items.get('VideoSourceConfigurationToken') ?? [...items.values()][0] ?? '';
}

function operationOf(text: string | undefined): Notification['operation'] {
  if (text === 'Initialized') return 'initialized';
  return text === 'Deleted' ? 'deleted' : 'changed';
}

function timeOf(text: string | undefined): number | undefined {
  // xs:dateTime without a zone is UTC here: the attribute is called UtcTime.
  const timeMs = Date.parse(text !== undefined && /\d$/.test(text) ? `${text}Z` : (text ?? ''));
  return timeMs >= TIME_MS.min && timeMs <= TIME_MS.max ? timeMs : undefined;
}
