// What becomes of a ticket when the printer, the paper, the cable or the queue system behaves badly.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import { kioskBench, morningClock, textsOf, type KioskBench, type RunningKiosk } from '../testing-printer.ts';

const A023 = { ticketNumber: 'A023', businessType: { code: 'SS01', name: '社保业务' } };
const PAPER_BACK = {
  paper: 'ok',
  coverOpen: false,
  cutterJammed: false,
  broken: false,
  switchedOffline: false,
} as const;

let bench: KioskBench;
beforeEach(async () => {
  bench = await kioskBench();
});
afterEach(() => bench.close());

const events = () => bench.store.occurrences.map(({ type, data }: Occurrence) => ({ type, ...data }));
const lastEvent = () => events().at(-1);
const whole = () => bench.printer.tickets().filter(({ cut }) => cut !== 'torn');
const print = (kiosk: RunningKiosk, changes: Record<string, unknown> = {}) =>
  kiosk.seen.command('print-ticket', { ...A023, ...changes });
const reprint = (kiosk: RunningKiosk, ticketNumber = 'A023') => kiosk.seen.command('reprint', { ticketNumber });

describe('a ticket', () => {
  test('is recorded as printed after the printer proved it, with the time of the hall', async () => {
    const kiosk = await bench.start();
    const result = await print(kiosk, { requestId: 'r-1', source: 'wechat' });
    expect(result).toEqual({ ticketNumber: 'A023', issuedAt: '2026-06-01T08:00:00+08:00', printed: 'now' });
    expect(events()).toEqual([
      {
        type: 'ticket.printed',
        ...A023,
        issuedAt: '2026-06-01T08:00:00+08:00',
        source: 'wechat',
        copy: 1,
        requestId: 'r-1',
      },
    ]);
    expect(kiosk.seen.states.at(-1)).toMatchObject({
      lastTicket: { ticketNumber: 'A023' },
      paper: 'ok',
      printer: 'online',
    });
    expect(bench.printer.faultsHeard()).toEqual([]);
  });

  test('is answered, not printed, when its command comes again, also after a restart', async () => {
    const first = await bench.start();
    await print(first);
    expect(await print(first)).toMatchObject({ printed: 'before' });
    await first.stop();
    const second = await bench.start();
    expect(await print(second, { waitingCount: 3 })).toMatchObject({ printed: 'before' });
    expect(whole()).toHaveLength(1);
    expect(events()).toHaveLength(1);
  });

  test('with the number of yesterday is another ticket', async () => {
    const kiosk = await bench.start();
    await print(kiosk, { issuedAt: '2026-05-31T23:59:59+08:00' });
    expect(await print(kiosk)).toMatchObject({ printed: 'now' });
    expect(whole()).toHaveLength(2);
  });

  test('is marked 补打 when it is printed again, and says which copy it is', async () => {
    const kiosk = await bench.start();
    await print(kiosk, { waitingCount: 12 });
    expect(await reprint(kiosk)).toMatchObject({ ticketNumber: 'A023', copy: 2 });
    expect(await reprint(kiosk)).toMatchObject({ copy: 3 });
    expect(whole().map((ticket) => textsOf(ticket)[0])).toEqual(['A023', '补打（第 2 张）', '补打（第 3 张）']);
    expect(textsOf(whole()[2] ?? { lines: [], cut: 'torn' })).toContain('您前面还有 12 人等待');
    expect(events().map(({ type }) => type)).toEqual(['ticket.printed', 'ticket.reprinted', 'ticket.reprinted']);
  });

  test('that was never here cannot be printed again', async () => {
    const kiosk = await bench.start();
    await expect(reprint(kiosk, 'Z999')).rejects.toMatchObject({ code: 'ticket.unknown' });
  });

  test('that cannot be encoded leaves no trace', async () => {
    const kiosk = await bench.start({ charset: 'gbk' });
    await expect(print(kiosk, { note: '㐂' })).rejects.toMatchObject({ code: 'ticket.character-unprintable' });
    expect(events()).toEqual([]);
    expect(await print(kiosk)).toMatchObject({ printed: 'now' });
  });

  test('gets no wrong time from a clock that is not set', async () => {
    const kiosk = await bench.start({}, { clock: morningClock(false) });
    await expect(print(kiosk)).rejects.toMatchObject({ code: 'ticket.time-unknown' });
    expect(await print(kiosk, { issuedAt: '2026-06-01T01:00:00Z' })).toMatchObject({ printed: 'now' });
    expect(whole().flatMap((ticket) => textsOf(ticket))).toContain('取号时间：2026-06-01 09:00:00');
  });

  test('waits for the one before it', async () => {
    const kiosk = await bench.start();
    await Promise.all(['A1', 'A2', 'A3', 'A4'].map((ticketNumber) => print(kiosk, { ticketNumber })));
    expect(whole().map((ticket) => textsOf(ticket)[0])).toEqual(['A1', 'A2', 'A3', 'A4']);
  });

  test('is refused when too many wait', async () => {
    const kiosk = await bench.start();
    const all = Array.from({ length: 20 }, (_, nth) => print(kiosk, { ticketNumber: `A${nth}` }));
    const outcomes = await Promise.allSettled(all);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const outcome of refused) expect(outcome).toMatchObject({ reason: { code: 'ticket.queue-full' } });
    expect(whole()).toHaveLength(20 - refused.length);
  });
});

