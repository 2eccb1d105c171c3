/**
 * Where a device's commands are carried out: finds the handler that the running driver serves, keeps the deadline, and
 * checks what comes back.
 */
import type { CommandDefinition, Kind } from '../kernel/kind.ts';
import type { Facts } from '../kernel/errors.ts';
import type { PresenceState } from './presence-machine.ts';
import { asHallError, HallError, textOf } from '../kernel/errors.ts';
import { firstIssue } from '../kernel/issue.ts';
import { parseJson, type Json } from '../kernel/json.ts';
import { withDeadline } from '../kernel/waiting.ts';
import { reasonOf } from './presence-machine.ts';

export type Handlers = Readonly<Record<string, Handler | undefined>>;
type Handler = (input: unknown, signal: AbortSignal) => Promise<unknown>;

export interface CommandDesk {
  /** The handlers of the present run; forgotten when `signal` aborts. */
  serve(handlers: Handlers, signal: AbortSignal): void;
  /**
   * Carries out one command whose input is validated already; resolves with the validated output.
   *
   * @throws HallError `command.unsupported`, `command.device-absent`, `command.timed-out`, `command.output-invalid`,
   *   `device.stopped` when the driver ends meanwhile, what the handler throws (`command.failed` for a foreign error),
   *   or the reason of `signal`.
   */
  execute(name: string, input: unknown, signal: AbortSignal): Promise<Json>;
}

export interface CommandDeskOptions {
  device: string;
  kind: Kind;
  /** The commands that the device's wire knows. */
  commands: readonly string[];
  presence(): PresenceState;
}

export function commandDesk(options: CommandDeskOptions): CommandDesk {
  const { device, kind, commands } = options;
  let served: { handlers: Handlers; signal: AbortSignal } | undefined;
  return {
    serve: (handlers, signal) => void (served = { handlers, signal }),
    async execute(name, input, signal) {
      const facts: Facts = { device, command: name };
      const definition = Object.hasOwn(kind.commands, name) ? kind.commands[name] : undefined;
      if (!definition || !commands.includes(name)) throw unsupported(facts);
      const presence = options.presence();
      const handler = served?.handlers[name];
      if (presence.presence === 'offline') throw absent(facts, reasonOf(presence));
      if (!handler || !served || served.signal.aborted) throw absent(facts, undefined);
      const output = await carryOut(handler, input, definition, facts, [signal, served.signal]);
      return checkedOutput(definition, output, facts);
    },
  };
}

async function carryOut(
  handler: Handler,
  input: unknown,
  definition: CommandDefinition,
  facts: Facts,
  stops: readonly AbortSignal[],
): Promise<unknown> {
  const work = new AbortController();
  const release = stops.map((stop) => relayAbort(stop, work));
  const { deadlineMs } = definition;
  try {
    const answer = Promise.resolve().then(() => handler(input, work.signal));
    return await withDeadline(answer, deadlineMs, () => timedOut(facts, deadlineMs), work.signal);
  } catch (thrown) {
    throw asHallError(thrown, 'command.failed', facts);
  } finally {
    for (const stop of release) stop();
    work.abort(new HallError('command.timed-out', { facts }));
  }
}

/** `AbortSignal.any` of Node 20 keeps what it was made of; this lets go. */
function relayAbort(from: AbortSignal, to: AbortController): () => void {
  const relay = () => to.abort(from.reason);
  if (from.aborted) relay();
  else from.addEventListener('abort', relay, { once: true });
  return () => from.removeEventListener('abort', relay);
}

function checkedOutput(definition: CommandDefinition, output: unknown, facts: Facts): Json {
  const checked = definition.output.safeParse(output);
  if (!checked.success) throw outputInvalid(firstIssue(checked.error), facts);
  try {
    return parseJson(JSON.stringify(checked.data ?? null));
  } catch (thrown) {
    throw outputInvalid(textOf(thrown), facts);
  }
}

function unsupported(facts: Facts): HallError {
  return new HallError('command.unsupported', {
    message: `The device "${String(facts.device)}" does not know the command "${String(facts.command)}".`,
    facts,
  });
}

function absent(facts: Facts, reason: HallError | undefined): HallError {
  const why = reason ? reason.message : 'Its driver is starting.';
  return new HallError('command.device-absent', {
    message: `The device "${String(facts.device)}" cannot be reached: ${why}`,
    ...(reason && { cause: reason, hint: reason.hint }),
    facts,
  });
}

function timedOut(facts: Facts, deadlineMs: number): HallError {
  return new HallError('command.timed-out', {
    message: `The device "${String(facts.device)}" did not carry out "${String(facts.command)}" within ${deadlineMs} ms.`,
    facts: { ...facts, deadlineMs },
  });
}

function outputInvalid(why: string, facts: Facts): HallError {
  return new HallError('command.output-invalid', {
    message: `The answer of "${String(facts.device)}" to "${String(facts.command)}" is not acceptable: ${why}.`,
    facts,
  });
}
