/**
 * The life of a command, as a pure table. The first four lines are its verdict, the others its outcome; both are
 * durable before anybody hears of them.
 *
 * | now      | input     | next     | effects                              |
 * |----------|-----------|----------|--------------------------------------|
 * | received | refuse    | rejected | record rejected                      |
 * | received | expire    | expired  | record expired                       |
 * | received | accept    | accepted | record accepted, and open it         |
 * | accepted | repeated  | repeated | forget (it had a verdict already)    |
 * | accepted | begin     | running  | execute                              |
 * | accepted | expire    | expired  | record expired, and close it         |
 * | accepted | interrupt | failed   | record failed, and close it          |
 * | running  | succeed   | done     | record done, and close it            |
 * | running  | fail      | failed   | record failed, and close it          |
 * | running  | interrupt | failed   | record failed, and close it          |
 */
import type { HallError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import type { Step } from '../kernel/machine.ts';

export type ResultStatus = 'accepted' | 'rejected' | 'expired' | 'done' | 'failed';

export type CommandState = 'received' | 'running' | 'repeated' | ResultStatus;

export type CommandInput =
  | { kind: 'accept' }
  | { kind: 'repeated' }
  | { kind: 'begin' }
  | { kind: 'succeed'; output: Json }
  | { kind: 'refuse'; error: HallError }
  | { kind: 'expire'; error: HallError }
  | { kind: 'interrupt'; error: HallError }
  | { kind: 'fail'; error: HallError };

/** What became of a command. */
export interface Result {
  status: ResultStatus;
  error?: HallError;
  output?: Json;
}

/** `journal`: the cursor that keeps an accepted command open is set or removed in the append of the result. */
export type CommandEffect =
  | { kind: 'record'; result: Result; journal: JournalStep }
  | { kind: 'execute' }
  /** Nothing to tell: only the cursor that this repetition opened goes again. */
  | { kind: 'forget' };

export type JournalStep = 'open' | 'close' | 'none';

type CommandStep = Step<CommandState, CommandEffect>;

/** An input that the state does not know changes nothing: a command ends once. */
export function commandStep(state: CommandState, input: CommandInput): CommandStep {
  switch (state) {
    case 'received':
      return verdict(input) ?? unchanged(state);
    case 'accepted':
      return turn(input) ?? unchanged(state);
    case 'running':
      return outcome(input) ?? unchanged(state);
    case 'repeated':
    case 'rejected':
    case 'expired':
    case 'done':
    case 'failed':
      return unchanged(state);
  }
}

function verdict(input: CommandInput): CommandStep | undefined {
  if (input.kind === 'accept') return recorded({ status: 'accepted' }, 'open');
  if (input.kind === 'refuse') return recorded({ status: 'rejected', error: input.error }, 'none');
  if (input.kind === 'expire') return recorded({ status: 'expired', error: input.error }, 'none');
  return undefined;
}

function turn(input: CommandInput): CommandStep | undefined {
  if (input.kind === 'begin') return { state: 'running', effects: [{ kind: 'execute' }] };
  if (input.kind === 'repeated') return { state: 'repeated', effects: [{ kind: 'forget' }] };
  if (input.kind === 'expire') return recorded({ status: 'expired', error: input.error }, 'close');
  if (input.kind === 'interrupt') return recorded({ status: 'failed', error: input.error }, 'close');
  return undefined;
}

function outcome(input: CommandInput): CommandStep | undefined {
  if (input.kind === 'succeed') return recorded({ status: 'done', output: input.output }, 'close');
  if (input.kind === 'fail' || input.kind === 'interrupt') {
    return recorded({ status: 'failed', error: input.error }, 'close');
  }
  return undefined;
}

function recorded(result: Result, journal: JournalStep): CommandStep {
  return { state: result.status, effects: [{ kind: 'record', result, journal }] };
}

function unchanged(state: CommandState): CommandStep {
  return { state, effects: [] };
}
