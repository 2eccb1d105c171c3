/**
 * What is withheld from a broker that cannot bear it: events go to the shelf, retained messages are skipped until they
 * change.
 */
import type { Clock } from '../kernel/clock.ts';
import { asHallError, HallError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import type { Place } from '../kernel/names.ts';
import { statusTopic } from '../kernel/topics.ts';
import { withDeadline } from '../kernel/waiting.ts';
import type { Spool } from '../spool/port.ts';
import { openParkedShelf, type ParkedShelf } from './parked-shelf.ts';
import type { Verdict } from './suspicion.ts';

/** A disk that refuses must not keep the link down: the states and what goes before the message still pass. */
const PARKING_MS = 5_000;

export interface Quarantine {
  /** The shelf of the spool's present epoch, when what is condemned is safe on it or the disk has refused for long. */
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
  onTrouble(error: HallError): void;
}): Quarantine {
  const { spool, place, clock, log } = options;
  const withheld = new Map<string, string>();
  const ownTopic = statusTopic(place);
  let open: ParkedShelf | undefined;
  let parking: Promise<void> | undefined;

  const troubled = (thrown: unknown) => options.onTrouble(asHallError(thrown, 'spool.closed'));
  const park = async (sequence: number, reasonCode: number | undefined): Promise<void> => {
    try {
      if (await open?.park(sequence, reasonCode)) log.warn('uplink.parked', { sequence });
    } catch (thrown) {
      troubled(thrown);
    } finally {
      parking = undefined;
    }
  };

  return {
    async shelf() {
      const late = () => new HallError('spool.disk-failing');
      if (parking) await withDeadline(parking, PARKING_MS, late).catch(troubled);
      const shelf = open?.epoch === spool.epoch ? open : await openParkedShelf(spool, place, clock);
      return (open = shelf);
    },
    carryOut(verdict) {
      if (verdict.kind === 'event') parking ??= park(verdict.sequence, verdict.reasonCode);
      if (verdict.kind !== 'retained') return;
      const [topic, payload] = verdict.message;
      if (topic === ownTopic) return;
      withheld.set(topic, payload);
      log.warn('uplink.state-withheld', { topic });
    },
    allows: ([topic, payload]) => topic !== ownTopic && withheld.get(topic) !== payload,
    parked: () => open?.size() ?? 0,
  };
}
