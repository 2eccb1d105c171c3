/**
 * A board with an Onbon BX-5K/6K text card, over TCP (port 5005) or a serial line that several boards may share.
 *
 * Promises: a command is done when the card acknowledged it; only the newest text of an area is ever sent, none after its
 * time; what the card lost with its power is sent again. Texts go into dynamic areas, which live in the card's memory: its flash
 * is never written.
 */
import { defineDriver, type CommandHandlers, type Hall } from '../../gateway/kernel/driver.ts';
import { HallError, isHallError, type ErrorCode } from '../../gateway/kernel/errors.ts';
import { lineSettingsSchema } from '../../gateway/kernel/line-settings.ts';
import { zoneTime } from '../../gateway/kernel/local-time.ts';
import { aborted } from '../../gateway/kernel/waiting.ts';
import { displayCommands } from './display-commands.ts';
import type { BoardText, Standing } from './display-area.ts';
import { displayDesk, type DisplayDesk } from './display-desk.ts';
import { ledBoard, type LedBoard } from './kind.ts';
import { encodeArea } from './onbon-bx-area.ts';
import { bxBoard, type BxBoard } from './onbon-bx-board.ts';
import { openBxBus, type BxBus } from './onbon-bx-bus.ts';
import { areasRequest, BRIGHTNESS_MAX, brightnessRequest, powerRequest, timeRequest } from './onbon-bx-messages.ts';
import { bxConfigSchema, type BxArea, type BxConfig } from './onbon-bx-settings.ts';
import { statusReader } from './onbon-bx-status.ts';

export const onbonBx = defineDriver({
  kind: ledBoard,
  wire: 'onbon-bx',
  config: bxConfigSchema,
  example: { host: '192.168.1.61', areas: [{ name: 'main', width: 128, height: 32, idleText: '暂停服务' }] },
  address: placeOf,
  commands: ['show-text', 'show-call', 'clear', 'set-brightness', 'set-power', 'set-time'],
  async run(config, hall) {
    const numbers = new Map(config.areas.map((area, number) => [area.name, { number, area }]));
    const bus = sharedBus(config, hall);
    const board: BxBoard = bxBoard({
      config,
      place: placeOf(config),
      bus,
      hall,
      onStatus: (status) => reader.hear(status),
    });
    const desk = displayDesk({
      areas: new Map(config.areas.map((area) => [area.name, { idle: idleOf(area) }])),
      write: async (name, take) => {
        const { number, area } = known(numbers, name);
        const told = board.tell(() => writeRequest(number, area, config, take(), hall.clock.now()));
        const code = await told.then(() => undefined, refusedWith);
        reader.fault(name, code);
        await told;
      },
      refreshMs: config.refreshMs,
      clock: hall.clock,
      onChange: () => reader.tell(),
      onExpired: (area, text) => reader.expired(area, text),
    });
    const reader = statusReader({ hall, desk, areaNames: config.areas.map(({ name }) => name) });
    hall.serve(commands(config, hall, board, desk, reader));
    reader.tell();
    board.start();
    await aborted(hall.signal);
    board.stop();
    desk.stop();
  },
});

function placeOf({ host, port, line, address }: Pick<BxConfig, 'host' | 'port' | 'line' | 'address'>): string {
  return line === undefined ? `${host ?? ''}:${port}` : `${line}#${address}`;
}

/** Boards of one serial line share it; a card on the network has its own. */
function sharedBus({ host, port, line, connectTimeoutMs }: BxConfig, hall: Hall<LedBoard>): BxBus {
  const settings =
    line === undefined ? lineSettingsSchema.parse({ type: 'tcp', host, port, connectTimeoutMs }) : hall.line(line);
  const name = line ?? `${host ?? ''}:${port}`;
  return hall.share(`onbon-bx:${name}`, () => openBxBus(settings, hall.log.child({ bus: name })));
}

function idleOf({ idleText, colour, effect, speed }: BxArea): BoardText | undefined {
  return idleText === undefined ? undefined : { text: idleText, colour, effect, speed };
}

/** An area without a text is deleted: then the card shows its own programs there, if it has any. */
function writeRequest(number: number, area: BxArea, config: BxConfig, { text, untilMs }: Standing, nowMs: number) {
  if (text === undefined) return areasRequest({ remove: [number] });
  const remainingMs = untilMs === undefined ? undefined : Math.max(0, untilMs - nowMs);
  return areasRequest({ write: [encodeArea(number, area, text, config, remainingMs)] });
}

/** The code when the card itself said no; undefined when it was not reached, or the text withdrawn. */
function refusedWith(thrown: unknown): ErrorCode | undefined {
  const code = isHallError(thrown) ? thrown.code : undefined;
  return code !== undefined && REFUSALS.has(code) ? code : undefined;
}

const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'board.memory-full',
  'board.font-missing',
  'board.refused',
  'board.busy',
]);

function known<T>(areas: ReadonlyMap<string, T>, name: string): T {
  const area = areas.get(name);
  if (area === undefined) throw new HallError('board.area-unknown', { facts: { area: name } });
  return area;
}

function commands(
  config: BxConfig,
  hall: Hall<LedBoard>,
  board: BxBoard,
  desk: DisplayDesk,
  reader: ReturnType<typeof statusReader>,
): CommandHandlers<LedBoard> {
  const zone = zoneTime(hall.timeZone);
  const areas = new Map(config.areas.map((area) => [area.name, area]));
  const tell = (signal: AbortSignal, data: () => Uint8Array) =>
    board.tell(() => {
      signal.throwIfAborted();
      return data();
    });
  return {
    ...displayCommands({
      hall,
      desk,
      areas,
      callTemplate: config.callTemplate,
      fits: (name, text) => void encodeArea(0, known(areas, name), text, config),
    }),
    async 'set-brightness'({ percent }, signal) {
      const level = Math.round((percent * BRIGHTNESS_MAX) / 100);
      await tell(signal, () => brightnessRequest(level));
      return { percent: reader.changed({ brightness: level }) };
    },
    async 'set-power'({ power }, signal) {
      await tell(signal, () => powerRequest(power));
      reader.changed({ power });
      return {};
    },
    async 'set-time'(_, signal) {
      if (!hall.clock.synced()) throw new HallError('clock.hall-time-unknown');
      let toldMs = 0;
      await tell(signal, () => {
        toldMs = hall.clock.now();
        return timeRequest(zone.toLocal(toldMs));
      });
      reader.changed({ clockDriftSeconds: 0 });
      return { time: new Date(toldMs).toISOString() };
    },
  };
}
