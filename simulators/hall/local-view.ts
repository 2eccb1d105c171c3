/**
 * What a programme of the hall sees on the local broker: every device's state, and events as they are committed.
 */
import { connect, type MqttClient } from 'mqtt';
import type { DeviceRow, EventRow } from './screen.ts';
import type { HallFile } from './hall-file.ts';
import { eventText } from './event-text.ts';
import { screenTexts, type Language } from './screen-texts.ts';

export interface LocalView {
  devices(): DeviceRow[];
  newest(): readonly EventRow[];
  /** Newest sequence seen on the local broker. */
  head(): number;
  connected(): boolean;
  /** Whether a kiosk is open and offers this business, as its state says; true while it has said nothing. */
  offers(device: string, business: string): boolean;
  close(): Promise<void>;
}

const NEWEST_MAX = 12;
const RECONNECT_MS = 200;

interface SeenState {
  presence: string;
  /** Of a kiosk. */
  enabled?: boolean;
  businesses?: { businessType: { code: string } }[];
  /** Of a board. */
  areas?: { text: string }[];
  reason?: { code: string };
}

interface SeenEvent {
  type: string;
  time: string;
  sequence: string;
  data: Record<string, unknown>;
}

export function watchLocalBroker(url: string, language: Language, file: HallFile): LocalView {
  const places = placesOf(file, language);
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
    client.subscribe(['state', 'event/+'].map((channel) => `hall/v1/${file.hall.id}/+/+/${channel}`));
  });
  client.on('message', (topic, payload) => {
    const [, , , kind = '', device = '', channel] = topic.split('/');
    if (channel === 'state') {
      states.set(device, { kind, ...(JSON.parse(payload.toString()) as SeenState) });
      return;
    }
    const event = JSON.parse(payload.toString()) as SeenEvent;
    head = Math.max(head, Number(event.sequence));
    enter(device, event);
  });
  client.on('error', () => undefined);

  return {
    devices: () =>
      [...states]
        .sort(([a, one], [b, other]) => rank(one) - rank(other) || a.localeCompare(b))
        .map(([id, state]) => ({
          id,
          what: [screenTexts(language).kinds[state.kind] ?? state.kind, places.get(id)].filter(Boolean).join(' · '),
          presence: state.presence,
          ...whyOf(state, language),
          last: last.get(id) ?? state.areas?.[0]?.text ?? '',
        })),
    newest: () => newest,
    head: () => head,
    offers(device, business) {
      const { enabled = true, businesses } = states.get(device) ?? {};
      return enabled && (businesses?.some(({ businessType }) => businessType.code === business) ?? true);
    },
    connected: () => client.connected,
    close: () => client.endAsync(true),
  };
}

/** Where each device stands, by its id, in words. */
function placesOf({ devices }: HallFile, language: Language): Map<string, string> {
  const place = ({ name, window }: HallFile['devices'][number]) =>
    window === undefined ? (name ?? '') : screenTexts(language).window(window);
  return new Map(devices.map((entry) => [entry.id, place(entry)]));
}

/** What needs somebody stands first. */
function rank({ presence }: SeenState): number {
  return presence === 'offline' ? 0 : 1;
}

function whyOf({ presence, reason }: SeenState, language: Language): { why?: string } {
  if (presence === 'online' || reason === undefined) return {};
  return { why: screenTexts(language).reasons[reason.code] ?? reason.code };
}

function timeOfDay(instant: string): string {
  return new Date(instant).toLocaleTimeString('zh-CN', { hour12: false, timeZone: 'Asia/Shanghai' });
}
