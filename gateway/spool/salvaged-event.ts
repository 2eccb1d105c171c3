/**
 * The event with which a new epoch tells what became of the old one.
 */
import { basename } from 'node:path';
import type { Draft } from '../kernel/event.ts';
import type { Place } from '../kernel/names.ts';
import { eventTopic, GATEWAY_KIND, sourceOf } from '../kernel/topics.ts';
import type { SalvageReport } from './salvage.ts';

export const SALVAGED_TYPE = 'hall.gateway.salvaged.v1';

export function salvagedDraft(report: SalvageReport, place: Place): Draft {
  const { brokenFile, events, missing, keys, cursors, previousEpoch, confirmed } = report;
  return {
    topic: eventTopic(place.hall, GATEWAY_KIND, place.gateway, SALVAGED_TYPE),
    source: sourceOf(place, GATEWAY_KIND, place.gateway),
    type: SALVAGED_TYPE,
    class: 'record',
    data: { events, missing, keys, cursors, previousEpoch, confirmed, brokenFile: basename(brokenFile) },
  };
}
