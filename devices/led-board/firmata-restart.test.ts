// A window display on a hall board that loses its power: what commands set comes back.
import { expect, it, onTestFinished } from 'vitest';
import { startBoard } from '../../simulators/board/board.ts';
import { until } from '../../simulators/kit/until.ts';
import { recordingHall } from '../recording-hall.ts';
import { firmata } from './firmata.ts';

it('has its text and its brightness again after a power cut', async () => {
  const board = await startBoard({ port: { type: 'tcp' }, profile: 'window-display', displays: 4 });
  onTestFinished(() => board.close());
  if (board.line.type !== 'tcp') throw new Error('the board stands behind a serial server');
  const lines = { board: { ...board.line, connectTimeoutMs: 500 } };
  const seen = recordingHall(firmata.kind, { lines });
  const ended = firmata.run(firmata.config.parse({ line: 'board' }), seen.hall);
  onTestFinished(async () => {
    seen.stop();
    await ended;
  });
  await seen.until('the board is up', () => seen.presence.state === 'online');
  await seen.command('show-text', { text: 'A012' });
  await seen.command('set-brightness', { percent: 100 });
  const before = board.display();
  expect(before.brightness).toBe(15);
  board.cutPower();
  board.powerOn();
  expect(board.display().brightness).not.toBe(15);
  await until('its text stands again', () => board.display().rows.join() === before.rows.join());
  await until('it is as bright as before', () => board.display().brightness === 15);
});
