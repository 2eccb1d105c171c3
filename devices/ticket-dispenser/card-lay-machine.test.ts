// Whatever a reader finds, loses and fails to read: a card that lies there counts once, and every new one counts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HallError } from '../../gateway/kernel/errors.ts';
import { cardLay, layTransition, RESUME_MAX_MS, type CardLay, type LayInput } from './card-lay-machine.ts';

const card = (nth: number) => ({ cardKind: 'resident' as const, nameMasked: `张${'*'.repeat(nth + 1)}` });
const reason = new HallError('card-reader.card-unreadable');
const SAME_CARD_MS = 2_000;

/** The names of all effects that the inputs have, one after the other. */
function effectsOf(inputs: readonly LayInput[], start: CardLay = cardLay(SAME_CARD_MS)): string[] {
  let lay = start;
  return inputs.flatMap((input) => {
    const step = layTransition(lay, input);
    lay = step.state;
    return step.effects.map(({ kind }) => kind);
  });
}

describe('a card that lies on the reader', () => {
  /** How many looks each card lies there, and how many the place is empty after it. */
  const lays = fc.array(fc.record({ looks: fc.integer({ min: 1, max: 5 }), gaps: fc.integer({ min: 1, max: 3 }) }), {
    maxLength: 20,
  });

  it('counts once each time one is laid down, with readers that find it always or only once', () => {
    fc.assert(
      fc.property(lays, fc.boolean(), (people, always) => {
        let lay = cardLay(SAME_CARD_MS);
        let counted = 0;
        let atMs = 0;
        const send = (input: LayInput) => {
          const step = layTransition(lay, input);
          lay = step.state;
          counted += step.effects.filter(({ kind }) => kind === 'count').length;
        };
        for (const [nth, { looks, gaps }] of people.entries()) {
          for (let look = 0; look < looks + gaps; look += 1) {
            atMs += 300;
            const found = look === 0 || (always && look < looks);
            send(found ? { kind: 'found', atMs } : { kind: 'absent' });
            if (lay.phase === 'reading') send({ kind: 'read', card: card(nth), atMs });
          }
        }
        expect(counted).toBe(people.length);
      }),
      { numRuns: 500 },
    );
  });

  it('is tried three times and then left alone until it is taken away', () => {
    const attempt: LayInput[] = [
      { kind: 'found', atMs: 0 },
      { kind: 'failed', reason },
    ];
    expect(effectsOf([...attempt, ...attempt, ...attempt, { kind: 'found', atMs: 0 }])).toEqual(['give-up']);
    expect(effectsOf([...attempt, ...attempt, ...attempt, { kind: 'absent' }, ...attempt])).toEqual(['give-up']);
    expect(effectsOf([...attempt, { kind: 'absent' }])).toEqual(['removed-early']);
  });

  it.each([
    [RESUME_MAX_MS - 1, []],
    [RESUME_MAX_MS, ['count']],
  ])('since before a restart, %i ms ago, has these effects: %j', (agoMs, effects) => {
    const last = { told: JSON.stringify(card(1)), seenMs: 0 };
    const looked: LayInput[] = [
      { kind: 'found', atMs: agoMs },
      { kind: 'read', card: card(1), atMs: agoMs },
    ];
    expect(effectsOf(looked, cardLay(SAME_CARD_MS, last))).toEqual(effects);
  });

  it('counts when it comes back to a place that was seen empty after the restart', () => {
    const last = { told: JSON.stringify(card(1)), seenMs: 0 };
    const looked: LayInput[] = [
      { kind: 'absent' },
      { kind: 'found', atMs: SAME_CARD_MS },
      { kind: 'read', card: card(1), atMs: SAME_CARD_MS },
    ];
    expect(effectsOf(looked, cardLay(SAME_CARD_MS, last))).toEqual(['count']);
  });
});
