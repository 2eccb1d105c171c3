/**
 * Takes commands from both brokers, answers each with durable results, and has the accepted ones carried out: one at a
 * time for each device, never twice. `submit` resolves when the verdict is on disk, so that a PUBACK may follow it.
 */
import { setMaxListeners } from 'node:events';
import type { Clock } from '../kernel/clock.ts';
import type { Kind } from '../kernel/kind.ts';
import type { Log } from '../kernel/log.ts';
import type { CommandAddress } from '../kernel/topics.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import type { CommandInput } from './command-machine.ts';
import { HallError } from '../kernel/errors.ts';
import { nameSchema, type Place } from '../kernel/names.ts';
import { parseCommandTopic } from '../kernel/topics.ts';
import { once, withDeadline } from '../kernel/waiting.ts';
import { commandJournal, interrupted, openKey, type CommandJournal, type JournalSpool } from './command-journal.ts';
import { commandLife } from './command-life.ts';
import { refusedDraft, type CommandTarget } from './command-results.ts';
import { expired, judge, type CommandMessage, type Expiry, type Verdict } from './command-verdict.ts';
import { deviceQueues, type Turn } from './device-queues.ts';

export interface CommandLimits {
  /** Commands of one device that run or wait; more are rejected. */
  queueMax: number;
  payloadBytesMax: number;
  /** How long `close` waits for the last results to be on disk. */
  closeDeadlineMs: number;
}

export const COMMAND_LIMITS: CommandLimits = { queueMax: 16, payloadBytesMax: 65_536, closeDeadlineMs: 5_000 };

export interface CommandsOptions {
  place: Place;
  spool: JournalSpool;
  supervisor: Pick<Supervisor, 'execute'>;
  /** Every kind by its name. */
  kinds: Readonly<Record<string, Kind>>;
  /** Kind of a device of this hall, or undefined. */
  kindOf(device: string): string | undefined;
  clock: Clock;
  log: Log;
  limits?: Partial<CommandLimits>;
}

export interface Commands {
  /**
   * Resolves when the command is accepted or refused durably, or known already.
   *
   * @throws HallError `command.stopping` after `close`; what the spool throws. The sender keeps such a command.
   */
  submit(message: CommandMessage): Promise<void>;
  /** Interrupts what runs and waits for its results; twice does no harm. */
  close(): Promise<void>;
}

type Accepted = Extract<Verdict, { kind: 'accept' }>;

interface OpenCommand {
  /** Settles when the verdict is on disk. */
  judged: Promise<void>;
  /** Resolves after the outcome. */
  over: Promise<void>;
}

