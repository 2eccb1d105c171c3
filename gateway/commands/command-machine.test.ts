/**
 * The life of a command: whatever comes, it has one verdict and one outcome, and is carried out at most once.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HallError } from '../kernel/errors.ts';
import { commandStep, type CommandEffect, type CommandInput, type CommandState } from './command-machine.ts';

const error = new HallError('command.failed');
const INPUTS: CommandInput[] = [
  { kind: 'accept' },
  { kind: 'repeated' },
  { kind: 'begin' },
  { kind: 'succeed', output: 1 },
  { kind: 'refuse', error },
  { kind: 'expire', error },
  { kind: 'interrupt', error },
  { kind: 'fail', error },
];

function live(inputs: readonly CommandInput[]): { state: CommandState; effects: CommandEffect[] } {
  let state: CommandState = 'received';
  const effects: CommandEffect[] = [];
  for (const input of inputs) {
    const step = commandStep(state, input);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

const journalOf = (effects: readonly CommandEffect[]) =>
  effects.flatMap((effect) =>
    effect.kind === 'record' ? [effect.journal] : effect.kind === 'forget' ? ['close'] : [],
  );

describe('the life of a command', () => {
  it('goes from accepted over running to done', () => {
    const { state, effects } = live([{ kind: 'accept' }, { kind: 'begin' }, { kind: 'succeed', output: { rung: 1 } }]);
    expect(state).toBe('done');
    expect(effects).toEqual([
      { kind: 'record', result: { status: 'accepted' }, journal: 'open' },
      { kind: 'execute' },
      { kind: 'record', result: { status: 'done', output: { rung: 1 } }, journal: 'close' },
    ]);
  });

  it('ends without an execution when it expires in the queue or is interrupted there', () => {
    expect(live([{ kind: 'accept' }, { kind: 'expire', error }, { kind: 'begin' }]).state).toBe('expired');
    expect(live([{ kind: 'accept' }, { kind: 'interrupt', error }, { kind: 'begin' }]).state).toBe('failed');
  });

  it('executes at most once, and closes in the journal only what it opened, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...INPUTS), { maxLength: 12 }), (inputs) => {
        const { effects } = live(inputs);
        const journal = journalOf(effects);
        expect(effects.filter(({ kind }) => kind === 'execute').length).toBeLessThanOrEqual(1);
        expect([[], ['none'], ['open'], ['open', 'close']]).toContainEqual(journal);
      }),
    );
  });
});
