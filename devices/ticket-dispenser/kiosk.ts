/**
 * What a kiosk remembers and shows, on every wire: whether people may take tickets, which businesses are offered, and its
 * newest state. A request becomes a record only while the kiosk is open and the business is offered.
 */
import { z } from 'zod';
import type { CursorUpdate, Hall } from '../../gateway/kernel/driver.ts';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import { parseJson } from '../../gateway/kernel/json.ts';
import { ticketDispenser, type TicketDispenser } from './kind.ts';

export type KioskState = Parameters<Hall<TicketDispenser>['state']>[0];
type TicketRequest = z.input<(typeof ticketDispenser)['events']['ticket.requested']['data']>;

/** What outlives a restart. */
const memorySchema = z.strictObject({
  enabled: z.boolean(),
  businesses: ticketDispenser.state.shape.businesses,
});
type Memory = z.output<typeof memorySchema>;

export interface Kiosk {
  /** Tells the newest truth; does nothing when nothing changed. */
  show(changes: Partial<KioskState>): void;
  /** Calls with the state as it is now, and with every newer one. */
  watch(watcher: (state: Readonly<KioskState>) => void): void;
  /** What outlives a restart, as it is now. */
  remembered(): Readonly<Memory>;
  /** Changes what outlives a restart; resolves when it is durable. */
  remember(changes: Partial<Memory>): Promise<void>;
  /** Records that a person asks for a ticket; false when the kiosk is closed or does not offer that business. */
  request(request: TicketRequest, witness?: Witness): Promise<boolean>;
}

/** What a panel that keeps presses itself knows of one; the cursor is moved even when nothing is recorded. */
export type Witness = Pick<Occurrence, 'naturalKey' | 'deviceTimeMs'> & { cursor?: CursorUpdate };

const MEMORY = 'kiosk';

/** Opens the kiosk as the last run left it; a new one is open. */
export async function openKiosk(hall: Hall<TicketDispenser>): Promise<Kiosk> {
  const stored = memorySchema.safeParse(await hall.cursor(MEMORY));
  let memory: Memory = stored.data ?? { enabled: true };
  let state: KioskState = { printer: 'unknown', paper: 'unknown', cover: 'unknown', cutter: 'unknown', ...memory };
  let told = '';
  const watchers = new Set<(state: Readonly<KioskState>) => void>();
  const show = (changes: Partial<KioskState>) => {
    state = { ...state, ...changes };
    const text = JSON.stringify(state);
    if (text === told || hall.signal.aborted) return;
    told = text;
    hall.state(state);
    for (const watcher of watchers) watcher(state);
  };
  const offers = (code: string) => memory.businesses?.some(({ businessType }) => businessType.code === code) ?? true;
  show({});
  return {
    show,
    watch(watcher) {
      watchers.add(watcher);
      watcher(state);
    },
    remembered: () => memory,
    async remember(changes) {
      memory = { ...memory, ...changes };
      await hall.record([], { name: MEMORY, value: parseJson(JSON.stringify(memory)) });
      show(memory);
    },
    async request(request, { cursor, ...witnessed } = {}) {
      const { code } = request.businessType;
      if (!memory.enabled || !offers(code)) {
        hall.log.info('ticket.request-ignored', { business: code, enabled: memory.enabled });
        if (cursor) await hall.record([], cursor);
        return false;
      }
      await hall.record([{ type: 'ticket.requested', data: parseJsonObject(request), ...witnessed }], cursor);
      return true;
    },
  };
}

/** A copy without the keys that are undefined. */
function parseJsonObject(value: object): Record<string, ReturnType<typeof parseJson>> {
  return z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(value)));
}
