// A card on the reader of a kiosk: one card is one event, whatever the reader and the citizen do.
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../gateway/kernel/secret.ts';
import { until } from '../../simulators/kit/until.ts';
import { inventPerson } from '../../simulators/ticket-dispenser/people.ts';
import {
  QUICK,
  clearUp,
  maskOf,
  masks,
  newest,
  reader,
  run,
  untilAskedAgain,
  untilCards,
  untilState,
} from '../testing-card-reader.ts';

afterEach(clearUp);

describe('a card that is laid on the reader', () => {
  it.each(['once', 'always'] as const)('is told once, however long it lies there (finds it %s)', async (finds) => {
    const simulator = await reader({ finds });
    const seen = run(simulator);
    simulator.layCard(inventPerson(0));
    await untilCards(seen, 1);
    await untilAskedAgain(simulator, 6);
    simulator.takeCard();
    await untilState(seen, 'none');
    simulator.layCard(inventPerson(1));
    await untilCards(seen, 2);
    await untilAskedAgain(simulator);
    expect(masks(seen)).toEqual([maskOf(0), maskOf(1)]);
    expect(seen.cards[1]?.card).toEqual({
      cardKind: 'resident',
      idNumberMasked: maskOf(1),
      nameMasked: '欧**',
      checkDigitValid: true,
      validFrom: '2020-01-01',
      validUntil: '2040-01-01',
    });
  });

  it.each(['once', 'always'] as const)('counts again when it was taken away (finds it %s)', async (finds) => {
    const simulator = await reader({ finds });
    const seen = run(simulator);
    for (const count of [1, 2]) {
      simulator.layCard(inventPerson(2));
      await untilCards(seen, count);
      simulator.takeCard();
      await untilAskedAgain(simulator);
    }
    expect(masks(seen)).toEqual([maskOf(2), maskOf(2)]);
    expect(seen.cards[0]?.card.validUntil).toBe('long-term');
  });

  it('does not count again when the radio field only flickered', async () => {
    const simulator = await reader({ finds: 'always' });
    const seen = run(simulator, { sameCardMs: 60_000 });
    simulator.layCard(inventPerson(0));
    await untilCards(seen, 1);
    simulator.trouble.find = 0x80;
    await untilState(seen, 'none');
    delete simulator.trouble.find;
    await untilState(seen, 'read');
    expect(simulator.heard('read')).toBe(2);
    expect(seen.cards).toHaveLength(1);
  });

  it('is told with a keyed hash instead of the number where hall.yaml says so', async () => {
    const simulator = await reader();
    const seen = run(simulator, { privacy: 'hash', hashKey: new Secret('a key of this hall') });
    simulator.layCard(inventPerson(0));
    await untilCards(seen, 1);
    expect(seen.cards[0]?.card).toMatchObject({ idNumberHash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown });
    expect(seen.cards[0]?.card).not.toHaveProperty('idNumberMasked');
  });

  it.each([
    ['J', 'hk-macau-taiwan'],
    ['I', 'foreign-permanent'],
  ])('and is of another kind (%s) is told by its kind only', async (cardMark, cardKind) => {
    const simulator = await reader();
    const seen = run(simulator);
    simulator.layCard(inventPerson(0, { cardMark }));
    await untilCards(seen, 1);
    expect(seen.cards[0]?.card).toEqual({ cardKind });
  });

  it('is told with the news that its check digit is wrong', async () => {
    const simulator = await reader();
    const seen = run(simulator);
    simulator.layCard(inventPerson(0, { idNumber: '990101196001100009' }));
    await untilCards(seen, 1);
    expect(seen.cards[0]?.card).toMatchObject({ checkDigitValid: false });
  });
});

describe('a card that cannot be read', () => {
  it.each([
    ['select', 0x81],
    ['read', 0x41],
    ['read', 0x33],
  ] as const)('is tried a few times, reported and left alone (%s says %i)', async (command, status) => {
    const simulator = await reader({ finds: 'always' });
    const seen = run(simulator);
    simulator.trouble[command] = status;
    simulator.layCard(inventPerson(0));
    await untilState(seen, 'unreadable');
    await untilAskedAgain(simulator);
    expect(simulator.heard(command)).toBe(3);
    expect(seen.log.filter(({ event }) => event === 'card.unreadable')).toHaveLength(1);
    simulator.trouble[command] = undefined;
    simulator.takeCard();
    await untilState(seen, 'none');
    simulator.layCard(inventPerson(1));
    await untilCards(seen, 1);
    expect(masks(seen)).toEqual([maskOf(1)]);
  });

  it('because it was taken away too early makes no event, and the next card is read', async () => {
    const simulator = await reader();
    const seen = run(simulator);
    simulator.trouble.takenWhileReading = true;
    simulator.layCard(inventPerson(0));
    await until('it was noticed', () => seen.log.some(({ event }) => event === 'card.removed-early'));
    simulator.trouble.takenWhileReading = false;
    simulator.layCard(inventPerson(1));
    await untilCards(seen, 1);
    expect(masks(seen)).toEqual([maskOf(1)]);
  });

  it('because it is none of the cards known makes no event', async () => {
    const simulator = await reader({ finds: 'always' });
    const seen = run(simulator);
    simulator.layCard(inventPerson(0, { cardMark: 'Q' }));
    await untilState(seen, 'unreadable');
    expect(seen.cards).toEqual([]);
  });

  it('because its answer was damaged on the wire is read at the next try', async () => {
    const simulator = await reader({ finds: 'always' });
    const seen = run(simulator, QUICK);
    simulator.trouble.wrongXors = 1;
    simulator.layCard(inventPerson(0));
    await untilCards(seen, 1);
    expect(simulator.heard('read')).toBe(2);
    expect(newest(seen)).toBe('read');
  });
});
