/**
 * What a programme of the hall sees on the local broker: every device's state, and events as they are committed.
 */
import { connect, type MqttClient } from 'mqtt';
import type { DeviceRow, EventRow } from './screen.ts';
import { DEMO_HALL } from './demo-settings.ts';
import { eventText } from './event-text.ts';
import { screenTexts, type Language } from './screen-texts.ts';

export interface LocalView {
  devices(): DeviceRow[];
  newest(): readonly EventRow[];
  /** Newest sequence seen on the local broker. */
  head(): number;
  connected(): boolean;
  close(): Promise<void>;
}

const NEWEST_MAX = 12;
const RECONNECT_MS = 200;

interface SeenState {
  presence: string;
  reason?: { code: string };
}

interface SeenEvent {
  type: string;
  time: string;
  sequence: string;
  data: Record<string, unknown>;
}

/** `places` says where a device stands, by its id. */
export function watchLocalBroker(url: string, language: Language, places: ReadonlyMap<string, string>): LocalView {
  const client: MqttClient = connect(url, { clean: true, reconnectPeriod: RECONNECT_MS });
  const states = new Map<string, SeenState & { kind: string }>();
  const last = new Map<string, string>();
  const newest: EventRow[] = [];
  let head = 0;

  const enter = (device: string, event: SeenEvent) => {
    const text = eventText(event.type, event.data, language);
    const time = timeOfDay(event.time);
    last.set(device, `${time} ${text}`);
    newest.unshift({ time, device, text });
    newest.splice(NEWEST_MAX);
  };
  client.on('connect', () => {
    client.subscribe(['state', 'event/+', 'result/+'].map((channel) => `hall/v1/${DEMO_HALL}/+/+/${channel}`));
  });
  client.on('message', (topic, payload) => {
    const [, , , kind = '', device = '', channel] = topic.split('/');
    if (channel === 'state') {
      states.set(device, { kind, ...(JSON.parse(payload.toString()) as SeenState) });
      return;
    }
    const event = JSON.parse(payload.toString()) as SeenEvent;
    head = Math.max(head, Number(event.sequence));
    if (channel === 'event') enter(device, event);
  });
  client.on('error', () => undefined);

  return {
    devices: () =>
      [...states]
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([id, state]) => ({
          id,
          what: [screenTexts(language).kinds[state.kind] ?? state.kind, places.get(id)].filter(Boolean).join(' · '),
          presence: state.presence,
          ...whyOf(state, language),
          last: last.get(id) ?? '',
        })),
    newest: () => newest,
    head: () => head,
    connected: () => client.connected,
    close: () => client.endAsync(true),
  };
}

function whyOf({ presence, reason }: SeenState, language: Language): { why?: string } {
  if (presence === 'online' || reason === undefined) return {};
  return { why: screenTexts(language).reasons[reason.code] ?? reason.code };
}

function timeOfDay(instant: string): string {
  return new Date(instant).toLocaleTimeString('zh-CN', { hour12: false, timeZone: 'Asia/Shanghai' });
}
