/**
 * Window displays of hall.yaml on hall boards. A display makes no event; what people see on it is its truth.
 */
import { z } from 'zod';
import type { ScriptedBoard } from '../../board/scripted-board.ts';
import type { Shown } from '../../board/scripted-display.ts';
import type { DeviceEntry } from '../hall-file.ts';
import type { Picture } from '../picture.ts';
import type { Front, Ground, StandInMaker } from '../stand-in.ts';
import { standUpBoards, startScripted } from './hall-board.ts';

/** Drawn taller than its eight dots, as other boards have their characters. */
const CHARACTER = { width: 8, height: 16 };
const COLOURS = ['red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

const displaySchema = z.looseObject({
  characters: z.number().default(4),
  colour: z.enum(COLOURS).catch('red'),
});

function display(entry: DeviceEntry, board: ScriptedBoard, { onHappening }: Ground): Front {
  board.onShown((shown) => {
    const data = { text: textOf(shown) };
    onHappening({ device: entry.id, kind: entry.kind, atMs: Date.now(), what: 'board.shows', data });
  });
  return { speaks: [], hands: {}, picture: () => pictureOf(entry, textOf(board.shown()), board.powered()) };
}

export const ledBoardFirmata: StandInMaker = {
  kind: 'led-board',
  wire: 'firmata',
  standUp: standUpBoards({ profile: 'window-display', start: startScripted, use: display }),
};

function textOf(shown: Shown): string {
  return 'text' in shown ? shown.text : '';
}

function pictureOf(entry: DeviceEntry, text: string, lit: boolean): Picture {
  const { characters, colour } = displaySchema.parse(entry);
  const size = { width: characters * CHARACTER.width, height: CHARACTER.height };
  const box = { x: 0, y: 0, ...size };
  const part = { what: 'text' as const, text, box, size: 1, align: 'left' as const, colour };
  return { form: 'board', ...size, lit, parts: text === '' ? [] : [part] };
}