describe.each([
  ['there is no paper', { paper: 'out' }, 'ticket.paper-out', 'paper-out', { paper: 'out' }],
  ['the cover is open', { coverOpen: true }, 'ticket.cover-open', 'cover-open', { cover: 'open' }],
  ['the cutter is jammed', { cutterJammed: true }, 'ticket.cutter-fault', 'cutter', { cutter: 'fault' }],
  ['the head is broken', { broken: true }, 'ticket.printer-fault', 'printer-fault', { printer: 'offline' }],
  ['it is switched off line', { switchedOffline: true }, 'ticket.printer-offline', 'offline', { printer: 'offline' }],
] as const)('while %s', (_, felt, code, reason, state) => {
  test('a ticket is refused, nothing is on paper, and it is printed when that is mended', async () => {
    const kiosk = await bench.start();
    bench.printer.feel(felt);
    await kiosk.seen.until('the state says so', () =>
      JSON.stringify(kiosk.seen.states.at(-1)).includes(reasonText(state)),
    );
    await expect(print(kiosk)).rejects.toMatchObject({ code });
    expect(lastEvent()).toMatchObject({
      type: 'ticket.print-failed',
      ticketNumber: 'A023',
      reason,
      mayBeOnPaper: false,
    });
    bench.printer.feel(PAPER_BACK);
    expect(await print(kiosk)).toMatchObject({ printed: 'now' });
    expect(whole().map((ticket) => textsOf(ticket)[0])).toEqual(['A023']);
  });

  test('the same holds behind a board that passes no real-time status', async () => {
    bench.printer.habits.passesRealTime = false;
    const kiosk = await bench.start({ realTimeStatus: false });
    bench.printer.feel(felt);
    await kiosk.seen.until('the state says so', () =>
      JSON.stringify(kiosk.seen.states.at(-1)).includes(reasonText(state)),
    );
    await expect(print(kiosk)).rejects.toMatchObject({ code: expect.stringMatching(/^ticket\./) as string });
    expect(lastEvent()).toMatchObject({ mayBeOnPaper: false });
    bench.printer.feel(PAPER_BACK);
    expect(await print(kiosk)).toMatchObject({ printed: 'now' });
    expect(whole().map((ticket) => textsOf(ticket)[0])).toEqual(['A023']);
  });
});

const reasonText = (state: Record<string, string>) => JSON.stringify(state).slice(1, -1);

describe.each(['paper-status', 'process-id'] as const)('with proof by %s', (confirm) => {
  test('paper that ends within a ticket is told, and the number is only printed again as 补打', async () => {
    const kiosk = await bench.start({ confirm });
    bench.printer.paperEndsAfter(3);
    await expect(print(kiosk)).rejects.toMatchObject({ code: 'ticket.unconfirmed' });
    expect(lastEvent()).toMatchObject({ type: 'ticket.print-failed', reason: 'paper-out', mayBeOnPaper: true });
    bench.printer.feel({ paper: 'ok' });
    await expect(print(kiosk)).rejects.toMatchObject({ code: 'ticket.unconfirmed', remedy: 'operator' });
    expect(await reprint(kiosk)).toMatchObject({ copy: 2 });
    expect(await print(kiosk)).toMatchObject({ printed: 'before' });
    expect(events().map(({ type }) => type)).toEqual(['ticket.print-failed', 'ticket.reprinted']);
    expect(textsOf(whole().at(-1) ?? { lines: [], cut: 'torn' })[0]).toBe('补打（第 2 张）');
  });

  test('a printer that never proves a ticket leaves it unconfirmed, and the next one is proved again', async () => {
    const kiosk = await bench.start({ confirm });
    await print(kiosk, { ticketNumber: 'A022' });
    bench.printer.habits.answersInTurn = false;
    await expect(print(kiosk)).rejects.toMatchObject({ code: 'ticket.unconfirmed' });
    expect(lastEvent()).toMatchObject({ ticketNumber: 'A023', reason: 'unconfirmed', mayBeOnPaper: true });
    bench.printer.habits.answersInTurn = true;
    expect(await print(kiosk, { ticketNumber: 'A024' })).toMatchObject({ printed: 'now' });
    expect(lastEvent()).toMatchObject({ type: 'ticket.printed', ticketNumber: 'A024' });
  });

  test('an answer that comes too late proves no other ticket', async () => {
    await bench.close();
    bench = await kioskBench({ habits: { lineMs: 300 } });
    const kiosk = await bench.start({ confirm });
    await expect(print(kiosk)).rejects.toMatchObject({ code: 'ticket.unconfirmed' });
    expect(whole()).toEqual([]);
    bench.printer.habits.lineMs = 10;
    expect(await print(kiosk, { ticketNumber: 'A024' })).toMatchObject({ printed: 'now' });
    expect(whole().map((ticket) => textsOf(ticket)[0])).toEqual(['A023', 'A024']);
    expect(events().map(({ type }) => type)).toEqual(['ticket.print-failed', 'ticket.printed']);
  });

  test('a cable that is pulled while it prints leaves the ticket unconfirmed', async () => {
    await bench.close();
    bench = await kioskBench({ habits: { lineMs: 100 } });
    const kiosk = await bench.start({ confirm, printTimeoutMs: 10_000 });
    const printing = print(kiosk);
    const refusal = expect(printing).rejects.toMatchObject({ code: 'ticket.unconfirmed' });
    await kiosk.seen.until('bytes went out', () => bench.store.cursors.has('open-job'));
    await new Promise((resolve) => setTimeout(resolve, 150));
    await bench.printer.pullCable();
    await refusal;
    expect(lastEvent()).toMatchObject({ reason: 'unconfirmed', mayBeOnPaper: true });
    await bench.printer.plugIn();
    await kiosk.seen.until('the printer is back', () => kiosk.seen.presence.state === 'online');
    expect(await reprint(kiosk)).toMatchObject({ copy: 2 });
  });

  test('a slow printer is waited for', async () => {
    await bench.close();
    bench = await kioskBench({ habits: { lineMs: 60 } });
    const kiosk = await bench.start({ confirm, printTimeoutMs: 10_000 });
    expect(await print(kiosk)).toMatchObject({ printed: 'now' });
    expect(whole()).toHaveLength(1);
  });

  test('tickets come out whole over a line that cuts and joins its bytes', async () => {
    const kiosk = await bench.start({ confirm, statusTimeoutMs: 2_000 });
    bench.printer.faults.split = 'every-byte';
    bench.printer.faults.delayMs = 5;
    for (const ticketNumber of ['A1', 'A2', 'A3']) {
      expect(await print(kiosk, { ticketNumber })).toMatchObject({ printed: 'now' });
    }
  });
});

