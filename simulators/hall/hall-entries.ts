/**
 * Entries of a simulated hall, one function a kind and wire: each with an address of its own in 127.0.0.0/8.
 */
import { BUSINESSES } from './day.ts';
import { evaluationTimeoutOf, type Entry, type Surroundings } from './hall-writer.ts';

/** Sooner after a mark, another key belongs to the same evaluation. */
const SAME_EVALUATION_MS = 1_000;
const DISPLAY_CHARACTERS = 8;
const WINDOW_AREA = { name: 'main', width: 128, height: 32 };

/** The third number of the addresses: which part of the hall. */
const NETWORKS = { evaluators: 1, modbus: 2, boards: 3, kiosks: 4, cameras: 5, clocks: 6, hallBoards: 7 };

export function address(network: keyof typeof NETWORKS, number: number): string {
  return `127.64.${NETWORKS[network]}.${number}`;
}

/** `evaluator-07`; as many digits as the largest number of the hall has. */
export function idOf(kind: string, number: number, digits = 2): string {
  return `${kind}-${String(number).padStart(digits, '0')}`;
}

export interface Place {
  id: string;
  window?: number;
  name?: string;
}

export function rs485Evaluator(place: Place, line: string, busAddress: number, { places }: Surroundings): Entry {
  const wire = { line, address: busAddress, keys: 'five-key' };
  const times = { evaluationTimeoutSeconds: evaluationTimeoutOf(places), sameEvaluationMs: SAME_EVALUATION_MS };
  return { ...entry(place, 'evaluator', 'rs485'), ...wire, ...times };
}

export function tablet(place: Place, { places }: Surroundings): Entry {
  return { ...entry(place, 'evaluator', 'mqtt'), evaluationTimeoutSeconds: evaluationTimeoutOf(places) };
}

export function modbusBoard(place: Place, line: string, unit: number, profile: 'gb2312' | 'led-485'): Entry {
  return { ...entry(place, 'led-board', 'modbus'), line, unit, profile };
}

export function bxBoard(place: Place, number: number, { port }: Surroundings): Entry {
  return {
    ...entry(place, 'led-board', 'onbon-bx'),
    host: address('boards', number),
    port: port('bx'),
    areas: [WINDOW_AREA],
  };
}

/** A board for the whole hall: a title, and three lines below it. */
export function largeBoard(place: Place, number: number, { port }: Surroundings): Entry {
  const width = 512;
  const line = (name: string, y: number) => ({ name, y, width, height: 32 });
  const title = { ...line('title', 0), colour: 'yellow', idleText: '欢迎光临政务服务大厅' };
  const areas = [title, line('main', 32), line('second', 64), line('third', 96)];
  return { ...entry(place, 'led-board', 'onbon-bx'), host: address('boards', number), port: port('bx'), areas };
}

interface PrinterKiosk {
  device: Entry;
  lines: Record<string, Entry>;
}

/** A printer, a card reader and a panel of plain buttons, each on a line of its own. */
export function printerKiosk(place: Place, number: number, around: Surroundings): PrinterKiosk {
  const buttons = BUSINESSES.map(({ code, name }, index) => ({ sends: `0${index + 1}`, code, name }));
  return kioskWith({ buttons: { line: `${place.id}-panel`, buttons } }, place, number, around);
}

/** The same with a hall board as its panel. */
export function printerKioskWithBoard(
  place: Place,
  number: number,
  runner: string,
  around: Surroundings,
): PrinterKiosk {
  return kioskWith({ panel: { line: `${place.id}-panel`, runner, keys: boardKeys() } }, place, number, around);
}

function kioskWith(panel: Entry, place: Place, number: number, { port }: Surroundings): PrinterKiosk {
  const { id } = place;
  const tcp = (service: 'printer' | 'reader' | 'panel') => {
    return { type: 'tcp', host: address('kiosks', number), port: port(service) };
  };
  return {
    lines: { [`${id}-printer`]: tcp('printer'), [`${id}-reader`]: tcp('reader'), [`${id}-panel`]: tcp('panel') },
    device: {
      ...entry(place, 'ticket-dispenser', 'escpos'),
      line: `${id}-printer`,
      hallName: '演示政务大厅',
      cardReader: { line: `${id}-reader` },
      ...panel,
    },
  };
}

/** A hall board of our firmware behind a serial server. */
export function boardLine(number: number, { port }: Surroundings): Entry {
  return { type: 'tcp', host: address('hallBoards', number), port: port('board') };
}

export function boardEvaluator(place: Place, line: string, { places }: Surroundings): Entry {
  const times = { evaluationTimeoutSeconds: evaluationTimeoutOf(places), sameEvaluationMs: SAME_EVALUATION_MS };
  return { ...entry(place, 'evaluator', 'firmata'), line, ...times };
}

/** Boards with the same runner share one helper of the gateway. */
export function boardDisplay(place: Place, line: string, runner: string): Entry {
  return { ...entry(place, 'led-board', 'firmata'), line, runner, characters: DISPLAY_CHARACTERS };
}

/** A panel of keys that prints nothing itself. */
export function boardPanel(place: Place, line: string, runner: string): Entry {
  return { ...entry(place, 'ticket-dispenser', 'firmata'), line, runner, keys: boardKeys(), paperSensor: true };
}

function boardKeys() {
  return BUSINESSES.map(({ code, name }, index) => ({ key: index + 1, code, name }));
}

export function mqttKiosk(place: Place): Entry {
  return entry(place, 'ticket-dispenser', 'mqtt');
}

export function camera(place: Place, number: number, { port, password }: Surroundings): Entry {
  const account = { username: 'hall', password: password(place.id) };
  return { ...entry(place, 'camera', 'onvif'), host: address('cameras', number), port: port('camera'), ...account };
}

export function zkClock(place: Place, number: number, transport: 'tcp' | 'udp', { port }: Surroundings): Entry {
  const wire = { host: address('clocks', number), port: port('clock'), transport };
  return { ...entry(place, 'fingerprint-clock', 'zk'), ...wire };
}

/** All clocks that push find the gateway at the same address. */
export function pushClock(place: Place, number: number, { port }: Surroundings): Entry {
  const listen = `127.0.0.1:${port('push')}`;
  return { ...entry(place, 'fingerprint-clock', 'adms'), listen, serial: `SIM92034${String(number).padStart(5, '0')}` };
}

function entry({ id, window, name }: Place, kind: string, wire: string): Entry {
  return { id, kind, wire, ...(name !== undefined && { name }), ...(window !== undefined && { window }) };
}
