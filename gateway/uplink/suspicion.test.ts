/** Whom the uplink holds guilty when the broker says no: a record that is set aside wrongly never reaches the centre. */
import { describe, expect, it } from 'vitest';
import { suspicion } from './suspicion.ts';

const PAYLOAD_INVALID = 0x99;
const NOBODY = { kind: 'none' };

it('convicts nobody of a link that drops by itself', () => {
  const suspects = suspicion(2);
  const alone = { eventsInFlight: { count: 1, first: 7, through: 7 }, retainedInFlight: [], eventsAcked: 0 };
  const idle = { eventsInFlight: { count: 0, first: undefined, through: 6 }, retainedInFlight: [], eventsAcked: 0 };
  for (let attempt = 0; attempt < 5; attempt += 1) {
    expect(suspects.cut(alone)).toEqual(NOBODY);
    expect(suspects.calmMs()).toBeGreaterThan(0);
    expect(suspects.cut(idle)).toEqual(NOBODY);
  }
  expect(suspects.cut(alone)).toEqual(NOBODY);
  expect(suspects.cut(alone)).toEqual({ kind: 'event', sequence: 7 });
});

describe('a broker that refuses a message by its reason code', () => {
  it('convicts the event that is refused again and again while it goes alone', () => {
    const suspects = suspicion(2);
    expect(suspects.refused(7, PAYLOAD_INVALID)).toEqual(NOBODY);
    expect(suspects.carefulThrough()).toBe(7);
    expect(suspects.refused(7, PAYLOAD_INVALID)).toEqual(NOBODY);
    const guilty = { kind: 'event', sequence: 7, reasonCode: PAYLOAD_INVALID };
    expect(suspects.refused(7, PAYLOAD_INVALID)).toEqual(guilty);
  });

  it('convicts none of a batch before the one that is refused alone', () => {
    const suspects = suspicion(1);
    expect(suspects.refused(200, PAYLOAD_INVALID)).toEqual(NOBODY);
    expect(suspects.carefulThrough()).toBe(200);
    expect(suspects.refused(57, PAYLOAD_INVALID)).toMatchObject({ kind: 'event', sequence: 57 });
  });

  it.each([
    ['it gives us no right to publish', 0x87],
    ['its quota is used up', 0x97],
  ])('convicts nobody because %s', (_why, reasonCode) => {
    const suspects = suspicion(1);
    for (let attempt = 0; attempt < 5; attempt += 1) expect(suspects.refused(7, reasonCode)).toEqual(NOBODY);
  });
});