export function startCommands(options: CommandsOptions): Commands {
  const { place, spool, clock, log } = options;
  const limits = { ...COMMAND_LIMITS, ...options.limits };
  const journal = commandJournal(place, spool, log);
  const queues = deviceQueues(limits.queueMax);
  const stopping = new AbortController();
  // Every device that carries out a command listens to it.
  setMaxListeners(0, stopping.signal);
  const open = new Map<string, OpenCommand>();
  const recovered = recovery(journal, log);

  const lifeOf = (target: CommandTarget, input: unknown) => {
    const { kind, device, name } = target;
    const execute = () => options.supervisor.execute(kind, device, name, input, stopping.signal);
    return commandLife({ target, journal, execute, stopping: stopping.signal, log });
  };

  const accept = (target: CommandTarget, verdict: Accepted, turn: Turn): OpenCommand => {
    const life = lifeOf(target, verdict.input);
    const judged = life.send({ kind: 'accept' });
    const isOver = watchExpiry(verdict.expiry, clock);
    const carryOut = () => life.send(nextInput(isOver(), stopping.signal));
    const turnOf = isBesideOthers(target, options.kinds) ? turn.runBeside : turn.run;
    const over = judged
      .then(
        () => (life.state === 'accepted' ? turnOf(carryOut) : turn.cancel()),
        () => turn.cancel(),
      )
      .catch((thrown: unknown) => log.error('command.unrecorded', thrown, { id: target.id }))
      .finally(() => open.delete(openKey(target)));
    return { judged, over };
  };

  const follow = (target: CommandTarget, verdict: Verdict): Promise<void> => {
    if (verdict.kind !== 'accept') return lifeOf(target, undefined).send(verdict);
    const known = open.get(openKey(target));
    if (known) {
      log.info('command.repeated', { device: target.device, command: target.name, id: target.id });
      return known.judged;
    }
    const turn = queues.take(target.device);
    if (!turn) return lifeOf(target, undefined).send({ kind: 'refuse', error: queueFull(target, limits.queueMax) });
    const command = accept(target, verdict, turn);
    open.set(openKey(target), command);
    return command.judged;
  };

  return {
    async submit(message) {
      if (stopping.signal.aborted) throw new HallError('command.stopping');
      await recovered();
      const address = answerable(message.topic, place);
      if (!address) return refuseUnanswerable(options, message);
      const { id, verdict } = judge(message, address, { ...options, ...limits, nowMs: clock.now() });
      const known = options.kindOf(address.device) === address.kind;
      await follow({ ...address, id, known, origin: message.origin }, verdict);
    },
    close: once(async () => {
      stopping.abort(interrupted());
      const over = Promise.all([...open.values()].map((command) => command.over)).then(() => undefined);
      await withDeadline(over, limits.closeDeadlineMs, interrupted).catch((thrown: unknown) => {
        log.error('command.left-open', thrown, { open: open.size });
      });
    }),
  };
}

/** Begins at once; whoever waits for a recovery that failed tries it again. */
function recovery(journal: CommandJournal, log: Log): () => Promise<void> {
  let recovering: Promise<void> | undefined;
  const recovered = () =>
    (recovering ??= journal.recover().catch((thrown: unknown) => {
      recovering = undefined;
      log.error('command.recovery-failed', thrown);
      throw thrown;
    }));
  recovered().catch(() => undefined);
  return recovered;
}

function isBesideOthers({ kind, name }: CommandTarget, kinds: CommandsOptions['kinds']): boolean {
  return kinds[kind]?.commands[name]?.besideOthers ?? false;
}

/** From the judgement on: the error that says that the command's time is over, once it is. */
function watchExpiry(expiry: Expiry | undefined, clock: Clock): () => HallError | undefined {
  if (!expiry) return () => undefined;
  const dueMs = clock.monotonicMs() + expiry.leftMs;
  return () => (clock.now() >= expiry.atMs || clock.monotonicMs() >= dueMs ? expired(expiry.atMs) : undefined);
}

/** What a command meets when its turn comes. */
function nextInput(over: HallError | undefined, stopping: AbortSignal): CommandInput {
  if (stopping.aborted) return { kind: 'interrupt', error: interrupted() };
  return over ? { kind: 'expire', error: over } : { kind: 'begin' };
}

/** The address of a topic that a result can be sent for, or undefined. */
function answerable(topic: string, place: Place): CommandAddress | undefined {
  const address = parseCommandTopic(topic);
  if (address?.hall !== place.hall) return undefined;
  const { kind, device, name } = address;
  return [kind, device, name].every((part) => nameSchema.safeParse(part).success) ? address : undefined;
}

async function refuseUnanswerable({ place, spool, log }: CommandsOptions, message: CommandMessage): Promise<void> {
  const error = new HallError('command.device-unknown', { message: 'The topic names no device of this hall.' });
  log.info('command.refused', { topic: message.topic, origin: message.origin, code: error.code });
  await spool.append({ drafts: [refusedDraft(place, message, error)] });
}

function queueFull({ device }: CommandTarget, queueMax: number): HallError {
  return new HallError('command.queue-full', {
    message: `${queueMax} commands run or wait at the device "${device}" already.`,
    facts: { device, queueMax },
  });
}
