/**
 * Evaluations at one tablet: begun by a command, ended by the citizen's mark, by the tablet, by the time-out, by the window or by
 * the next one; never twice (`mqtt-outcomes.ts`). What the tablet says is recorded, or refused with a reason that it can show.
 */
import { randomUUID } from 'node:crypto';
import { refused, type Outcome } from '../../firmware-bridge/mqtt-device/message.ts';
import type { MqttDevice } from '../../firmware-bridge/mqtt-device/mqtt-device.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import { maskText } from '../../gateway/kernel/log.ts';
import type { Level } from './kind.ts';
import type { OpenEvaluation, PromptedVisit } from './mqtt-memory.ts';
import type { Closed, OfferedReasons, Submit } from './mqtt-messages.ts';
import { asked, outcomes, TRANSIT_MS, type OutcomeOptions } from './mqtt-outcomes.ts';
import { promptBody } from './mqtt-prompt.ts';
import { submitted, type SaidMark } from './occurrences.ts';
import { stampOf } from './stamp.ts';

export interface TabletEvaluations {
  /**
   * Opens an evaluation and waits until the tablet shows it; the same visit again shows the same evaluation.
   *
   * @throws HallError `evaluator.visit-rated`, and what the tablet's answer throws; nothing is open then.
   */
  begin(visit: PromptedVisit, timeoutSeconds: number, signal: AbortSignal): Promise<void>;
  /** False: none was open. */
  cancel(): Promise<boolean>;
  shown(evaluationId: string): Promise<Outcome>;
  submit(message: Submit): Promise<Outcome>;
  closed(message: Closed): Promise<Outcome>;
  /** The tablet came or went. */
  presence(connected: boolean): void;
  /** Takes up what was open before the restart, and shows it again. */
  resume(): void;
  stop(): void;
}

export interface TabletEvaluationOptions extends OutcomeOptions {
  tablet: Pick<MqttDevice, 'ask' | 'tell' | 'takeAsAnswer' | 'connected'>;
  reasons: OfferedReasons;
  answerMs: number;
}

/** Levels that need a reason (GB/T 39735-2020: 差评). */
const NEEDS_REASON: readonly Level[] = [1, 2];
const LEVELS_OFFERED: readonly Level[] = [5, 4, 3, 2, 1];

export function tabletEvaluations(options: TabletEvaluationOptions): TabletEvaluations {
  const { hall, notebook, tablet } = options;
  const { clock, window } = hall;
  const outcome = outcomes(options);

  const bodyOf = (open: OpenEvaluation) => promptBody(open, window, options.reasons);
  const prompt = async (open: OpenEvaluation, signal: AbortSignal) => {
    const { answerMs: deadlineMs } = options;
    await tablet.ask('prompt', bodyOf(open), { ref: open.id, retain: true, deadlineMs, signal });
  };
  const refuseRated = (visitId: string | undefined) => {
    const rated = notebook.memory.decided.some((past) => past.rated && past.visitId === visitId);
    if (visitId !== undefined && rated) throw new HallError('evaluator.visit-rated', { facts: { visitId } });
  };
  /** A new evaluation, on disk before the citizen sees it: a mark after a power cut finds its evaluation. */
  const open = async (visit: PromptedVisit, timeoutSeconds: number): Promise<OpenEvaluation> => {
    const begun = stampOf(clock);
    const evaluation = { id: randomUUID(), visit, begun, timeoutMs: timeoutSeconds * 1_000, shown: false };
    notebook.change({ evaluation });
    outcome.watch();
    await notebook.record([]);
    return evaluation;
  };
  /** The evaluation that a message is about, or what is to be said of the message. */
  const about = ({ id, evaluationId }: { id: string; evaluationId: string }): OpenEvaluation | Outcome => {
    const { evaluation, decided } = notebook.memory;
    if (evaluation?.id === evaluationId) return evaluation;
    const past = decided.find((entry) => entry.id === evaluationId);
    if (past?.messageId === id) return { result: 'repeated' };
    return refused(past ? 'evaluator.evaluation-over' : 'evaluator.evaluation-unknown');
  };

  const recordAny = async (news: Occurrence[]) => {
    if (news.length > 0) await notebook.record(news);
  };

  return {
    async begin(visit, timeoutSeconds, signal) {
      const { visitId } = visit;
      refuseRated(visitId);
      const previous = notebook.memory.evaluation;
      const again = visitId !== undefined && previous?.visit.visitId === visitId;
      if (previous && !again) await outcome.conclude(previous, 'superseded');
      const present = previous && again ? previous : await open(visit, timeoutSeconds);
      try {
        await prompt(present, signal);
      } catch (thrown) {
        const failed = notebook.memory.evaluation;
        const fresh = failed?.id === present.id && !failed.shown;
        if (fresh && !hall.signal.aborted) await outcome.conclude(failed, 'cancelled');
        throw thrown;
      }
      await recordAny(outcome.announce(present.id));
    },
    async cancel() {
      const { evaluation } = notebook.memory;
      if (evaluation) await outcome.conclude(evaluation, 'cancelled');
      return evaluation !== undefined;
    },
    async shown(evaluationId) {
      if (notebook.memory.evaluation?.id !== evaluationId) return refused('evaluator.evaluation-unknown');
      const news = outcome.announce(evaluationId);
      tablet.takeAsAnswer(evaluationId);
      await recordAny(news);
      return { result: 'noted' };
    },
    async submit(message) {
      const evaluation = about(message);
      if ('result' in evaluation) return evaluation;
      const refusal = refusalOf(evaluation, message, window);
      if (refusal) return refusal;
      const news = outcome.announce(evaluation.id);
      tablet.takeAsAnswer(evaluation.id);
      const mark = submitted(window, markOf(message), asked(evaluation));
      const { id: messageId, level } = message;
      const recorded = await outcome.end(evaluation, [...news, mark], { messageId, level });
      await tablet.tell('prompt', undefined, { retain: true });
      return recorded.at(-1)?.repeated ? refused('evaluator.visit-rated') : { result: 'recorded' };
    },
    async closed(message) {
      const evaluation = about(message);
      if ('result' in evaluation) return evaluation;
      await outcome.conclude(evaluation, message.reason, { messageId: message.id });
      return { result: 'recorded' };
    },
    presence: (connected) => outcome.presence(connected),
    resume() {
      const { evaluation } = notebook.memory;
      const body = evaluation && { ref: evaluation.id, ...bodyOf(evaluation) };
      tablet.tell('prompt', body, { retain: true }).catch((thrown: unknown) => {
        hall.log.debug('prompt.not-said', { why: String(thrown) });
      });
      outcome.watch();
    },
    stop: () => outcome.stop(),
  };
}

function refusalOf(open: OpenEvaluation, message: Submit, window: string | undefined): Outcome | undefined {
  const elsewhere = message.window !== undefined && window !== undefined && message.window !== window;
  if (elsewhere) return refused('evaluator.window-wrong');
  if (message.elapsedMs > open.timeoutMs + TRANSIT_MS) return refused('evaluator.mark-too-late');
  const unexplained = NEEDS_REASON.includes(message.level) && !message.reasons?.length;
  return unexplained ? refused('evaluator.reason-missing') : undefined;
}

function markOf({ level, elapsedMs, reasons, indicators, comment }: Submit): SaidMark {
  return {
    level,
    levelsOffered: LEVELS_OFFERED,
    durationMs: elapsedMs,
    reasons: reasons?.map(maskText),
    indicators,
    comment: comment ? maskText(comment) : undefined,
  };
}
