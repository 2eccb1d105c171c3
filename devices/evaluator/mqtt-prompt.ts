/**
 * What a tablet is told to ask: the body of `down/prompt`, retained, so that it is there again after a reload.
 */
import type { JsonObject } from '../../gateway/kernel/json.ts';
import { LEVEL_LABELS, levelSchema } from './kind.ts';
import type { OpenEvaluation } from './mqtt-memory.ts';
import type { OfferedReasons } from './mqtt-messages.ts';
import { present } from './occurrences.ts';

const LEVELS = levelSchema.options
  .map(({ value }) => ({ level: value, label: LEVEL_LABELS[value] }))
  .sort((one, other) => other.level - one.level);

export function promptBody(open: OpenEvaluation, window: string | undefined, reasons: OfferedReasons): JsonObject {
  const { visitId, ticketNumber, transactor, item } = open.visit;
  return present({
    evaluationId: open.id,
    visitId,
    ticketNumber,
    window,
    transactor: transactor && present(transactor),
    item: item && present(item),
    timeoutSeconds: open.timeoutMs / 1_000,
    levels: LEVELS,
    reasons: { 1: reasons[1], 2: reasons[2] },
  });
}
