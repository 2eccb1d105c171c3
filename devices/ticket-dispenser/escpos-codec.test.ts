// What is sent to a printer and what it says, byte by byte; and that a ticket survives the way to the paper.
import fc from 'fast-check';
import jsQR from 'jsqr';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { commandReader, type PrinterCommand } from '../../simulators/ticket-dispenser/printer-commands.ts';
import { paper, type Ticket } from '../../simulators/ticket-dispenser/printer-paper.ts';
import { dotsOf } from '../../simulators/ticket-dispenser/printer-picture.ts';
import { renderText } from '../../simulators/ticket-dispenser/printer-text.ts';
import { answerReader, type PrinterAnswer } from './escpos-answers.ts';
import { askNow, askPaper, sayChanges, tellProcess, textLine, type RealTimeQuestion } from './escpos-commands.ts';
import { escposConfig } from './escpos-settings.ts';
import { automaticCondition, paperCondition, realTimeCondition, type Condition } from './escpos-status.ts';
import { encodeText } from './escpos-text.ts';
import { ticketBytes } from './escpos-ticket.ts';
import frames from './frames.json' with { type: 'json' };
import { textsOf } from '../testing-printer.ts';
import type { PrintJob } from './ticket-journal.ts';
import { ticketContent } from './words.ts';

const MORNING = { date: '2026-06-01', time: '08:00:00' };
const { sent, heard, template } = z
  .object({
    template: z.array(z.unknown()),
    sent: z.array(z.object({ name: z.string(), hex: z.string() })),
    heard: z.array(z.object({ name: z.string(), hex: z.string(), condition: z.record(z.string(), z.unknown()) })),
  })
  .parse(frames.escpos);

const goldenHex = (name: string) => sent.find((frame) => frame.name === name)?.hex;
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function job(changes: Record<string, unknown> = {}, copy = 1): PrintJob {
  const content = ticketContent.parse({
    ticketNumber: 'A023',
    businessType: { code: 'SS01', name: '社保业务' },
    waitingCount: 12,
    ...changes,
  });
  return { ticket: { ...content, issuedAt: '2026-06-01T08:00:00+08:00' }, day: '2026-06-01', copy };
}

/** What a printer makes of bytes that arrive in pieces. */
function onPaper(bytes: Uint8Array, pieceBytes = bytes.length): { tickets: Ticket[]; faults: string[] } {
  const tickets: Ticket[] = [];
  const faults: string[] = [];
  const strip = paper({
    onLine: () => undefined,
    onTicket: (ticket) => tickets.push(ticket),
    onFault: (what) => faults.push(what),
  });
  const reader = commandReader((command: PrinterCommand) => strip.print(command));
  for (let start = 0; start < bytes.length; start += pieceBytes) reader.push(bytes.subarray(start, start + pieceBytes));
  return { tickets, faults };
}

function read(bytes: Uint8Array): { answers: PrinterAnswer[]; noise: number } {
  const answers: PrinterAnswer[] = [];
  let noise = 0;
  const push = answerReader(
    (answer) => answers.push(answer),
    (count) => (noise += count),
  );
  for (const byte of bytes) push(Uint8Array.of(byte));
  return { answers, noise };
}

function conditionOf(answers: readonly PrinterAnswer[]): Condition {
  const questions: readonly RealTimeQuestion[] = [1, 2, 3, 4];
  const parts = answers.map((answer, index): Condition => {
    if (answer.kind === 'real-time') return realTimeCondition(questions[index] ?? 1, answer.byte);
    if (answer.kind === 'automatic') return automaticCondition(answer.bytes);
    return answer.kind === 'paper' ? paperCondition(answer.byte) : {};
  });
  return parts.reduce((whole, part) => ({ ...whole, ...part }), {});
}

/** What a camera reads on a ticket: its only picture. */
function scanned(ticket: Ticket | undefined): string | undefined {
  const dots = ticket?.lines.map((line) => dotsOf(line)).find((each) => each !== undefined) ?? [];
  const width = dots[0]?.length ?? 0;
  const pixels = new Uint8ClampedArray(width * dots.length * 4).fill(255);
  for (const [y, row] of dots.entries()) {
    for (const [x, black] of row.entries()) if (black) pixels.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
  }
  return jsQR.default(pixels, width, dots.length)?.data;
}

describe('what is sent', () => {
  const look = escposConfig.parse({ line: 'a', ticket: template });

  test('is, for a ticket, byte for byte what was put together by hand', async () => {
    expect(hex(await ticketBytes(job(), look, MORNING))).toBe(goldenHex('ticket'));
  });

  test('carries the mark 补打 on a second copy', async () => {
    expect(hex(await ticketBytes(job({}, 2), look, MORNING))).toBe(goldenHex('second copy'));
  });

  test('has rare characters in two and in four bytes', () => {
    const text = encodeText('镕㐂𠮷', 'gb18030', 'here');
    expect(hex(textLine(text, { size: 'wide', align: 'right', bold: false }))).toBe(goldenHex('rare characters'));
  });

  test('asks as the command set has it', () => {
    expect(hex(askNow(1))).toBe(goldenHex('ask now: printer'));
    expect(hex(askPaper())).toBe(goldenHex('ask for the paper'));
    expect(hex(sayChanges())).toBe(goldenHex('say changes'));
    expect(hex(tellProcess('K7QX'))).toBe(goldenHex('tell process K7QX'));
  });
});

