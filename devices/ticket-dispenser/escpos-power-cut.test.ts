// The power goes at every step of printing a ticket; after the restart the queue system sends its command again. No number is
// ever on paper twice without the mark 补打, and none is lost.
import { describe, expect, test } from 'vitest';
import type { Hall } from '../../gateway/kernel/driver.ts';
import { HallError, isHallError } from '../../gateway/kernel/errors.ts';
import type { TicketDispenser } from './kind.ts';
import { kioskBench, textsOf, type KioskBench, type RunningKiosk } from '../testing-printer.ts';

const A023 = { ticketNumber: 'A023', businessType: { code: 'SS01', name: '社保业务' } };

/** Where the power goes: at the nth call of the driver to its store, before or after that call is done. */
interface Cut {
  nth: number;
  when: 'before' | 'after';
}

/** A hall that loses its power at the cut. */
function cutAt(cut: Cut, onCall: () => void) {
  return (hall: Hall<TicketDispenser>, stop: () => void): Hall<TicketDispenser> => {
    let calls = 0;
    const guarded = async <T>(call: () => Promise<T>): Promise<T> => {
      calls += 1;
      onCall();
      const mine = calls === cut.nth;
      if (mine && cut.when === 'before') {
        stop();
        throw new HallError('device.stopped');
      }
      const result = await call();
      if (mine) stop();
      if (hall.signal.aborted) throw new HallError('device.stopped');
      return result;
    };
    return {
      ...hall,
      record: (occurrences, cursor) => guarded(() => hall.record(occurrences, cursor)),
      cursor: (name) => guarded(() => hall.cursor(name)),
    };
  };
}

const unmarked = ({ printer }: KioskBench) =>
  printer.tickets().filter((ticket) => textsOf(ticket).includes('A023') && !textsOf(ticket)[0]?.startsWith('补打'));

const answered = (kiosk: RunningKiosk, name: string, input: unknown) =>
  kiosk.seen.command(name, input).catch((thrown: unknown) => {
    if (!isHallError(thrown)) throw thrown;
    return { code: thrown.code };
  });

/** What the queue system does after a restart: it sends the command again, and asks for a copy where nobody knows. */
async function insist(kiosk: RunningKiosk): Promise<void> {
  const answer = await answered(kiosk, 'print-ticket', A023);
  if (JSON.stringify(answer).includes('ticket.unconfirmed')) {
    await kiosk.seen.command('reprint', { ticketNumber: 'A023' });
  }
}

function expectHonest(bench: KioskBench): void {
  const told = bench.store.occurrences.map(({ type, data }) => `${type} ${JSON.stringify(data['copy'])}`);
  expect(unmarked(bench).length).toBeLessThanOrEqual(1);
  expect(new Set(told).size).toBe(told.length);
  expect(told.some((event) => /^ticket\.(re)?printed/.test(event))).toBe(true);
  const originals = told.filter((event) => event.endsWith(' 1'));
  if (unmarked(bench).length === 1) expect(originals).toHaveLength(1);
  const marked = bench.printer.tickets().length - unmarked(bench).length;
  expect(marked).toBe(told.filter((event) => event.startsWith('ticket.reprinted')).length);
}

async function printWithCut(cut: Cut): Promise<{ calls: number; outcomes: string[]; bench: KioskBench }> {
  const bench = await kioskBench();
  let calls = 0;
  const first = bench.launch({}, { wrap: cutAt(cut, () => (calls += 1)) });
  await first.seen.until(
    'online or cut',
    () => first.seen.presence.state === 'online' || first.seen.hall.signal.aborted,
  );
  if (!first.seen.hall.signal.aborted) await answered(first, 'print-ticket', A023).catch(() => undefined);
  await first.stop().catch(() => undefined);
  const second = await bench.start();
  await insist(second);
  await second.stop();
  return { calls, outcomes: bench.store.occurrences.map(({ type }) => type), bench };
}

describe('when the power goes', () => {
  test('at any step of a print, the number is on paper once unmarked at most, and it is told what became of it', async () => {
    const seen = new Set<string>();
    let steps = Number.POSITIVE_INFINITY;
    for (let nth = 1; nth <= steps; nth += 1) {
      for (const when of ['before', 'after'] as const) {
        const { calls, outcomes, bench } = await printWithCut({ nth, when });
        if (calls < nth) steps = nth;
        expectHonest(bench);
        seen.add(outcomes.join(', '));
        await bench.close();
      }
    }
    expect(steps).toBeGreaterThanOrEqual(7);
    expect([...seen].sort()).toEqual(['ticket.print-failed, ticket.reprinted', 'ticket.printed']);
  });

  test('while the printer works, the ticket is told as unconfirmed, and its copy is marked', async () => {
    const bench = await kioskBench();
    const first = await bench.start();
    const cut = new Promise<void>((resolve) => {
      bench.printer.onTruth(() => {
        first.seen.stop();
        resolve();
      });
    });
    await Promise.all([answered(first, 'print-ticket', A023).catch(() => undefined), cut]);
    await first.stop();
    expect(bench.store.occurrences).toEqual([]);
    const second = await bench.start();
    await second.seen.until('it is told', () => bench.store.occurrences.length === 1);
    expect(bench.store.occurrences[0]).toMatchObject({
      type: 'ticket.print-failed',
      data: { ticketNumber: 'A023', reason: 'unconfirmed', mayBeOnPaper: true, copy: 1 },
    });
    await insist(second);
    expectHonest(bench);
    expect(bench.printer.tickets()).toHaveLength(2);
    await bench.close();
  });

  test('again and again during the recovery, the open job is told once', async () => {
    const bench = await kioskBench();
    const first = await bench.start();
    bench.printer.onTruth(() => first.seen.stop());
    await answered(first, 'print-ticket', A023).catch(() => undefined);
    await first.stop();
    for (let nth = 1; nth <= 6; nth += 1) {
      const again = bench.launch(
        {},
        { wrap: cutAt({ nth, when: nth % 2 === 0 ? 'after' : 'before' }, () => undefined) },
      );
      await again.seen.until('cut', () => again.seen.hall.signal.aborted || nth > 5);
      await again.stop().catch(() => undefined);
    }
    const last = await bench.start();
    await last.seen.until('it is told', () => bench.store.occurrences.length > 0);
    expect(bench.store.occurrences.map(({ type }) => type)).toEqual(['ticket.print-failed']);
    await bench.close();
  });
});
