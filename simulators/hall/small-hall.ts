/**
 * A small hall with five windows and every wire at least once: what a newcomer sees first.
 */
import { join } from 'node:path';
import {
  address,
  boardDisplay,
  boardEvaluator,
  boardLine,
  boardPanel,
  bxBoard,
  camera,
  idOf,
  largeBoard,
  modbusBoard,
  mqttKiosk,
  printerKiosk,
  printerKioskWithBoard,
  pushClock,
  rs485Evaluator,
  tablet,
  zkClock,
} from './hall-entries.ts';
import { writeHall, type HallContents, type HallPlaces, type Surroundings, type WrittenHall } from './hall-writer.ts';

const LARGE_BOARD = 100;
const HALL_BOARD_BAUD = 57_600;
/** Hall boards behind serial servers share one helper of the gateway. */
const RUNNER = 'hall-boards';

export function writeSmallHall(places: HallPlaces): Promise<WrittenHall> {
  return writeHall(smallHall, places);
}

function smallHall(around: Surroundings): HallContents {
  const { places, port } = around;
  const at = (kind: string, window: number) => ({ id: idOf(kind, window), window });
  const modbus = (number: number, framing: 'tcp' | 'rtu') => {
    return { type: 'tcp', host: address('modbus', number), port: port('modbus'), modbus: { framing } };
  };
  const east = printerKiosk({ id: 'kiosk-east', name: '东门取号机' }, 1, around);
  const south = printerKioskWithBoard({ id: 'kiosk-south', name: '南门取号机' }, 2, RUNNER, around);
  return {
    lines: {
      evaluators: { type: 'serial', path: join(places.folder, 'evaluators'), baudRate: 9_600 },
      'boards-a': modbus(1, 'tcp'),
      'boards-b': modbus(2, 'rtu'),
      'keys-5': { type: 'serial', path: join(places.folder, 'keys-5'), baudRate: HALL_BOARD_BAUD },
      'display-5': boardLine(1, around),
      'panel-north': boardLine(2, around),
      ...east.lines,
      ...south.lines,
    },
    devices: [
      ...[1, 2, 3].map((window) => rs485Evaluator(at('evaluator', window), 'evaluators', window, around)),
      tablet(at('evaluator', 4), around),
      boardEvaluator(at('evaluator', 5), 'keys-5', around),
      modbusBoard(at('board', 1), 'boards-a', 1, 'gb2312'),
      modbusBoard(at('board', 2), 'boards-b', 2, 'led-485'),
      bxBoard(at('board', 3), 3, around),
      bxBoard(at('board', 4), 4, around),
      boardDisplay(at('board', 5), 'display-5', RUNNER),
      largeBoard({ id: 'board-hall', name: '综合屏' }, LARGE_BOARD, around),
      east.device,
      south.device,
      mqttKiosk({ id: 'kiosk-west', name: '西门取号机' }),
      boardPanel({ id: 'kiosk-north', name: '北门取号按键' }, 'panel-north', RUNNER),
      camera({ id: 'camera-01', name: '入口摄像机' }, 1, around),
      camera({ id: 'camera-02', name: '等候区摄像机' }, 2, around),
      zkClock({ id: 'clock-east', name: '东门打卡机' }, 1, 'tcp', around),
      zkClock({ id: 'clock-west', name: '西门打卡机' }, 2, 'udp', around),
      pushClock({ id: 'clock-south', name: '南门打卡机' }, 1, around),
    ],
  };
}
