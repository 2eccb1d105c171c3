/**
 * The open commands, kept as cursors in the spool: set with the verdict `accepted`, removed with the outcome, so that a
 * command that a power cut tore out of its device is found, and answered, at the next start.
 */
import { z } from 'zod';
import type { Log } from '../kernel/log.ts';
import type { Place } from '../kernel/names.ts';
import type { Append, Spool } from '../spool/port.ts';
import type { JournalStep, Result } from './command-machine.ts';
import { HallError } from '../kernel/errors.ts';
import { resultDraft, type CommandTarget } from './command-results.ts';

export type JournalSpool = Pick<Spool, 'append' | 'cursors'>;

const OWNER = 'commands';

const openCommandSchema = z.object({
  hall: z.string(),
  kind: z.string(),
  device: z.string(),
  name: z.string(),
  id: z.string(),
  origin: z.enum(['central', 'local']),
});

export interface CommandJournal {
  /** Makes a result durable; resolves with true when the command had one before. */
  record(target: CommandTarget, result: Result, step: JournalStep): Promise<boolean>;
  /** Removes the cursor of a command that is not open. */
  forget(target: CommandTarget): Promise<void>;
  /** Answers every command that was open when the gateway last stopped with `failed`; none is carried out again. */
  recover(): Promise<void>;
}

/** Identity of a command among the open ones. */
export function openKey({ kind, device, id }: Pick<CommandTarget, 'kind' | 'device' | 'id'>): string {
  return `${kind}/${device}/${String(id)}`;
}

export function commandJournal(place: Place, spool: JournalSpool, log: Log): CommandJournal {
  const record = async (target: CommandTarget, result: Result, step: JournalStep) => {
    const phase = step === 'close' ? 'outcome' : 'verdict';
    const [recorded] = await spool.append({
      drafts: [resultDraft(place, target, phase, result)],
      cursors: cursorsOf(target, step),
    });
    return recorded?.repeated ?? false;
  };
  const forgetName = async (name: string) => {
    await spool.append({ drafts: [], cursors: [{ owner: OWNER, name, value: null }] });
  };
  return {
    record,
    forget: (target) => forgetName(openKey(target)),
    async recover() {
      for (const [name, value] of await spool.cursors(OWNER)) {
        const open = openCommandSchema.safeParse(value);
        log.warn('command.interrupted', { command: name, readable: open.success });
        if (open.success)
          await record({ ...open.data, known: true }, { status: 'failed', error: interrupted() }, 'close');
        else await forgetName(name);
      }
    },
  };
}

/** Why a command failed that the gateway did not see through. */
export function interrupted(): HallError {
  return new HallError('command.interrupted');
}

function cursorsOf(target: CommandTarget, step: JournalStep): NonNullable<Append['cursors']> {
  const { hall, kind, device, name, id, origin } = target;
  if (step === 'none') return [];
  const value = step === 'open' ? { hall, kind, device, name, id, origin } : null;
  return [{ owner: OWNER, name: openKey(target), value }];
}
