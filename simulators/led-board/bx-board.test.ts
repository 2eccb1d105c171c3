// The simulated card against the vendor's own samples, byte for byte over a socket.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { until } from '../kit/until.ts';
import { startBxBoard, type BxBoard } from './bx-board.ts';

const text: unknown = JSON.parse(readFileSync(new URL('../../devices/led-board/frames.json', import.meta.url), 'utf8'));
const { frames } = z.object({ frames: z.array(z.looseObject({ name: z.string(), hex: z.string() })) }).parse(text);
const sample = (name: string) => {
  const found = frames.find((frame) => frame.name === `bx: ${name}`);
  if (!found) throw new Error(`no sample "${name}"`);
  return found.hex;
};

describe('a BX card', () => {
  let board: BxBoard;
  let socket: Socket;
  let heard = '';

  const say = (hex: string) => socket.write(Buffer.from(hex, 'hex'));
  /** Says it and waits for the reply. */
  const ask = async (hex: string) => {
    heard = '';
    say(hex);
    await until('a reply', () => heard.endsWith('5a'));
    return heard;
  };

  beforeEach(async () => {
    board = await startBxBoard({ port: { type: 'tcp' } });
    const { line } = board;
    if (line.type !== 'tcp') throw new Error('not a TCP board');
    socket = connect(line.port, line.host);
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString('hex')));
    await once(socket, 'connect');
  });
  afterEach(async () => {
    socket.destroy();
    await board.close();
  });

  test("shows the manual's sample and acknowledges it as the manual has it", async () => {
    expect(await ask(sample('show 欢迎光临'))).toBe(sample('ACK'));
    expect(board.card.visible()).toMatchObject([{ text: '欢迎光临', width: 128, height: 32, effect: 'static' }]);
    expect(board.truth.map(({ areas }) => areas.length)).toEqual([1]);
  });

  test('answers a damaged request with error 5 and does not obey it', async () => {
    const damaged = sample('show 欢迎光临').replace('bbb6', 'bbb7');
    expect(await ask(damaged)).toBe(sample('NACK, checksum wrong'));
    expect(board.card.visible()).toEqual([]);
  });

  test('keeps the time that it was told', async () => {
    await ask(sample('set the time'));
    expect(board.card.clockText()).toMatch(/^2013-01-25 11:17:2[6-9]$/);
  });

  test('obeys a broadcast without a word', async () => {
    // Destination FFFF, lamps off; nothing in it needs an escape.
    const inside = 'ffff0080000000000000fe020600a30001000002';
    say(`a5${inside}${crcOf(inside)}5a`);
    await until('the lamps are off', () => board.card.lamps === 'off');
    await ask(sample('ping card 1'));
    expect(Buffer.from(heard, 'hex').filter((byte) => byte === 0x5a)).toHaveLength(1);
  });

  test('notes what it must never be told', async () => {
    await ask(sample('begin a file'));
    expect(board.card.violations).toMatchObject([{ what: 'flash-written' }]);
  });

  test('forgets everything without power, and says so as it happens', async () => {
    const seen: number[] = [];
    board.onTruth(({ areas }) => seen.push(areas.length));
    await ask(sample('show 欢迎光临'));
    await board.powerOff();
    await board.powerOn();
    expect(board.card.visible()).toEqual([]);
    expect(seen).toEqual([1, 0]);
  });
});

/** CRC-16/ARC, low byte first, in hexadecimal digits. */
function crcOf(hex: string): string {
  let crc = 0;
  for (const byte of Buffer.from(hex, 'hex')) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(crc);
  return bytes.toString('hex');
}
