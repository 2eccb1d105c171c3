/**
 * A board on a Modbus bus: RTU on a serial port or behind a serial server, or Modbus TCP. Its registers are described by a map
 * (`modbus-map.ts`); the bus is shared with every other board on the same wires.
 *
 * Promises: a command is done when the board confirmed each write, and where it can be read, holds the text; what its map lacks
 * is refused; the newest text wins; a board that was off gets its text again.
 */
import { defineDriver, type CommandHandlers, type Hall } from '../../gateway/kernel/driver.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import { zoneTime } from '../../gateway/kernel/local-time.ts';
import { aborted } from '../../gateway/kernel/waiting.ts';
import { busKey, openModbusBus } from '../../firmware-bridge/modbus-bus/modbus-bus.ts';
import { displayCommands } from './display-commands.ts';
import { displayDesk } from './display-desk.ts';
import { ledBoard, type LedBoard } from './kind.ts';
import { boardLink, type BoardLink } from './modbus-link.ts';
import type { BoardMap } from './modbus-map.ts';
import { boardReport, type BoardReport } from './board-report.ts';
import { callTemplateOf, idleTextOf, mapOf, modbusConfigSchema, type ModbusConfig } from './modbus-settings.ts';
import { between, partOf, textWrites, writeRequests } from './modbus-writes.ts';

export const modbus = defineDriver({
  kind: ledBoard,
  wire: 'modbus',
  config: modbusConfigSchema,
  example: { line: 'boards-a', unit: 5, profile: 'gb2312' },
  address: ({ line, unit }) => `${line}#${unit}`,
  commands: ['show-text', 'show-call', 'clear', 'set-brightness', 'set-power', 'set-time'],
  async run(config, hall) {
    const settings = hall.line(config.line);
    const key = busKey(config.line, settings);
    const bus = hall.share(key, () => openModbusBus(hall.log.child({ bus: key })));
    const map = mapOf(config);
    const desk = displayDesk({
      areas: new Map([[config.area, { idle: idleTextOf(config) }]]),
      write: (_area, take) => link.show(take),
      refreshMs: config.refreshMs,
      clock: hall.clock,
      onChange: () => report.tell(),
      onExpired: (area, text) => report.expired(area, text),
    });
    const report = boardReport(hall, () => desk.shown());
    const link: BoardLink = boardLink({ config, settings, map, bus, hall, desk, report });
    hall.serve(commands({ config, map, hall, link, report, desk }));
    report.tell();
    link.start();
    await aborted(hall.signal);
    link.stop();
    desk.stop();
  },
});

interface Board {
  config: ModbusConfig;
  map: BoardMap;
  hall: Hall<LedBoard>;
  link: BoardLink;
  report: BoardReport;
  desk: ReturnType<typeof displayDesk>;
}

function commands({ config, map, hall, link, report, desk }: Board): CommandHandlers<LedBoard> {
  const { area, colour, effect, speed } = config;
  const zone = zoneTime(hall.timeZone);
  return {
    ...displayCommands({
      hall,
      desk,
      areas: new Map([[area, { colour, effect, speed }]]),
      callTemplate: callTemplateOf(config),
      fits: (_area, text) => void textWrites(map, text),
    }),
    async 'set-brightness'({ percent }) {
      const { register, darkest, brightest } = partOf(map, 'brightness');
      const level = between(darkest, brightest, percent / 100);
      await link.tell(() => writeRequests(map, [[register, level]]));
      const told = Math.round((100 * (level - darkest)) / (brightest - darkest || 1));
      report.changed({ brightness: told });
      return { percent: told };
    },
    async 'set-power'({ power }) {
      const { register, on, off } = partOf(map, 'power');
      await link.tell(() => writeRequests(map, [[register, power === 'on' ? on : off]]));
      report.changed({ power });
      return {};
    },
    async 'set-time'() {
      const { start } = partOf(map, 'clock');
      if (!hall.clock.synced()) throw new HallError('clock.hall-time-unknown');
      let toldMs = 0;
      await link.tell(() => {
        toldMs = hall.clock.now();
        const { year, month, day, hour, minute, second } = zone.toLocal(toldMs);
        const fields = [year, month, day, hour, minute, second];
        return writeRequests(
          map,
          fields.map((field, index) => [start + index, field]),
        );
      });
      return { time: new Date(toldMs).toISOString() };
    },
  };
}
