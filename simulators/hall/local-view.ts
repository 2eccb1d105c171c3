/**
 * What a programme of the hall sees on the local broker: every device's state, and events as they are committed.
 */
import { connect, type MqttClient } from 'mqtt';
import type { DeviceRow, EventRow } from './screen.ts';
import { DEMO_HALL } from './demo-settings.ts';
import { eventText } from './event-text.ts';
import type { Language } from './screen-texts.ts';

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

interface SeenEvent {
  source: string;
  type: string;
  time: string;
  sequence: string;
  data: Record<string, unknown>;
}

export function watchLocalBroker(url: string, language: Language): LocalView {
  const client: MqttClient = connect(url, { clean: true, reconnectPeriod: RECONNECT_MS });
  const presences = new Map<string, { kind: string; presence: string }>();
  const last = new Map<string, string>();
  const newest: EventRow[] = [];
  let head = 0;

  client.on('connect', () => {
    client.subscribe([`hall/v1/${DEMO_HALL}/+/+/state`, `hall/v1/${DEMO_HALL}/+/+/event/+`]);
  });
  client.on('message', (topic, payload) => {
    const [, , , kind = '', device = '', channel] = topic.split('/');
    if (channel === 'state') {
      const { presence } = JSON.parse(payload.toString()) as { presence: string };
      presences.set(device, { kind, presence });
      return;
    }
    const event = JSON.parse(payload.toString()) as SeenEvent;
    head = Math.max(head, Number(event.sequence));
    if (channel !== 'event') return;
    const text = eventText(event.type, event.data, language);
    const time = new Date(event.time).toLocaleTimeString('zh-CN', { hour12: false, timeZone: 'Asia/Shanghai' });
    last.set(device, `${text}  ${time}`);
    newest.unshift({ time, device, text });
    newest.splice(NEWEST_MAX);
  });
  client.on('error', () => undefined);

  return {
    devices: () =>
      [...presences]
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([id, { kind, presence }]) => ({ id, what: kind, presence, last: last.get(id) ?? '' })),
    newest: () => newest,
    head: () => head,
    connected: () => client.connected,
    close: () => client.endAsync(true),
  };
}
