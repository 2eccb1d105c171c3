/**
 * From a command to paper, once. In this order: has it been printed already; can every character be printed; can the
 * printer print now; the intent becomes durable; the bytes go out; the printer proves it; the outcome becomes durable
 * with its event. Wherever it stops after the intent, the outcome is unknown and is said to be.
 */
import type { Hall } from '../../gateway/kernel/driver.ts';
import { HallError, isHallError } from '../../gateway/kernel/errors.ts';
import { inTurn } from '../../gateway/kernel/in-turn.ts';
import { failureEvent, printedEvent, type Failure } from './ticket-events.ts';
import { attempt } from './escpos-attempt.ts';
import type { Printer } from './escpos-printer.ts';
import type { PrinterSession } from './escpos-session.ts';
import type { EscposConfig } from './escpos-settings.ts';
import { troubleError, troubleOf } from './escpos-status.ts';
import { ticketBytes } from './escpos-ticket.ts';
import type { Kiosk } from './kiosk.ts';
import type { TicketDispenser } from './kind.ts';
import { ticketJournal, type IssuedTicket, type PrintJob } from './ticket-journal.ts';
import { hallTime, issuedNow } from './ticket-time.ts';
import type { TicketContent } from './words.ts';

export interface Printing {
  /** Says what became of the job that the last run left open. */
  recover(): Promise<void>;
  printTicket(
    content: TicketContent,
    signal: AbortSignal,
  ): Promise<{ ticket: IssuedTicket; printed: 'now' | 'before' }>;
  reprint(ticketNumber: string, signal: AbortSignal): Promise<{ ticket: IssuedTicket; copy: number }>;
}

const JOBS_WAITING_MAX = 16;
const COPIES_MAX = 99;

export function printing(
  config: EscposConfig,
  hall: Hall<TicketDispenser>,
  printer: Pick<Printer, 'session'>,
  kiosk: Kiosk,
): Printing {
  const journal = ticketJournal(hall);
  const time = hallTime(hall.timeZone);
  const alone = inTurn(
    JOBS_WAITING_MAX,
    () => new HallError('ticket.queue-full', { facts: { waiting: JOBS_WAITING_MAX } }),
  );
  const fail = async (job: PrintJob, failure: Failure) => {
    hall.log.warn('ticket.print-failed', { ticketNumber: job.ticket.ticketNumber, copy: job.copy, ...failure });
    await journal.settle(job, failure.mayBeOnPaper ? 'unknown' : 'not-begun', failureEvent(job, failure));
  };
  /** The printer, if it can print now; otherwise the failure is on record and thrown. */
  const readyPrinter = async (job: PrintJob): Promise<PrinterSession> => {
    const { ticketNumber } = job.ticket;
    try {
      const session = printer.session();
      await session.settle();
      const trouble = troubleOf(session.condition);
      if (trouble) throw troubleError(trouble, { ticketNumber });
      return session;
    } catch (thrown) {
      hall.signal.throwIfAborted();
      await fail(job, { reason: reasonOf(thrown), mayBeOnPaper: false });
      throw thrown;
    }
  };
  const carryOut = async (job: PrintJob, signal: AbortSignal): Promise<void> => {
    const bytes = await ticketBytes(job, config, time.local(Date.parse(job.ticket.issuedAt)));
    const session = await readyPrinter(job);
    await journal.begin(job);
    if (signal.aborted) {
      await fail(job, { reason: 'too-late', mayBeOnPaper: false });
      throw new HallError('command.expired', { facts: { ticketNumber: job.ticket.ticketNumber } });
    }
    const failed = await attempt(session, bytes, config);
    hall.signal.throwIfAborted();
    if (failed !== undefined) {
      await fail(job, { reason: failed, mayBeOnPaper: true });
      throw unconfirmed(job, failed);
    }
    await journal.settle(job, 'printed', printedEvent(job));
    const { ticketNumber, issuedAt } = job.ticket;
    kiosk.show({ lastTicket: { ticketNumber, issuedAt } });
  };

  const recover = async () => {
    const job = await journal.unsettled();
    if (job) await fail(job, { reason: 'unconfirmed', mayBeOnPaper: true });
  };
  return {
    recover: () => alone(recover),
    printTicket: (content, signal) =>
      alone(async () => {
        signal.throwIfAborted();
        await recover();
        const ticket = { ...content, issuedAt: content.issuedAt ?? issuedNow(hall.clock, time) };
        const day = time.local(Date.parse(ticket.issuedAt)).date;
        const known = await journal.find(ticket.ticketNumber, day);
        if (known?.onPaper === 'yes') return { ticket: known.ticket, printed: 'before' };
        if (known) throw unconfirmed({ ticket: known.ticket, copy: known.copies, day }, 'unconfirmed');
        await carryOut({ ticket, day, copy: 1 }, signal);
        return { ticket, printed: 'now' };
      }),
    reprint: (ticketNumber, signal) =>
      alone(async () => {
        signal.throwIfAborted();
        await recover();
        const known = await journal.find(ticketNumber);
        if (!known) throw new HallError('ticket.unknown', { facts: { ticketNumber } });
        const job: PrintJob = { ticket: known.ticket, day: known.day, copy: known.copies + 1 };
        if (job.copy > COPIES_MAX) throw new HallError('ticket.copies-exhausted', { facts: { ticketNumber } });
        await carryOut(job, signal);
        return { ticket: job.ticket, copy: job.copy };
      }),
  };
}

function reasonOf(thrown: unknown): Failure['reason'] {
  if (!isHallError(thrown)) return 'offline';
  switch (thrown.code) {
    case 'ticket.paper-out':
      return 'paper-out';
    case 'ticket.cover-open':
      return 'cover-open';
    case 'ticket.cutter-fault':
      return 'cutter';
    case 'ticket.printer-fault':
      return 'printer-fault';
    default:
      return 'offline';
  }
}

function unconfirmed({ ticket: { ticketNumber }, copy }: PrintJob, reason: Failure['reason']): HallError {
  return new HallError('ticket.unconfirmed', {
    message: `Nobody can say whether copy ${copy} of ticket ${ticketNumber} was printed (${reason}).`,
    facts: { ticketNumber, copy, reason },
  });
}
