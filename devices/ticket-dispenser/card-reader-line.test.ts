// The line to the card reader breaks, the reader does not do its work, the gateway is restarted.
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../../simulators/kit/until.ts';
import { inventPerson } from '../../simulators/ticket-dispenser/people.ts';
import { cardReaderConfig } from './card-reader-settings.ts';
import {
  QUICK,
  SETTINGS,
  clearUp,
  maskOf,
  masks,
  reader,
  run,
  untilAskedAgain,
  untilCards,
  untilState,
} from '../testing-card-reader.ts';

afterEach(clearUp);

describe('the line to the reader', () => {
  it.each(['every-byte', 'random'] as const)('may cut answers anyhow (%s)', async (split) => {
    const simulator = await reader();
    const seen = run(simulator);
    simulator.faults.split = split;
    simulator.layCard(inventPerson(4));
    await untilCards(seen, 1);
    expect(masks(seen)).toEqual([maskOf(4)]);
  });

  it('may carry noise in front of every answer', async () => {
    const simulator = await reader();
    const seen = run(simulator);
    simulator.trouble.garbageBytes = 40;
    simulator.layCard(inventPerson(0));
    await untilCards(seen, 1);
    expect(masks(seen)).toEqual([maskOf(0)]);
  });

  it('may break in the middle of a card, which is then read when the line is back', async () => {
    const simulator = await reader({ finds: 'always' });
    const seen = run(simulator, { readTimeoutMs: 60_000 });
    simulator.trouble.readStopsAfterBytes = 700;
    simulator.layCard(inventPerson(0));
    await until('half of the card came', () => simulator.heard('read') === 1);
    await simulator.pullCable();
    await until('it is absent', () => seen.states.at(-1)?.part === 'absent');
    delete simulator.trouble.readStopsAfterBytes;
    await simulator.plugIn();
    await untilCards(seen, 1);
    await untilAskedAgain(simulator);
    expect(masks(seen)).toEqual([maskOf(0)]);
  });

  it('may break while a card lies there: that is still one card', async () => {
    const simulator = await reader({ finds: 'always' });
    const seen = run(simulator);
    simulator.layCard(inventPerson(0));
    await untilCards(seen, 1);
    await simulator.pullCable();
    await until('it is absent', () => seen.states.at(-1)?.part === 'absent');
    await simulator.plugIn();
    await until('it was read again', () => simulator.heard('read') === 2);
    await untilState(seen, 'read');
    await untilAskedAgain(simulator);
    expect(seen.cards).toHaveLength(1);
  });

  it('may be cut while the cards are exchanged: that is another card', async () => {
    const simulator = await reader({ finds: 'always' });
    const seen = run(simulator);
    simulator.layCard(inventPerson(0));
    await untilCards(seen, 1);
    await simulator.pullCable();
    await until('it is absent', () => seen.states.at(-1)?.part === 'absent');
    simulator.layCard(inventPerson(1));
    await simulator.plugIn();
    await untilCards(seen, 2);
    expect(masks(seen)).toEqual([maskOf(0), maskOf(1)]);
  });

  it('may be a slow serial port: 1295 bytes at 9600 baud', async () => {
    const simulator = await reader({ port: { type: 'pty' }, baudRate: 9_600 });
    const seen = run(simulator, { readTimeoutMs: 20_000 });
    simulator.layCard(inventPerson(0));
    await untilCards(seen, 1);
    expect(masks(seen)).toEqual([maskOf(0)]);
  });

  it('may be a serial port at 115200 baud whose cable is pulled and plugged in', async () => {
    const simulator = await reader({ port: { type: 'pty' }, baudRate: 115_200 });
    const seen = run(simulator);
    await untilState(seen, 'none');
    await simulator.pullCable();
    await until('it is absent', () => seen.states.at(-1)?.part === 'absent');
    await simulator.plugIn();
    simulator.layCard(inventPerson(0));
    await untilCards(seen, 1);
  });
});

describe('a reader that does not do its work', () => {
  it('and does not answer is reported once, and is back when it answers', async () => {
    const simulator = await reader();
    const seen = run(simulator, QUICK);
    await untilState(seen, 'none');
    simulator.trouble.mute = true;
    await untilState(seen, 'card-reader.no-answer');
    await untilAskedAgain(simulator, 3);
    simulator.trouble.mute = false;
    simulator.layCard(inventPerson(0));
    await untilCards(seen, 1);
    expect(seen.states.map(({ part }) => part)).toEqual(['present', 'fault', 'present']);
    expect(seen.log.filter(({ event }) => event === 'reader.fault')).toHaveLength(1);
  });

  it.each([
    [0x66, 'card-reader.module-fault'],
    [0x60, 'card-reader.module-fault'],
    [0x21, 'card-reader.refused'],
    [0x77, 'card-reader.refused'],
  ])('and says %i is reported as %s', async (status, code) => {
    const simulator = await reader();
    const seen = run(simulator);
    simulator.trouble.find = status;
    await untilState(seen, code);
    delete simulator.trouble.find;
    await untilState(seen, 'none');
  });

  it('and talks at another speed is told apart from one that is silent', async () => {
    const simulator = await reader();
    simulator.faults.corrupt = 1;
    const seen = run(simulator, QUICK);
    await untilState(seen, 'card-reader.no-answer');
    const state = seen.states.at(-1);
    expect(state?.part === 'fault' && state.reason.facts['heardBytes']).toBeGreaterThan(0);
  });

  it('is not asked any more after the stop', async () => {
    const simulator = await reader();
    const seen = run(simulator);
    await untilState(seen, 'none');
    seen.stop();
    await seen.ended;
    const asked = simulator.heard('find');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(simulator.heard('find')).toBe(asked);
  });
});

describe('after a restart of the gateway', () => {
  it('the card that still lies there is not told again, and the next one is', async () => {
    const simulator = await reader({ finds: 'always' });
    const before = run(simulator);
    simulator.layCard(inventPerson(0));
    await untilCards(before, 1);
    before.stop();
    await before.ended;
    const after = run(simulator, {}, before.cards[0]?.last);
    await untilState(after, 'read');
    simulator.takeCard();
    await untilState(after, 'none');
    simulator.layCard(inventPerson(1));
    await untilCards(after, 1);
    expect(masks(after)).toEqual([maskOf(1)]);
  });
});

describe('the settings of the reader', () => {
  it.each([
    [{ privacy: 'hash' }, 'hashKey'],
    [{ pollMs: 1 }, 'pollMs'],
    [{ line: '' }, 'line'],
  ])('are refused with the place of the mistake: %j', (wrong, path) => {
    const result = cardReaderConfig.safeParse({ ...SETTINGS, ...wrong });
    expect(result.error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });
});
