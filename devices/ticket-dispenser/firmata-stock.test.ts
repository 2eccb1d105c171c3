// A panel that is used by its pins alone, as one with StandardFirmata is: keys, a lamp, a paper sensor.
import { expect, it, onTestFinished } from 'vitest';
import { startBoard } from '../../simulators/board/board.ts';
import { until } from '../../simulators/kit/until.ts';
import { recordingHall } from '../recording-hall.ts';
import { firmata } from './firmata.ts';

const SOCIAL = { code: 'SS01', name: '社保业务' };
const TAX = { code: 'SW01', name: '税务业务' };
const OPEN_LAMP = 1;

async function stockPanel() {
  const board = await startBoard({ port: { type: 'tcp' }, profile: 'button-panel' });
  onTestFinished(() => board.close());
  if (board.line.type !== 'tcp') throw new Error('the board stands behind a serial server');
  const lines = { panel: { ...board.line, connectTimeoutMs: 500 } };
  const seen = recordingHall(firmata.kind, { lines });
  const config = firmata.config.parse({
    line: 'panel',
    keys: [
      { key: 1, ...SOCIAL },
      { key: 2, ...TAX },
    ],
    paperSensor: true,
    stock: { keys: { 1: 2, 2: 3 }, lamps: { 2: 14 }, paper: 8 },
  });
  const ended = firmata.run(config, seen.hall);
  onTestFinished(async () => {
    seen.stop();
    await ended;
  });
  await seen.until('the panel is up', () => seen.presence.state === 'online');
  const lit = () => board.lamps()[OPEN_LAMP] === true;
  return {
    board,
    seen,
    lit,
    asked: () => seen.store.occurrences.map(({ type, data }) => [type, data['businessType']]),
    paperIs: (wanted: string) =>
      seen.until(`the paper is ${wanted}`, () => JSON.stringify(seen.states.at(-1)).includes(`"paper":"${wanted}"`)),
    // A sensor for stock firmware is open while there is paper; that of our board is open without.
    putPaper: (present: boolean) => board.paper(!present),
  };
}

it('makes every press of a panel with stock firmware one wish, in order', async () => {
  const { board, seen, asked } = await stockPanel();
  expect(seen.identity.model).toBe('stock-firmata');
  for (const [index, key] of [2, 1, 1].entries()) {
    board.press(key, { bounceMs: 4, heldMs: 150 });
    await until('the wish is recorded', () => asked().length > index);
    await until('the key is let go', () => board.truth.edges.length === 2 * (index + 1));
  }
  expect(asked()).toEqual([TAX, SOCIAL, SOCIAL].map((business) => ['ticket.requested', business]));
});

it('says by the lamp of a panel with stock firmware whether people may take tickets', async () => {
  const { seen, lit, paperIs, putPaper } = await stockPanel();
  putPaper(true);
  await paperIs('ok');
  await until('the kiosk is open', lit);
  await seen.command('disable', {});
  await until('the kiosk is closed', () => !lit());
  await seen.command('enable', {});
  await until('the kiosk is open again', lit);
  putPaper(false);
  await paperIs('out');
  await until('it blinks without paper', () => !lit());
  await until('and is not just out', lit);
  putPaper(true);
  await paperIs('ok');
});

it('is absent while the line of a panel with stock firmware is out, and works again after', async () => {
  const { board, seen, asked, lit } = await stockPanel();
  await board.pullCable();
  await seen.until('the panel is gone', () => seen.presence.state === 'offline');
  await board.plugIn();
  await seen.until('the panel is back', () => seen.presence.state === 'online');
  await until('its lamp is lit again', lit);
  board.press(1, { heldMs: 150 });
  await until('the wish is recorded', () => asked().length === 1);
});
