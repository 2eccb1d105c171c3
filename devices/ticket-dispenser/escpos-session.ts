/**
 * One conversation with a printer, for as long as its line stays open: questions get their answers, and a ticket is sent
 * together with the question whose answer proves that it was printed.
 */
import type { Line } from '../../firmware-bridge/lines/line.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import { inTurn } from '../../gateway/kernel/in-turn.ts';
import { withDeadline } from '../../gateway/kernel/waiting.ts';
import { answerReader, type PrinterAnswer } from './escpos-answers.ts';
import { askNow, askPaper, sayChanges, tellProcess, type RealTimeQuestion } from './escpos-commands.ts';
import { printerEar } from './escpos-ear.ts';
import type { EscposConfig } from './escpos-settings.ts';
import { automaticCondition, paperCondition, realTimeCondition, type Condition } from './escpos-status.ts';

export interface PrinterSession {
  /** What the printer last said about itself. */
  readonly condition: Readonly<Condition>;
  /** Aborts, with the reason, when the line drops or the driver stops. */
  readonly over: AbortSignal;
  /**
   * Asks for everything that this printer can say at once.
   *
   * @throws HallError `ticket.printer-no-answer`, or why the session is over.
   */
  refresh(): Promise<void>;
  /** As `refresh`; and answers owed from before are waited for, so that none can prove a ticket that follows. */
  settle(): Promise<void>;
  /**
   * Sends a ticket, and resolves when the printer has answered the question behind it. It gives up with `stop` only.
   *
   * @throws HallError why the line dropped, or the reason of `stop`.
   */
  print(ticket: Uint8Array, stop: AbortSignal): Promise<void>;
}

export interface SessionOptions {
  settings: Pick<EscposConfig, 'confirm' | 'realTimeStatus' | 'automaticStatus' | 'statusTimeoutMs' | 'printTimeoutMs'>;
  /** The printer said something: it lives, and this is its condition. */
  onHeard: (condition: Readonly<Condition>) => void;
  onNoise: (bytes: number) => void;
  over: AbortSignal;
  random?: () => number;
}

const REAL_TIME_QUESTIONS: readonly RealTimeQuestion[] = [1, 2, 3, 4];
const QUESTIONS_WAITING_MAX = 16;
/** Answers that a printer owes come together when it wakes up; so long without one, and there are no more. */
const QUIET_MS = 300;
const QUIET_LOOKS_MAX = 10;
const ID_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** Begins the conversation on an open line; call it in the turn in which the line opened. */
export function printerSession(line: Line, options: SessionOptions): PrinterSession {
  const { settings, over, random = Math.random } = options;
  const condition: Condition = {};
  const ear = printerEar();
  const alone = inTurn(QUESTIONS_WAITING_MAX, () => noAnswer(line, 'too many questions wait'));
  /** Paper questions without an answer; at first nobody knows what was asked before this line was opened. */
  let papersOwed = Number.POSITIVE_INFINITY;

  const hear = (answer: PrinterAnswer) => {
    if (answer.kind === 'paper') papersOwed = Math.max(0, papersOwed - 1);
    if (answer.kind === 'paper') Object.assign(condition, paperCondition(answer.byte));
    if (answer.kind === 'automatic') Object.assign(condition, automaticCondition(answer.bytes));
    ear.hear(answer);
    options.onHeard(condition);
  };
  const ask = async (kind: PrinterAnswer['kind'], bytes: Uint8Array, deadlineMs = settings.statusTimeoutMs) => {
    const giveUp = new AbortController();
    const late = () => noAnswer(line, `not a byte in ${deadlineMs} ms`);
    const answer = ear.answerTo(
      () => line.write(bytes),
      (heard) => heard.kind === kind,
      giveUp.signal,
    );
    return withDeadline(answer, deadlineMs, late, over).finally(() => giveUp.abort(late()));
  };
  const askForPaper = (deadlineMs?: number) => {
    papersOwed += 1;
    return ask('paper', askPaper(), deadlineMs);
  };
  const askEverything = async () => {
    if (!settings.realTimeStatus) {
      await askForPaper();
      return;
    }
    for (const question of REAL_TIME_QUESTIONS) {
      const answer = await ask('real-time', askNow(question));
      if (answer.kind === 'real-time') Object.assign(condition, realTimeCondition(question, answer.byte));
    }
    options.onHeard(condition);
  };
  const hearWhatIsOwed = async () => {
    // It may still be printing what it got before.
    await askForPaper(settings.printTimeoutMs);
    await ear.quiet('paper', QUIET_MS, QUIET_LOOKS_MAX, over);
    papersOwed = 0;
  };
  const doubtful = () => settings.confirm === 'paper-status' && papersOwed > 0 && condition.offline !== true;

  line.onData(answerReader(hear, options.onNoise));
  if (settings.automaticStatus) void line.write(sayChanges()).catch(() => undefined);
  return {
    condition,
    over,
    refresh: () => alone(askEverything),
    settle: () =>
      alone(async () => {
        await askEverything();
        if (doubtful()) await hearWhatIsOwed();
      }),
    async print(ticket, stop) {
      const id = Array.from({ length: 4 }, () => ID_LETTERS[Math.floor(random() * ID_LETTERS.length)] ?? 'A').join('');
      const byProcess = settings.confirm === 'process-id';
      if (!byProcess) papersOwed += 1;
      const proof = (answer: PrinterAnswer) =>
        byProcess ? answer.kind === 'process' && answer.id === id : answer.kind === 'paper' && papersOwed === 0;
      const parts = [
        ticket,
        ...(settings.automaticStatus ? [sayChanges()] : []),
        byProcess ? tellProcess(id) : askPaper(),
      ];
      await ear.answerTo(() => line.write(Buffer.concat(parts)), proof, stop);
    },
  };
}

function noAnswer(line: Line, why: string): HallError {
  return new HallError('ticket.printer-no-answer', {
    message: `The printer at ${line.name} does not answer: ${why}.`,
    facts: { line: line.name },
  });
}
