/**
 * LED boards of hall.yaml on Modbus. Lines with the same bus lead to the same wires, so their boards are one simulator with
 * several ports. A board makes no event; what people see on it is its truth.
 */
import { startModbusBoards, type BoardPort, type ModbusBoards } from '../../led-board/modbus-board.ts';
import type { BoardSlave } from '../../led-board/modbus-slave.ts';
import { lineOf, type DeviceEntry, type HallFile, type LineEntry } from '../hall-file.ts';
import type { Picture } from '../picture.ts';
import type { Ground, StandIn, StandInMaker } from '../stand-in.ts';
import { boardMapOf } from './board-map.ts';
import { boardSize } from './board-size.ts';
import { groupedBy } from './groups.ts';

/** A gateway to the wires says so after this long when no board answers. */
const GATEWAY_TIMEOUT_MS = 200;
const COLOURS = ['red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

export const ledBoardModbus: StandInMaker = {
  kind: 'led-board',
  wire: 'modbus',
  async standUp(entries, ground) {
    const groups = groupedBy(entries, (entry) => busOf(lineOf(ground.file, entry)));
    const stood = await Promise.all(
      [...groups].map(async ([bus, members]) => ({ members, boards: await startFor(bus, members, ground) })),
    );
    const close = async () => {
      await Promise.all(stood.map(({ boards }) => boards.close()));
    };
    return { close, devices: stood.flatMap(({ members, boards }) => standIns(members, boards, ground)) };
  },
};

/** The name of the wires: of the bus, or of the line that has wires of its own. */
function busOf({ name, line }: { name: string; line: LineEntry }): string {
  const { bus } = modbusOf(line);
  return typeof bus === 'string' ? `bus ${bus}` : `line ${name}`;
}

function modbusOf({ modbus }: LineEntry): Record<string, unknown> {
  return typeof modbus === 'object' && modbus !== null ? { ...modbus } : {};
}

async function startFor(bus: string, members: readonly DeviceEntry[], { file, random }: Ground): Promise<ModbusBoards> {
  const boards = await startModbusBoards({
    units: members.map(unitOf),
    maps: new Map(members.map((entry) => [unitOf(entry), boardMapOf(entry)])),
    ports: portsOf(bus, file),
    seed: random.int(1, 2 ** 31),
    gatewayTimeoutMs: GATEWAY_TIMEOUT_MS,
  });
  return boards;
}

function unitOf({ unit }: DeviceEntry): number {
  return Number(unit);
}

function portsOf(bus: string, { lines }: HallFile): BoardPort[] {
  const own = Object.entries(lines).filter(([name, line]) => busOf({ name, line }) === bus);
  return own.map(([, line]) => {
    if (line.type === 'serial') return { type: 'pty', path: line.path };
    const framing = modbusOf(line)['framing'] === 'tcp' ? 'tcp' : 'rtu';
    return { type: 'tcp', framing, host: line.host, port: line.port };
  });
}

function standIns(members: readonly DeviceEntry[], boards: ModbusBoards, { onHappening }: Ground): StandIn[] {
  const byUnit = new Map(members.map((entry) => [unitOf(entry), entry]));
  boards.onTruth(({ unit, text, atMs }) => {
    const entry = byUnit.get(unit);
    if (entry) onHappening({ device: entry.id, kind: entry.kind, atMs, what: 'board.shows', data: { text } });
  });
  return members.map((entry) => standIn(entry, boards));
}

function standIn(entry: DeviceEntry, boards: ModbusBoards): StandIn {
  const board = boards.board(unitOf(entry));
  return {
    entry,
    speaks: [],
    hands: {
      'power-off': {
        summary: { en: 'the board loses its mains', zh: '断电' },
        act() {
          board.cutPower();
        },
      },
      'power-on': {
        summary: { en: 'the board has its mains again', zh: '上电' },
        act() {
          board.restorePower();
        },
      },
      hang: {
        summary: { en: 'the board does what it is told, and says nothing', zh: '只收不答' },
        act() {
          board.habits.mute = true;
        },
      },
      wake: {
        summary: { en: 'the board answers again', zh: '恢复应答' },
        act() {
          board.habits.mute = false;
        },
      },
    },
    pullCable: () => boards.pullCable(),
    plugIn: () => boards.plugIn(),
    picture: () => pictureOf(entry, board),
  };
}

function pictureOf(entry: DeviceEntry, { shown }: BoardSlave): Picture {
  const size = boardSize(entry);
  const colour = COLOURS.find((name) => name === shown.colour);
  const box = { x: 0, y: 0, ...size };
  const part = { what: 'text' as const, text: shown.text, box, size: 1, align: 'centre' as const };
  return {
    form: 'board',
    ...size,
    lit: shown.lit,
    parts: shown.text === '' ? [] : [{ ...part, ...(colour && { colour }) }],
  };
}
