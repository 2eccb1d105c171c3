/**
 * What the camera tells, topic by topic (ONVIF imaging, analytics, device IO and media specifications): which sense is behind it,
 * and how its message is laid out. One sense may be told under several topics, as real cameras do.
 */
import { senseKey, type CameraBody, type Sense } from './camera-body.ts';

export type TopicName = keyof typeof TOPICS;

interface Topic {
  sense: Sense | 'processor-usage';
  source: Readonly<Record<string, string>>;
  /** The name of the source item that says which input or relay it is. */
  token?: string;
  data: { name: string; type: string; on: string; off: string };
}

const BOOLEAN = { type: 'xs:boolean', on: 'true', off: 'false' };
const VIDEO = { Source: 'VideoSource_1' };
const RULE = {
  VideoSourceConfigurationToken: 'VideoSourceToken',
  VideoAnalyticsConfigurationToken: 'VideoAnalyticsToken',
};

const TOPICS = {
  'VideoSource/MotionAlarm': { sense: 'motion', source: VIDEO, data: { name: 'State', ...BOOLEAN } },
  'RuleEngine/CellMotionDetector/Motion': {
    sense: 'motion',
    source: { ...RULE, Rule: 'MyMotionDetectorRule' },
    data: { name: 'IsMotion', ...BOOLEAN },
  },
  'VideoSource/GlobalSceneChange/ImagingService': {
    sense: 'tamper',
    source: VIDEO,
    data: { name: 'State', ...BOOLEAN },
  },
  'VideoSource/GlobalSceneChange/AnalyticsService': {
    sense: 'tamper',
    source: VIDEO,
    data: { name: 'State', ...BOOLEAN },
  },
  'RuleEngine/TamperDetector/Tamper': {
    sense: 'tamper',
    source: { ...RULE, Rule: 'MyTamperDetectorRule' },
    data: { name: 'IsTamper', ...BOOLEAN },
  },
  'VideoSource/SignalLoss': { sense: 'video-loss', source: VIDEO, data: { name: 'State', ...BOOLEAN } },
  'VideoSource/ConnectionFailed': { sense: 'video-loss', source: VIDEO, data: { name: 'State', ...BOOLEAN } },
  'Device/Trigger/DigitalInput': {
    sense: 'digital-input',
    source: {},
    token: 'InputToken',
    data: { name: 'LogicalState', ...BOOLEAN },
  },
  'Device/Trigger/Relay': {
    sense: 'relay',
    source: {},
    token: 'RelayToken',
    data: { name: 'LogicalState', type: 'tt:RelayLogicalState', on: 'active', off: 'inactive' },
  },
  'Monitoring/ProcessorUsage': {
    sense: 'processor-usage',
    source: { Token: 'Processor_1' },
    data: { name: 'Value', type: 'xs:float', on: '', off: '0' },
  },
} as const satisfies Record<string, Topic>;

/** What a common camera tells. */
export const USUAL_TOPICS: readonly TopicName[] = [
  'VideoSource/MotionAlarm',
  'RuleEngine/CellMotionDetector/Motion',
  'VideoSource/GlobalSceneChange/ImagingService',
  'VideoSource/SignalLoss',
  'Device/Trigger/DigitalInput',
];

/** One message about one property. */
export interface Notification {
  topic: TopicName;
  /** `Initialized` says how it is, `Changed` that it has just become so. */
  operation: 'Initialized' | 'Changed';
  timeMs: number;
  source: Readonly<Record<string, string>>;
  data: { name: string; value: string };
}

export function topicLayout(name: TopicName): Topic {
  return TOPICS[name];
}

/** The messages that one change of a sense makes, one for each topic. */
export function changesOf(
  topics: readonly TopicName[],
  change: { what: Topic['sense']; value: boolean | number; token?: string | undefined; timeMs: number },
): Notification[] {
  const concerned = topics.filter((name) => topicLayout(name).sense === change.what);
  return concerned.map((topic) => message(topic, 'Changed', change));
}

/** How everything is now, as a new subscriber is told. */
export function presentState(topics: readonly TopicName[], { build, senses, clock }: CameraBody): Notification[] {
  return topics.flatMap((topic) => {
    const { sense, token } = topicLayout(topic);
    if (sense === 'processor-usage') return [];
    const tokens = token === undefined ? [undefined] : sense === 'relay' ? build.relays : build.inputs;
    return tokens.map((each) =>
      message(topic, 'Initialized', {
        value: senses.get(senseKey(sense, each)) ?? false,
        token: each,
        timeMs: clock.time(),
      }),
    );
  });
}

function message(
  topic: TopicName,
  operation: Notification['operation'],
  state: { value: boolean | number; token?: string | undefined; timeMs: number },
): Notification {
  const { source, token, data } = topicLayout(topic);
  const named = token === undefined ? source : { ...source, [token]: state.token ?? '' };
  const value = typeof state.value === 'number' ? String(state.value) : state.value ? data.on : data.off;
  return { topic, operation, timeMs: state.timeMs, source: named, data: { name: data.name, value } };
}

/**
 * Whether a topic expression (ConcreteSet dialect: alternatives by `|`, a whole branch by `//.`) asks for a topic.
 *
 * Source: ONVIF core specification, section 9.7.3. Prefixes are those of the client, so only local names are compared.
 */
export function expressionMatches(expression: string, topic: TopicName): boolean {
  return expression.split('|').some((alternative) => {
    const wanted = alternative.trim().replace(/[^/|:]+:/g, '');
    return wanted.endsWith('//.') ? `${topic}/`.startsWith(`${wanted.slice(0, -3)}/`) : wanted === topic;
  });
}
