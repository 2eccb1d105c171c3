/**
 * The hall that all examples of the documents come from, and its envelope around any data.
 */
import { formatSequence, type Envelope } from '../gateway/kernel/event.ts';
import type { Place } from '../gateway/kernel/names.ts';
import { sourceOf } from '../gateway/kernel/topics.ts';

export const EXAMPLE_PLACE: Place = { hall: 'example-hall', gateway: 'gw1' };
export const EXAMPLE_TIME = '2026-06-01T01:12:30.125Z';
export const EXAMPLE_COMMAND_ID = 'desk-5-20260601-0042';

const RECORDED_TIME = '2026-06-01T01:12:30.131Z';
const SEQUENCE = 4711;

export function exampleDevice(kind: string): string {
  return `${kind}-01`;
}

/** A whole event as a consumer gets it. `data` is checked against its schema by the documents' test. */
export function exampleEvent(
  kind: string,
  device: string,
  type: string,
  data: unknown,
): Omit<Envelope, 'data'> & { data: unknown } {
  return {
    specversion: '1.0',
    id: '01JWNGVK2B8XQ4T6Z0R5M7C3DE',
    source: sourceOf(EXAMPLE_PLACE, kind, device),
    type,
    time: EXAMPLE_TIME,
    recordedtime: RECORDED_TIME,
    datacontenttype: 'application/json',
    sequence: formatSequence(SEQUENCE),
    epoch: '01JWK3N6V0A7B9C2D4E6F8G0HJ',
    clock: 'synced',
    data,
  };
}
