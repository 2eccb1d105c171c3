/**
 * The reference hall, after figures from real ones: 131 windows, each with a board and an evaluator, two large boards, 6 ticket
 * dispensers, 97 cameras and 8 fingerprint clocks: 375 devices.
 */
import {
  address,
  bxBoard,
  camera,
  idOf,
  largeBoard,
  modbusBoard,
  mqttKiosk,
  printerKiosk,
  pushClock,
  rs485Evaluator,
  tablet,
  zkClock,
} from './hall-entries.ts';
import {
  writeHall,
  type Entry,
  type HallContents,
  type HallPlaces,
  type Surroundings,
  type WrittenHall,
} from './hall-writer.ts';

const WINDOWS = 131;
/** The other windows have tablets. */
const EVALUATORS_ON_BUSES = 120;
const EVALUATORS_A_BUS = 20;
/** The other windows have boards on the network. */
const BOARDS_ON_MODBUS = 100;
const BOARDS_A_SEGMENT = 25;
const CAMERAS = 97;
const DIGITS = 3;

/** How the segments of the Modbus boards are reached; two gateways on one segment share its wires. */
const SEGMENTS = [
  { framings: ['tcp'], profile: 'gb2312' },
  { framings: ['rtu'], profile: 'led-485' },
  { framings: ['tcp', 'tcp'], profile: 'gb2312' },
  { framings: ['tcp'], profile: 'gb2312' },
] as const;

export function writeReferenceHall(places: HallPlaces): Promise<WrittenHall> {
  return writeHall(referenceHall, places);
}

function referenceHall(around: Surroundings): HallContents {
  const kiosks = count(4).map((number) => printerKiosk({ id: idOf('kiosk', number) }, number, around));
  const segments = SEGMENTS.map((_, index) => segmentLines(index, around));
  const lines = [evaluatorLines(around), ...segments, ...kiosks.map((kiosk) => kiosk.lines)];
  return {
    lines: Object.fromEntries(lines.flatMap((each) => Object.entries(each))),
    devices: [
      ...count(WINDOWS).map((window) => evaluatorAt(window, around)),
      ...count(WINDOWS).map((window) => boardAt(window, around)),
      ...count(2).map((number) => largeBoard({ id: idOf('board-hall', number) }, 200 + number, around)),
      ...kiosks.map(({ device }) => device),
      ...[5, 6].map((number) => mqttKiosk({ id: idOf('kiosk', number) })),
      ...count(CAMERAS).map((number) => camera({ id: idOf('camera', number) }, number, around)),
      ...count(6).map((number) => {
        return zkClock({ id: idOf('clock', number) }, number, number === 6 ? 'udp' : 'tcp', around);
      }),
      ...[7, 8].map((number) => pushClock({ id: idOf('clock', number) }, number, around)),
    ],
  };
}

function evaluatorAt(window: number, around: Surroundings): Entry {
  const place = { id: idOf('evaluator', window, DIGITS), window };
  if (window > EVALUATORS_ON_BUSES) return tablet(place, around);
  const [bus, busAddress] = seat(window, EVALUATORS_A_BUS);
  return rs485Evaluator(place, idOf('evaluators', bus), busAddress, around);
}

function evaluatorLines({ port }: Surroundings): Record<string, Entry> {
  const buses = count(EVALUATORS_ON_BUSES / EVALUATORS_A_BUS).map((bus): [string, Entry] => {
    return [idOf('evaluators', bus), { type: 'tcp', host: address('evaluators', bus), port: port('evaluators') }];
  });
  return Object.fromEntries(buses);
}

function boardAt(window: number, around: Surroundings): Entry {
  const place = { id: idOf('board', window, DIGITS), window };
  if (window > BOARDS_ON_MODBUS) return bxBoard(place, window, around);
  const [segment, unit] = seat(window, BOARDS_A_SEGMENT);
  const { framings, profile } = SEGMENTS[segment - 1] ?? SEGMENTS[0];
  return modbusBoard(place, segmentLine(segment, 1 + (unit % framings.length)), unit, profile);
}

/** The ways to the wires of one segment: `boards-3-1` and `boards-3-2`. */
function segmentLines(index: number, { port }: Surroundings): Record<string, Entry> {
  const segment = index + 1;
  const framings: readonly string[] = SEGMENTS[index]?.framings ?? [];
  const ways = framings.map((framing, way): [string, Entry] => {
    const modbus = { framing, ...(framings.length > 1 && { bus: `segment-${segment}` }) };
    const host = address('modbus', segment * 10 + way);
    return [segmentLine(segment, way + 1), { type: 'tcp', host, port: port('modbus'), modbus }];
  });
  return Object.fromEntries(ways);
}

function segmentLine(segment: number, way: number): string {
  return `boards-${segment}-${way}`;
}

/** Which group of so many a number is in, and its place there; both from 1. */
function seat(number: number, size: number): [group: number, place: number] {
  return [Math.ceil(number / size), ((number - 1) % size) + 1];
}

/** 1 to `last`. */
function count(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}