test('a picture that is long on its way over a serial cable comes out whole', async () => {
  await bench.close();
  bench = await kioskBench({ port: { type: 'pty' }, baudRate: 115_200 });
  const ticket = [{ qr: '{qr}', moduleDots: 11 }];
  const kiosk = await bench.start({ qr: 'raster', ticket, printTimeoutMs: 30_000, statusTimeoutMs: 2_000 });
  const qr = `https://queue.example.gov.cn/t/${'a'.repeat(269)}`;
  expect(await print(kiosk, { qr })).toMatchObject({ printed: 'now' });
}, 60_000);

test('a printer that hangs is silent, takes no ticket, and is online again when it wakes', async () => {
  const kiosk = await bench.start();
  bench.printer.hang();
  await kiosk.seen.until('it is silent', () => kiosk.seen.presence.state === 'silent');
  await expect(print(kiosk)).rejects.toMatchObject({ code: 'ticket.printer-no-answer' });
  expect(lastEvent()).toMatchObject({ reason: 'offline', mayBeOnPaper: false });
  bench.printer.wake();
  await kiosk.seen.until('it is online', () => kiosk.seen.presence.state === 'online');
  expect(await print(kiosk)).toMatchObject({ printed: 'now' });
});

test('paper near its end is told, and tickets are still printed', async () => {
  const kiosk = await bench.start();
  bench.printer.feel({ paper: 'near-end' });
  await kiosk.seen.until('the state says so', () => JSON.stringify(kiosk.seen.states.at(-1)).includes('near-end'));
  expect(await print(kiosk)).toMatchObject({ printed: 'now' });
});

test('without GS a and without DLE EOT the paper is still known', async () => {
  bench.printer.habits.passesRealTime = false;
  const kiosk = await bench.start({ realTimeStatus: false, automaticStatus: false });
  expect(await print(kiosk)).toMatchObject({ printed: 'now' });
  bench.printer.feel({ paper: 'near-end' });
  await kiosk.seen.until('the state says so', () => JSON.stringify(kiosk.seen.states.at(-1)).includes('near-end'));
});

describe('a kiosk', () => {
  const press = { code: 'SS01', name: '社保业务' };

  test('remembers that it is closed, and what it offers, over a restart', async () => {
    const first = await bench.start();
    await first.seen.command('disable', {});
    await first.seen.command('show-business', { businesses: [{ businessType: press, waitingCount: 4 }] });
    await first.stop();
    const second = await bench.start();
    expect(second.seen.states.at(-1)).toMatchObject({
      enabled: false,
      businesses: [{ businessType: press, waitingCount: 4 }],
    });
    await second.seen.command('enable', {});
    expect(second.seen.states.at(-1)).toMatchObject({ enabled: true });
  });

  test('that is closed still prints the tickets of the queue system', async () => {
    const kiosk = await bench.start();
    await kiosk.seen.command('disable', {});
    expect(await print(kiosk)).toMatchObject({ printed: 'now' });
  });
});
