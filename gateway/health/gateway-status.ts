/**
 * The gateway's own status on the local broker; on the central one the uplink says it, with its will behind it. It names the
 * epoch that events bear now: a spool that is salvaged while the gateway runs begins a new one.
 */
import { whenSynced, type Clock } from '../kernel/clock.ts';
import type { Place } from '../kernel/names.ts';
import type { RetainedMessages } from '../kernel/retained.ts';
import { statusTopic } from '../kernel/topics.ts';
import type { Spool } from '../spool/port.ts';
import { momentNow } from '../supervisor/moment.ts';

export interface GatewayStatusOptions {
  place: Place;
  version: string;
  spool: Pick<Spool, 'epoch' | 'onStatus'>;
  retained: Pick<RetainedMessages, 'set'>;
  clock: Clock;
}

export interface GatewayStatus {
  /** Says offline, and nothing after that. */
  leave(): void;
}

/** Says online, and again when something of it has changed. */
export function showGatewayStatus({ place, version, spool, retained, clock }: GatewayStatusOptions): GatewayStatus {
  const say = (state: 'online' | 'offline', since: string) => {
    const { bootId } = clock;
    retained.set(statusTopic(place), JSON.stringify({ state, version, bootId, epoch: spool.epoch, since }));
  };
  const begun = momentNow(clock);
  const online = () => say('online', begun.text());
  const stops = [spool.onStatus(online), whenSynced(clock, online)];
  online();
  return {
    leave() {
      for (const stop of stops) stop();
      say('offline', momentNow(clock).text());
    },
  };
}
