/**
 * What is withheld from a broker that cannot bear it: events go to the shelf, retained messages are skipped until they
 * change.
 */
import type { Clock } from '../kernel/clock.ts';
import { asHallError, type HallError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import type { Place } from '../kernel/names.ts';
import type { RetainedMessages } from '../kernel/retained.ts';
import { statusTopic } from '../kernel/topics.ts';
import type { Spool } from '../spool/port.ts';
import { openParkedShelf, type ParkedShelf } from './parked-shelf.ts';
import type { Verdict } from './suspicion.ts';

export interface Quarantine {
  /** The shelf, once everything that is condemned is safe on it. */
  shelf(): Promise<ParkedShelf>;
  carryOut(verdict: Verdict): void;
  /** May this retained message go? The gateway's own status topic is not the board's to set. */
  allows(message: readonly [topic: string, payload: string]): boolean;
  parked(): number;
}

export function quarantine(options: {
  spool: Spool;
  place: Place;
  clock: Clock;
  log: Log;
  retained: RetainedMessages;
  onTrouble(error: HallError): void;
}): Quarantine {
  const { spool, place, clock, log, retained } = options;
  const withheld = new Map<string, string>();
  const ownTopic = statusTopic(place);
  let open: ParkedShelf | undefined;
  let parking: Promise<void> = Promise.resolve();

  const park = async (sequence: number): Promise<void> => {
    try {
      await open?.park(sequence);
      log.warn('uplink.parked', { sequence });
    } catch (thrown) {
      options.onTrouble(asHallError(thrown, 'spool.closed'));
    }
  };

  return {
    async shelf() {
      await parking;
      open ??= await openParkedShelf(spool, place, clock);
      return open;
    },
    carryOut(verdict) {
      if (verdict.kind === 'event') parking = park(verdict.sequence);
      if (verdict.kind !== 'retained' || verdict.topic === ownTopic) return;
      withheld.set(verdict.topic, retained.get(verdict.topic) ?? '');
      log.warn('uplink.state-withheld', { topic: verdict.topic });
    },
    allows: ([topic, payload]) => topic !== ownTopic && withheld.get(topic) !== payload,
    parked: () => open?.size() ?? 0,
  };
}
