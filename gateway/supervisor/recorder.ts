/**
 * Makes a device's occurrences durable: checked against the kind, addressed, and appended together with its cursor.
 */
import type { CursorUpdate, Recorded } from '../kernel/driver.ts';
import type { Draft, Occurrence } from '../kernel/event.ts';
import type { Json } from '../kernel/json.ts';
import type { Kind } from '../kernel/kind.ts';
import type { Place } from '../kernel/names.ts';
import type { Append, Spool } from '../spool/port.ts';
import type { SupervisorLimits } from './limits.ts';
import { HallError } from '../kernel/errors.ts';
import { firstIssue } from '../kernel/issue.ts';
import { isJsonObject } from '../kernel/json.ts';
import { fullType } from '../kernel/kind.ts';
import { eventTopic, sourceOf } from '../kernel/topics.ts';
import { turnstile } from './turnstile.ts';

export interface RecorderOptions {
  place: Place;
  kind: Kind;
  device: string;
  spool: Pick<Spool, 'append' | 'cursor'>;
  limits: Pick<SupervisorLimits, 'recordsPendingMax' | 'recordsWaitingMax'>;
}

export interface Recorder {
  /**
   * Resolves after the commit. A call whose `signal` aborted before its turn came appends nothing.
   *
   * @throws HallError `event.invalid`, `device.overrun`, the signal's reason, or what the spool throws.
   */
  record(
    occurrences: readonly Occurrence[],
    cursor: CursorUpdate | undefined,
    signal: AbortSignal,
  ): Promise<Recorded[]>;
  cursor(name: string): Promise<Json | undefined>;
}

/** One recorder a device, for all its runs: the bound holds across restarts. */
export function recorder(options: RecorderOptions): Recorder {
  const { place, kind, device, spool, limits } = options;
  const source = sourceOf(place, kind.name, device);
  const turns = turnstile(limits.recordsPendingMax, limits.recordsWaitingMax);
  return {
    async record(occurrences, cursor, signal) {
      const leave = await turns.enter();
      try {
        signal.throwIfAborted();
        const append: Append = {
          drafts: occurrences.map((occurrence) => draftOf(options, source, occurrence)),
          ...(cursor && { cursors: [{ owner: source, ...cursor }] }),
        };
        return await spool.append(append);
      } finally {
        leave();
      }
    },
    cursor: (name) => spool.cursor(source, name),
  };
}

function draftOf({ place, kind, device }: RecorderOptions, source: string, occurrence: Occurrence): Draft {
  const { type, data, ...witness } = occurrence;
  const definition = Object.hasOwn(kind.events, type) ? kind.events[type] : undefined;
  if (!definition) throw invalid(kind, type, 'the kind has no such event');
  const checked = definition.data.safeParse(data);
  if (!checked.success) throw invalid(kind, type, firstIssue(checked.error));
  if (!isJsonObject(checked.data)) throw invalid(kind, type, 'its data is not an object');
  const cloudType = fullType(type, definition.version);
  return {
    topic: eventTopic(place.hall, kind.name, device, cloudType),
    source,
    type: cloudType,
    class: definition.class,
    data: checked.data,
    ...witness,
  };
}

function invalid(kind: Kind, type: string, why: string): HallError {
  return new HallError('event.invalid', {
    message: `The event "${type}" of the kind "${kind.name}" is not acceptable: ${why}.`,
    facts: { kind: kind.name, type },
  });
}
