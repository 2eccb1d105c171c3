// The simulated printer on its own: it is spoken to with bytes written by hand.
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../kit/until.ts';
import { renderText } from './printer-text.ts';
import { startTicketPrinter, type TicketPrinter } from './printer.ts';

let printer: TicketPrinter;
let socket: Socket;
let heard = '';

beforeEach(async () => {
  printer = await startTicketPrinter({ port: { type: 'tcp' } });
  await dial();
});
afterEach(async () => {
  socket.destroy();
  await printer.close();
});

async function dial(): Promise<void> {
  if (printer.line.type !== 'tcp') throw new Error('it stands on TCP');
  heard = '';
  socket = connect(printer.line.port, printer.line.host);
  socket.on('data', (chunk) => (heard += chunk.toString('hex')));
  await once(socket, 'connect');
}

const send = (hex: string) => void socket.write(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const untilHeard = (hex: string) => until(`the printer says ${hex}`, () => heard === hex);
const NOW = '100401 100402 100403 100404';
const TICKET = '1b40 1c26 1b6101 1d2133 41303233 0a 1d2111 c9e7b1a3 0a 1b6402 1d5601';

describe('its sensors', () => {
  test.each([
    [{}, '12121212'],
    [{ paper: 'out' }, '1a32127e'],
    [{ paper: 'near-end' }, '1212121e'],
    [{ coverOpen: true }, '1a161212'],
    [{ cutterJammed: true }, '1a521a12'],
    [{ switchedOffline: true }, '1a121212'],
  ] as const)('%o are told at once as %s', async (felt, answer) => {
    printer.feel(felt);
    send(NOW);
    await untilHeard(answer);
  });

  test('are told unasked after GS a, and at every change', async () => {
    send('1d610e');
    await untilHeard('1000000f');
    printer.feel({ coverOpen: true });
    await untilHeard('1000000f' + '3800000f');
  });

  test('are not told by a board that swallows DLE EOT, but in turn', async () => {
    printer.habits.passesRealTime = false;
    send(`${NOW} 1d7201`);
    await untilHeard('00');
  });
});

describe('a ticket', () => {
  test('is lines of text with their look', async () => {
    send(`${TICKET} 1d7201`);
    await untilHeard('00');
    expect(printer.tickets()).toEqual([
      {
        cut: 'partial',
        lines: [
          { kind: 'text', text: 'A023', width: 4, height: 4, bold: false, align: 'center' },
          { kind: 'text', text: '社保', width: 2, height: 2, bold: false, align: 'center' },
          { kind: 'blank' },
          { kind: 'blank' },
        ],
      },
    ]);
    expect(printer.faultsHeard()).toEqual([]);
    expect(renderText(printer.tickets()[0] ?? { lines: [], cut: 'torn' })).toContain('社 保');
  });

  test('stays in the buffer while the cover is open, and its process is told when it is done', async () => {
    printer.feel({ coverOpen: true });
    send(`${TICKET} 1d284806003030 4b375158 ${NOW}`);
    await untilHeard('1a161212');
    expect(printer.tickets()).toEqual([]);
    printer.feel({ coverOpen: false });
    await untilHeard('1a161212' + '37224b37515800');
    expect(printer.tickets()).toHaveLength(1);
  });

  test('is torn where the paper ends, and goes on on the next roll', async () => {
    printer.paperEndsAfter(1);
    send(`${TICKET} 1d7201`);
    await until('a piece came out', () => printer.tickets().length === 1);
    send(NOW);
    await untilHeard('1a32127e');
    expect(printer.tickets().map(({ cut, lines }) => [cut, lines.length])).toEqual([['torn', 1]]);
    printer.feel({ paper: 'ok' });
    await untilHeard('1a32127e' + '00');
    expect(printer.tickets().map(({ cut, lines }) => [cut, lines.length])).toEqual([
      ['torn', 1],
      ['partial', 3],
    ]);
  });

  test('is forgotten when the printer is switched off and on', async () => {
    printer.feel({ coverOpen: true });
    send(`${TICKET} ${NOW}`);
    await untilHeard('1a161212');
    printer.powerCycle();
    printer.feel({ coverOpen: false });
    send('1d7201');
    await untilHeard('1a161212' + '00');
    expect(printer.tickets()).toEqual([]);
  });

  test('is printed late by a printer that hung', async () => {
    printer.hang();
    send(`${TICKET} ${NOW}`);
    socket.end();
    await once(socket, 'close');
    expect(printer.tickets()).toEqual([]);
    printer.wake();
    expect(printer.tickets()).toHaveLength(1);
  });
});

describe('what it does not know', () => {
  test.each([
    ['1b99', '00', 'unknown bytes: 1b9900'],
    ['07', '', 'unknown bytes: 07'],
    ['1c2e', 'c9e7', 'a Chinese character outside of Chinese mode: c9e7'],
    ['1d286b0300314309', '1d286b0300314363', 'QR function 43 with 63'],
    ['1d286b0300315130', '', 'QR function 51 with 30'],
  ])('%s%s is told as a fault', async (first, second, fault) => {
    send(`${first} ${second} 1d7201`);
    await untilHeard('00');
    expect(printer.faultsHeard()).toEqual([fault]);
  });

  test('and what is half received is forgotten with its client', async () => {
    send('1d763000 0a00');
    socket.end();
    await once(socket, 'close');
    await dial();
    send(`${TICKET} 1d7201`);
    await untilHeard('00');
    expect(printer.tickets()).toHaveLength(1);
    expect(printer.faultsHeard()).toEqual([]);
  });

  test('tells whoever listens, as it happens', async () => {
    const kinds: string[] = [];
    const stop = printer.onTruth(({ kind }) => kinds.push(kind));
    send(`${TICKET} 07 1d7201`);
    await untilHeard('00');
    stop();
    send('07 1d7201');
    await untilHeard('0000');
    expect(kinds).toEqual(['ticket', 'fault']);
  });
});