describe('what the printer says', () => {
  test.each(heard)('is understood: $name', ({ hex: bytes, condition }) => {
    const { answers, noise } = read(Buffer.from(bytes, 'hex'));
    expect(conditionOf(answers)).toEqual(condition);
    expect(noise).toBe(0);
  });

  test('names the process that is done', () => {
    expect(read(Buffer.from('7"K7QX\0', 'latin1'))).toEqual({ answers: [{ kind: 'process', id: 'K7QX' }], noise: 0 });
  });

  test('is found again behind noise', () => {
    const { answers } = read(Buffer.from('ff80' + '3799' + '10ff' + '12' + '3722414243440a' + '1000000f', 'hex'));
    expect(answers.filter(({ kind }) => kind !== 'paper')).toEqual([
      { kind: 'real-time', byte: 0x12 },
      { kind: 'automatic', bytes: [0x10, 0, 0, 0x0f] },
    ]);
  });

  test('holds a few bytes at most, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const { answers, noise } = read(bytes);
        const lengths = { 'real-time': 1, automatic: 4, paper: 1, process: 7 };
        const used = answers.reduce((sum, { kind }) => sum + lengths[kind], noise);
        expect(bytes.length - used).toBeLessThan(7);
        expect(bytes.length - used).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('a ticket on paper', () => {
  test('says what the ticket says, in the usual layout', async () => {
    const look = escposConfig.parse({ line: 'a', hallName: '示例大厅' });
    const { tickets, faults } = onPaper(await ticketBytes(job({ windowHint: '3-6号窗口' }), look, MORNING));
    expect(faults).toEqual([]);
    expect(tickets.map((ticket) => textsOf(ticket))).toEqual([
      [
        '示例大厅',
        'A023',
        '社保业务',
        '您前面还有 12 人等待',
        '请到 3-6号窗口 办理',
        '取号时间：2026-06-01 08:00:00',
        '请留意叫号，过号请重新取号',
      ],
    ]);
  });

  test('brings back any text that can be printed, in whatever pieces it comes', async () => {
    const printable = fc.string({
      unit: fc
        .oneof(
          fc.integer({ min: 0x20, max: 0x7e }),
          fc.integer({ min: 0x4e00, max: 0x9fa5 }),
          fc.integer({ min: 0x20000, max: 0x2a6d0 }),
        )
        .map((code) => String.fromCodePoint(code)),
      minLength: 1,
      maxLength: 60,
    });
    const look = escposConfig.parse({ line: 'a', ticket: [{ text: '{note}', size: 'double', align: 'right' }] });
    await fc.assert(
      fc.asyncProperty(printable, fc.integer({ min: 1, max: 9 }), async (note, pieceBytes) => {
        const { tickets, faults } = onPaper(await ticketBytes(job({ note }), look, MORNING), pieceBytes);
        expect(faults).toEqual([]);
        expect(tickets[0]?.lines[0]).toEqual({
          kind: 'text',
          text: note,
          width: 2,
          height: 2,
          bold: false,
          align: 'right',
        });
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['a line break', '社保\n业务', 3, 'U+000A'],
    ['a command of the printer', 'A\u001b@', 2, 'U+001B'],
    ['half a character', '好\ud842', 2, 'U+D842'],
  ])('is refused, with the place, when a text holds %s', async (_, name, position, character) => {
    const look = escposConfig.parse({ line: 'a' });
    await expect(ticketBytes(job({ businessType: { code: 'SS01', name } }), look, MORNING)).rejects.toMatchObject({
      code: 'ticket.character-unprintable',
      facts: { position, character, place: 'line 4 of the ticket ("{businessName}")' },
    });
  });

  test.each(['㐂', '€', '😀'])('is refused on a GBK head that has no %s', (text) => {
    expect(() => encodeText(text, 'gbk', 'here')).toThrow(
      expect.objectContaining({ code: 'ticket.character-unprintable' }),
    );
  });

  test.each(['native', 'raster'] as const)('has a QR code that a phone reads (%s)', async (qr) => {
    const address = 'https://queue.example.gov.cn/t/20260601-A023?name=张';
    const look = escposConfig.parse({ line: 'a', qr, ticket: [{ qr: '{qr}' }] });
    const { tickets, faults } = onPaper(await ticketBytes(job({ qr: address }), look, MORNING), 7);
    expect(faults).toEqual([]);
    expect(tickets[0]?.lines[0]?.kind).toBe(qr === 'native' ? 'qr' : 'picture');
    expect(scanned(tickets[0])).toBe(address);
  });

  test('has no picture that a head could take for a question', async () => {
    await fc.assert(
      fc.asyncProperty(fc.webUrl({ size: 'small' }), fc.integer({ min: 2, max: 6 }), async (url, moduleDots) => {
        const look = escposConfig.parse({ line: 'a', qr: 'raster', ticket: [{ qr: '{qr}', moduleDots }] });
        const bytes = await ticketBytes(job({ qr: url.slice(0, 200) }), look, MORNING);
        expect(bytes.includes(Buffer.of(0x10, 0x04))).toBe(false);
      }),
      { numRuns: 25 },
    );
  });

  test('can be shown in a terminal', async () => {
    const look = escposConfig.parse({ line: 'a', ticket: [{ text: '{ticketNumber}', size: 'huge' }, { qr: '{qr}' }] });
    const { tickets } = onPaper(await ticketBytes(job({ qr: 'https://q.example' }), look, MORNING));
    const shown = renderText(tickets[0] ?? { lines: [], cut: 'torn' });
    expect(shown).toContain('A   0   2   3');
    expect(shown).toContain('█▀▀▀▀▀█');
  });
});
