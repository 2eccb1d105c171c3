/**
 * What this kiosk has printed, so that no number is printed twice unmarked and none is lost, whenever the power goes.
 *
 * A job is committed (`begin`) before its first byte leaves, and settled with its event in one transaction. A job that is
 * found open after a restart has an unknown outcome. Tickets lie in a fixed number of cursors, by a hash of their number: a
 * commit rewrites a few kilobytes however many tickets the day has, and a look-up is one read. The oldest of a full cursor make room, about
 * the last ten thousand tickets stay known.
 */
import { z } from 'zod';
import type { Hall } from '../../gateway/kernel/driver.ts';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import { parseJson } from '../../gateway/kernel/json.ts';
import type { TicketDispenser } from './kind.ts';
import { ticketContent } from './words.ts';

const issuedTicket = ticketContent.required({ issuedAt: true });
const day = z.iso.date();
const printJob = z.strictObject({ ticket: issuedTicket, day, copy: z.int().min(1) });
const knownTicket = z.strictObject({
  ticket: issuedTicket,
  day,
  /** Copies begun, the original included. */
  copies: z.int().min(1),
  onPaper: z.enum(['yes', 'unknown']),
});
const drawer = z.array(knownTicket);

/** A ticket whose time of issue is settled. */
export type IssuedTicket = z.output<typeof issuedTicket>;
/** One copy of a ticket, to be printed; `day` is the hall's date of issue, for numbers begin again every morning. */
export type PrintJob = z.output<typeof printJob>;
export type KnownTicket = z.output<typeof knownTicket>;
/** `not-begun`: no byte was sent, so the number is free to be printed again. */
export type Outcome = 'printed' | 'unknown' | 'not-begun';

export interface TicketJournal {
  /** The ticket of that day, or the newest of any day. */
  find(ticketNumber: string, onDay?: string): Promise<KnownTicket | undefined>;
  /** Resolves when the intent to print is durable. */
  begin(job: PrintJob): Promise<void>;
  /** Makes the outcome durable together with its event. */
  settle(job: PrintJob, outcome: Outcome, event: Occurrence): Promise<void>;
  /** The job that was begun and never settled, if there is one. */
  unsettled(): Promise<PrintJob | undefined>;
}

const OPEN_JOB = 'open-job';
const DRAWERS = 1_024;
const DRAWER_TICKETS_MAX = 16;

export function ticketJournal(hall: Pick<Hall<TicketDispenser>, 'record' | 'cursor'>): TicketJournal {
  /** The job that is open as far as is known; before the first look, nobody knows. */
  let openJob: PrintJob | undefined | 'not-looked' = 'not-looked';
  const open = async (ticketNumber: string) => drawer.safeParse(await hall.cursor(drawerOf(ticketNumber))).data ?? [];
  const find = async (ticketNumber: string, onDay?: string) => {
    const tickets = await open(ticketNumber);
    return tickets.findLast(
      (known) => known.ticket.ticketNumber === ticketNumber && (onDay === undefined || known.day === onDay),
    );
  };
  /** A job whose copy is in its drawer is settled: the drawer is written in the transaction of the outcome. */
  const leftOpen = async () => {
    const job = printJob.safeParse(await hall.cursor(OPEN_JOB)).data;
    const known = job && (await find(job.ticket.ticketNumber, job.day));
    return known && known.copies >= job.copy ? undefined : job;
  };
  const write = async (name: string, value: unknown, events: readonly Occurrence[]) => {
    await hall.record(events, { name, value: value === null ? null : parseJson(JSON.stringify(value)) });
  };
  return {
    find,
    async begin(job) {
      openJob = job;
      await write(OPEN_JOB, job, []);
    },
    async settle(job, outcome, event) {
      const { ticketNumber } = job.ticket;
      if (outcome === 'not-begun') await write(OPEN_JOB, null, [event]);
      else {
        const tickets = settledIn(await open(ticketNumber), job, outcome);
        await write(drawerOf(ticketNumber), tickets, [{ ...event, naturalKey: keyOf(job) }]);
      }
      openJob = undefined;
    },
    async unsettled() {
      if (openJob === 'not-looked') openJob = await leftOpen();
      return openJob;
    },
  };
}

/** The drawer with this copy in it, as its newest ticket. */
function settledIn(tickets: readonly KnownTicket[], job: PrintJob, outcome: 'printed' | 'unknown'): KnownTicket[] {
  const same = (known: KnownTicket) => known.day === job.day && known.ticket.ticketNumber === job.ticket.ticketNumber;
  const onPaper = outcome === 'printed' || tickets.find(same)?.onPaper === 'yes' ? 'yes' : 'unknown';
  const fresh: KnownTicket = { ticket: job.ticket, day: job.day, copies: job.copy, onPaper };
  return [...tickets.filter((known) => !same(known)), fresh].slice(-DRAWER_TICKETS_MAX);
}

/** One outcome for one copy, however often it is written. */
function keyOf({ ticket, day: issued, copy }: PrintJob): string {
  return `ticket ${issued} ${ticket.ticketNumber} ${copy}`;
}

/** FNV-1a, 32 bits: spreads neighbouring numbers over the drawers. */
function drawerOf(ticketNumber: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(ticketNumber, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return `tickets-${hash % DRAWERS}`;
}
