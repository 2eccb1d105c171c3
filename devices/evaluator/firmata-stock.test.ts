// A board that is used by its pins alone, as one with StandardFirmata is: johnny-five's Button, Led and Relay.
import { expect, it, onTestFinished } from 'vitest';
import { startBoard } from '../../simulators/board/board.ts';
import { until } from '../../simulators/kit/until.ts';
import { recordingHall } from '../recording-hall.ts';
import { firmata } from './firmata.ts';

it('gives marks, lights and a beep through the pins of a board without our firmware', async () => {
  const board = await startBoard({ port: { type: 'tcp' }, profile: 'evaluator' });
  onTestFinished(() => board.close());
  if (board.line.type !== 'tcp') throw new Error('the board stands behind a serial server');
  const lines = { board: { ...board.line, connectTimeoutMs: 500 } };
  const seen = recordingHall(firmata.kind, { lines });
  const config = firmata.config.parse({
    line: 'board',
    keyMap: { 1: 1, 2: 5 },
    sameEvaluationMs: 0,
    stock: { keys: { 1: 2, 2: 3 }, lamps: { 1: 14, 2: 15 }, buzzer: 7 },
  });
  const ended = firmata.run(config, seen.hall);
  onTestFinished(async () => {
    seen.stop();
    await ended;
  });
  await seen.until('the board is up', () => seen.presence.state === 'online');
  expect(seen.identity.model).toBe('stock-firmata');

  await seen.command('start-evaluation', { ticketNumber: 'A023' });
  await until('the lamps are lit', () => board.lamps().slice(0, 2).every(Boolean));
  board.press(2, { heldMs: 150 });
  await seen.until('the mark', () => seen.store.occurrences.some(({ type }) => type === 'evaluation.submitted'));
  expect(seen.store.occurrences.at(-1)?.data).toMatchObject({ level: 5, ticketNumber: 'A023' });
  await until('the lamps are out', () => !board.lamps().slice(0, 2).some(Boolean));

  await seen.command('beep', {});
  await until('the buzzer sounds', () => board.buzzer());
  await until('and is not left on', () => !board.buzzer());
});
