/**
 * Leads one command through its machine: results become durable in order, and the device is asked at most once.
 */
import type { Json } from '../kernel/json.ts';
import type { Log } from '../kernel/log.ts';
import type { CommandJournal } from './command-journal.ts';
import type { CommandTarget } from './command-results.ts';
import { asHallError } from '../kernel/errors.ts';
import { interrupted } from './command-journal.ts';
import {
  commandStep,
  type CommandEffect,
  type CommandInput,
  type CommandState,
  type JournalStep,
  type Result,
} from './command-machine.ts';

export interface CommandLife {
  readonly state: CommandState;
  /** Resolves when everything that the input causes is done; rejects with what the spool throws. */
  send(input: CommandInput): Promise<void>;
}

export interface CommandLifeOptions {
  target: CommandTarget;
  journal: CommandJournal;
  /** Has the device do it. */
  execute(): Promise<Json>;
  /** Aborts when the gateway stops: what fails then was interrupted. */
  stopping: AbortSignal;
  log: Log;
}

export function commandLife(options: CommandLifeOptions): CommandLife {
  const { target, journal, stopping, log } = options;
  let state: CommandState = 'received';
  const send = async (input: CommandInput) => {
    const step = commandStep(state, input);
    state = step.state;
    for (const effect of step.effects) await perform(effect);
  };
  const perform = async (effect: CommandEffect): Promise<void> => {
    switch (effect.kind) {
      case 'record': {
        const repeated = await recordResult(effect.result, effect.journal);
        logResult(log, target, effect.result, repeated);
        if (repeated && effect.journal === 'open') await send({ kind: 'repeated' });
        return;
      }
      case 'execute':
        return send(await outcomeOf());
      case 'forget':
        return journal.forget(target);
    }
  };
  /** An output that the spool will not take must not leave the command without an outcome. */
  const recordResult = (result: Result, step: JournalStep) =>
    journal.record(target, result, step).catch((thrown: unknown) => {
      if (result.output === undefined) throw thrown;
      const error = asHallError(thrown, 'command.output-invalid');
      return journal.record(target, { status: 'failed', error }, step);
    });
  const outcomeOf = async (): Promise<CommandInput> => {
    try {
      return { kind: 'succeed', output: await options.execute() };
    } catch (thrown) {
      if (stopping.aborted) return { kind: 'interrupt', error: interrupted() };
      return { kind: 'fail', error: asHallError(thrown, 'command.failed') };
    }
  };
  return {
    get state() {
      return state;
    },
    send,
  };
}

function logResult(log: Log, target: CommandTarget, result: Result, repeated: boolean): void {
  const { kind, device, name, id, origin } = target;
  const event = repeated ? 'command.repeated' : `command.${result.status}`;
  const { error } = result;
  log.info(event, {
    kind,
    device,
    command: name,
    id,
    origin,
    ...(error && { code: error.code, message: error.message }),
  });
}
