// What hall boards bear witness to while no gateway is at the other end of their lines.
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { seededRandom } from '../../kit/random.ts';
import type { DeviceEntry } from '../hall-file.ts';
import type { Happening, StandInMaker } from '../stand-in.ts';
import { evaluatorFirmata } from './evaluator-firmata.ts';
import { ledBoardFirmata } from './led-board-firmata.ts';
import { ticketDispenserFirmata } from './ticket-dispenser-firmata.ts';

const KEYS = [
  { key: 2, code: 'SS01', name: '社保业务' },
  { key: 7, code: 'HJ01', name: '户籍业务' },
];

async function standAlone(
  maker: StandInMaker,
  settings: Record<string, unknown>,
  offers?: (device: string, business: string) => boolean,
) {
  const { kind, wire } = maker;
  const entry: DeviceEntry = { id: 'board', kind, wire, line: 'wire', ...settings };
  const line = { type: 'tcp' as const, host: '127.0.0.1', port: 0 };
  const file = {
    hall: { id: 'demo', timeZone: 'Asia/Shanghai' },
    gateway: { id: 'gw-1' },
    lines: { wire: line },
    devices: [entry],
  };
  const happenings: Happening[] = [];
  const onHappening = (happening: Happening) => void happenings.push(happening);
  const ground = { file, random: seededRandom(1), onHappening, offers };
  const standing = await maker.standUp([entry], ground);
  onTestFinished(() => standing.close());
  const [device] = standing.devices;
  if (!device) throw new Error('the board does not stand');
  const hand = async (name: string, input: Record<string, unknown> = {}): Promise<unknown> => {
    const done: unknown = await device.hands[name]?.act(input);
    return done;
  };
  return { device, happenings, hand };
}

test('a panel takes presses until its memory is full, and says so to the next person', async () => {
  const { hand, happenings } = await standAlone(ticketDispenserFirmata, { keys: KEYS, paperSensor: true });
  await Promise.all(Array.from({ length: 28 }, () => hand('press', { business: 'HJ01' })));
  await expect(hand('press', { business: 'SS01' })).rejects.toThrow('memory is full');
  await expect(hand('tear-paper')).rejects.toThrow('memory is full');
  expect(happenings).toHaveLength(28);
  const data = { businessType: { code: 'HJ01', name: '户籍业务' }, source: 'button' };
  expect(new Set(happenings.map((each) => JSON.stringify([each.what, each.data, each.maybe])))).toEqual(
    new Set([JSON.stringify(['hall.ticket.requested.v1', data, undefined])]),
  );
});

test('a press at a panel that is closed may become a request or not', async () => {
  const { hand, happenings } = await standAlone(ticketDispenserFirmata, { keys: KEYS }, (_, code) => code !== 'SS01');
  await hand('press', { business: 'SS01' });
  await hand('press', { business: 'HJ01' });
  expect(happenings.map(({ maybe }) => maybe)).toEqual([true, undefined]);
  await expect(hand('press', { business: 'XX' })).rejects.toThrow('no button for XX');
});

test('a mark soon after another may belong to the same evaluation, and the key map says which key gives it', async () => {
  const { hand, happenings } = await standAlone(evaluatorFirmata, { keyMap: { 1: 5, 2: 1 } });
  await hand('rate', { level: 5 });
  await hand('rate', { level: 1 });
  expect(happenings.map(({ data, maybe }) => [data['level'], maybe])).toEqual([
    [5, undefined],
    [1, true],
  ]);
  await expect(hand('rate', { level: 3 })).rejects.toThrow('no key for level 3');
});

test('the emulated evaluator takes presses until its memory is full, each of them stored', async () => {
  const { hand, happenings } = await standAlone(evaluatorFirmata, { sameEvaluationMs: 0 });
  await Promise.all(Array.from({ length: 28 }, (_, index) => hand('rate', { level: (index % 5) + 1 })));
  await expect(hand('rate', { level: 5 })).rejects.toThrow('memory is full');
  expect(happenings.map(({ data }) => data['level'])).toEqual(
    Array.from({ length: 28 }, (_, index) => (index % 5) + 1),
  );
});

test('a press just before a power cut may be lost, and a dark board takes none', async () => {
  const { hand, happenings } = await standAlone(evaluatorFirmata, {});
  const rated = hand('rate', { level: 4 });
  await setImmediate();
  await hand('power-off');
  expect(await rated).toEqual({ outcome: 'doubtful' });
  expect(happenings).toMatchObject([{ data: { level: 4 }, maybe: true }]);
  await expect(hand('rate', { level: 5 })).rejects.toThrow('no power');
  await hand('power-on');
  await hand('rate', { level: 5 });
  expect(happenings.map(({ data }) => data['level'])).toEqual([4, 5]);
});

test('a display without power is dark', async () => {
  const { device, hand, happenings } = await standAlone(ledBoardFirmata, { characters: 8 });
  expect(device.picture?.()).toMatchObject({ form: 'board', width: 64, lit: true, parts: [] });
  await hand('power-off');
  expect(device.picture?.()?.lit).toBe(false);
  expect(happenings.at(-1)).toMatchObject({ what: 'board.shows', data: { text: '' } });
  await hand('power-on');
  expect(device.picture?.()?.lit).toBe(true);
});
