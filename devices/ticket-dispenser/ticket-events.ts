/**
 * What became of a copy of a ticket, as the kind's events.
 */
import type { z } from 'zod';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import type { ticketDispenser } from './kind.ts';
import type { PrintJob } from './ticket-journal.ts';

type FailureData = z.output<(typeof ticketDispenser)['events']['ticket.print-failed']['data']>;

/** Why a copy is not (known to be) on paper, and whether it may be. */
export type Failure = Pick<FailureData, 'reason' | 'mayBeOnPaper'>;

export function printedEvent(job: PrintJob): Occurrence {
  return { type: job.copy === 1 ? 'ticket.printed' : 'ticket.reprinted', data: identityOf(job) };
}

export function failureEvent(job: PrintJob, failure: Failure): Occurrence {
  return { type: 'ticket.print-failed', data: { ...identityOf(job), ...failure } };
}

function identityOf({ ticket, copy }: PrintJob) {
  const { ticketNumber, businessType, issuedAt, source, visitId, requestId } = ticket;
  return {
    ticketNumber,
    businessType,
    issuedAt,
    source,
    copy,
    ...(visitId !== undefined && { visitId }),
    ...(requestId !== undefined && { requestId }),
  };
}
