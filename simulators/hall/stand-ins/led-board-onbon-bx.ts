/**
 * LED boards of hall.yaml with Onbon BX cards: each behind its own network port, or several on a line. A board makes no
 * event; what people see on it is its truth.
 */
import { startBxLine, type BxLine, type BxPort } from '../../led-board/bx-board.ts';
import type { BxCard, CardOptions } from '../../led-board/bx-card.ts';
import type { AreaPicture } from '../../led-board/bx-picture.ts';
import { lineOf, type DeviceEntry, type HallFile } from '../hall-file.ts';
import type { Picture, PicturePart } from '../picture.ts';
import type { Ground, StandIn, StandInMaker } from '../stand-in.ts';
import { boardSize } from './board-size.ts';
import { groupedBy } from './groups.ts';

const PORT = 5_005;
/** "Any card", for a line with one: the simulated card has to be somebody. */
const ANY_CARD = 65_534;
const ONLY_CARD = 1;
const COLOURS = ['red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
const NORMAL_DOTS = 16;

export const ledBoardOnbonBx: StandInMaker = {
  kind: 'led-board',
  wire: 'onbon-bx',
  async standUp(entries, ground) {
    const groups = groupedBy(entries, (entry) => placeOf(entry, ground.file));
    const stood = await Promise.all(
      [...groups.values()].map(async (members) => ({ members, line: await startFor(members, ground) })),
    );
    const close = async () => {
      await Promise.all(stood.map(({ line }) => line.close()));
    };
    return { close, devices: stood.flatMap(({ members, line }) => standIns(members, line, ground)) };
  },
};

function portOf(entry: DeviceEntry, file: HallFile): BxPort {
  const { host, port } = entry;
  if (typeof host === 'string') return { type: 'tcp', host, port: typeof port === 'number' ? port : PORT };
  const { line } = lineOf(file, entry);
  return line.type === 'serial'
    ? { type: 'pty', path: line.path, baudRate: line.baudRate }
    : { type: 'tcp', host: line.host, port: line.port };
}

function placeOf(entry: DeviceEntry, file: HallFile): string {
  return JSON.stringify(portOf(entry, file));
}

function startFor(members: readonly DeviceEntry[], { file, random }: Ground): Promise<BxLine> {
  const [first] = members;
  if (!first) throw new Error('a line without boards');
  const cards = members.map((entry): CardOptions => ({
    address: addressOf(entry),
    family: entry['family'] === '5k' ? '5k' : '6k',
    hasSpecialArea: entry['hasSpecialArea'] !== false,
    timeZone: file.hall.timeZone,
  }));
  return startBxLine({ cards, port: portOf(first, file), seed: random.int(1, 2 ** 31) });
}

function addressOf({ address }: DeviceEntry): number {
  return typeof address === 'number' && address !== ANY_CARD ? address : ONLY_CARD;
}

function standIns(members: readonly DeviceEntry[], line: BxLine, { onHappening }: Ground): StandIn[] {
  const byAddress = new Map(members.map((entry) => [addressOf(entry), entry]));
  line.onTruth(({ address, atMs, areas }) => {
    const entry = byAddress.get(address);
    const shown = areas.map(({ number, text, colour }) => ({ number, text, colour }));
    if (entry) onHappening({ device: entry.id, kind: entry.kind, atMs, what: 'board.shows', data: { areas: shown } });
  });
  const isAlone = members.length === 1;
  return members.map((entry) => standIn(entry, line, isAlone));
}

/** The mains of a board that is alone behind its port feed the port too. */
function standIn(entry: DeviceEntry, line: BxLine, isAlone: boolean): StandIn {
  const card = line.card(addressOf(entry));
  return {
    entry,
    speaks: [],
    hands: {
      'power-off': {
        summary: { en: 'the board loses its mains', zh: '断电' },
        async act() {
          card.powerOff();
          if (isAlone) await line.pullCable();
        },
      },
      'power-on': {
        summary: { en: 'the board has its mains again', zh: '上电' },
        async act() {
          card.powerOn();
          if (isAlone) await line.plugIn();
        },
      },
      hang: {
        summary: { en: 'the card hangs: it neither obeys nor answers', zh: '控制卡死机' },
        act: () => {
          card.hang();
        },
      },
      wake: {
        summary: { en: 'the card answers again', zh: '恢复应答' },
        act: () => {
          card.wake();
        },
      },
    },
    pullCable: () => line.pullCable(),
    plugIn: () => line.plugIn(),
    picture: () => pictureOf(entry, card),
  };
}

function pictureOf(entry: DeviceEntry, card: BxCard): Picture {
  const lit = card.power === 'on' && card.lamps === 'on';
  return { form: 'board', ...boardSize(entry), lit, parts: card.visible().map(partOf) };
}

function partOf({ x, y, width, height, text, colour, align, runs }: AreaPicture): PicturePart {
  const known = COLOURS.find((name) => name === colour);
  return {
    what: 'text',
    text,
    box: { x, y, width, height },
    size: (runs[0]?.dots ?? NORMAL_DOTS) / NORMAL_DOTS,
    align: align === 'left' || align === 'right' ? align : 'centre',
    ...(known && { colour: known }),
  };
}
