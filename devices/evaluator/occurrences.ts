/**
 * What happened at one window's devices, in the kind's words. Fields that are not known are left out.
 */
import type { Occurrence } from '../../gateway/kernel/event.ts';
import type { Json, JsonObject } from '../../gateway/kernel/json.ts';
import { LEVEL_LABELS, type CallerKey, type Indicators, type Level, type UnratedReason } from './kind.ts';

/** Which visit is evaluated, as far as the start command told. */
export interface Visit {
  ticketNumber?: string | undefined;
  visitId?: string | undefined;
}

const CHANNEL = 'hall-device';

export function keyPressed(window: string | undefined, key: CallerKey, code: string): Occurrence {
  return { type: 'caller.key-pressed', data: present({ window, key, code }) };
}

export function requested(window: string | undefined, visit: Visit, timeoutSeconds: number): Occurrence {
  return { type: 'evaluation.requested', data: present({ window, ...visitOf(visit), timeoutSeconds }) };
}

/** What a citizen said, as far as the device asks. */
export interface SaidMark {
  level: Level;
  levelsOffered: readonly Level[];
  durationMs?: number | undefined;
  reasons?: readonly string[] | undefined;
  indicators?: Indicators | undefined;
  comment?: string | undefined;
}

/** An evaluation that was begun, and when. */
export type BegunEvaluation = Visit & { id: string; begun: { wallMs: number } };

/** A mark; one a day for each visit, and where the visit has no identity, one for each evaluation that was begun. */
export function submitted(
  window: string | undefined,
  mark: SaidMark,
  evaluation: BegunEvaluation | undefined,
): Occurrence {
  const { level, levelsOffered, durationMs, reasons, indicators, comment } = mark;
  const data = present({
    window,
    ...visitOf(evaluation),
    level,
    label: LEVEL_LABELS[level],
    levelsOffered: [...levelsOffered],
    reasons: reasons && [...reasons],
    indicators: indicators && present(indicators),
    comment,
    durationMs,
    channel: CHANNEL,
  });
  const identity = evaluation && identityOf(evaluation);
  return { type: 'evaluation.submitted', data, ...(identity !== undefined && { naturalKey: `submitted:${identity}` }) };
}

/** With the day: a queue system that counts its visits anew every morning must not lose the marks of the second day. */
function identityOf({ id, visitId, begun }: BegunEvaluation): string {
  return visitId === undefined ? id : `${visitId} ${new Date(begun.wallMs).toISOString().slice(0, 10)}`;
}

export function unrated(
  window: string | undefined,
  reason: UnratedReason,
  evaluation: (Visit & { id: string }) | undefined,
): Occurrence {
  return {
    type: 'evaluation.unrated',
    data: present({ window, ...visitOf(evaluation), reason, channel: CHANNEL }),
    ...(evaluation && { naturalKey: `unrated:${evaluation.id}` }),
  };
}

function visitOf(visit: Visit | undefined): { ticketNumber: string | undefined; visitId: string | undefined } {
  return { ticketNumber: visit?.ticketNumber, visitId: visit?.visitId };
}

/** Only the fields that are known. */
export function present(fields: Record<string, Json | undefined>): JsonObject {
  const known: JsonObject = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) known[name] = value;
  return known;
}
