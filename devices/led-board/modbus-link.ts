/**
 * One board's hold on its Modbus bus: writes, presence, and putting back what the board lost.
 */
import type { Hall } from '../../gateway/kernel/driver.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import type { LineSettings } from '../../gateway/kernel/line-settings.ts';
import type { Membership, ModbusBus } from '../../firmware-bridge/modbus-bus/modbus-bus.ts';
import type { ModbusRequest } from '../../firmware-bridge/modbus-bus/modbus-request.ts';
import type { Lane } from '../../firmware-bridge/modbus-bus/request-queue.ts';
import type { Standing } from './display-area.ts';
import type { DisplayDesk } from './display-desk.ts';
import type { LedBoard } from './kind.ts';
import type { BoardMap } from './modbus-map.ts';
import type { BoardReport } from './board-report.ts';
import type { ModbusConfig } from './modbus-settings.ts';
import { checkReadBack, pollRequest, readsBack, textWrites, type TextWrites } from './modbus-writes.ts';

export interface BoardLink {
  /** Writes what `take` gives when the wires are free; resolves when the board confirmed it. */
  show(take: () => Standing): Promise<void>;
  /** @throws HallError of the bus, or what making the requests threw. */
  tell(requests: () => readonly ModbusRequest[]): Promise<void>;
  start(): void;
  stop(): void;
}

export interface BoardLinkOptions {
  config: ModbusConfig;
  settings: LineSettings;
  map: BoardMap;
  bus: ModbusBus;
  hall: Hall<LedBoard>;
  desk: DisplayDesk;
  report: BoardReport;
}

export function boardLink({ config, settings, map, bus, hall, desk, report }: BoardLinkOptions): BoardLink {
  const { line, unit, profile, pollMs } = config;
  let member: Membership | undefined;
  /** The text that the board confirmed last; undefined while it may show something else. */
  let standing: TextWrites | undefined;
  let restoring = false;

  const perform = (requests: () => readonly ModbusRequest[], lane: Lane) =>
    member?.perform(requests, { lane, signal: hall.signal }) ?? Promise.reject(new HallError('device.stopped'));
  /** Not once its time is over: a poll may write it again. */
  const believed = () => (desk.shown().every(({ confirmed }) => confirmed) ? standing : undefined);
  const restore = async () => {
    restoring = true;
    const restored = desk.restore();
    restoring = false;
    await restored;
  };
  const restoreLost = async () => {
    const lost = desk.shown().flatMap(({ area, confirmed }) => (confirmed ? [area] : []));
    desk.doubt();
    await restore();
    if (lost.length > 0 && desk.shown().every(({ confirmed }) => confirmed)) report.restarted(lost);
  };
  const join = () =>
    bus.join({
      unit,
      line,
      settings,
      pollMs,
      poll: () => pollRequest(map, believed()?.piece),
      onPolled(answer) {
        if (hasLost(map, believed(), answer)) void restoreLost();
        else void restore();
      },
      onWell() {
        if (hall.signal.aborted) return;
        hall.online({ address: `${line}#${unit}`, model: profile });
        // Whether it was without power cannot be seen where nothing can be read.
        if (!readsBack(map)) desk.doubt();
        void restore();
      },
      onTrouble(reason) {
        if (!hall.signal.aborted) hall.offline(reason);
      },
    });
  return {
    async show(take) {
      // What a board lost can wait for calls to others; `restore` calls this in its own turn.
      const lane: Lane = restoring ? 'command' : 'call';
      let writes: TextWrites | undefined;
      const answers = await perform(() => {
        writes = textWrites(map, take().text);
        standing = undefined;
        return writes.requests;
      }, lane);
      if (writes) checkReadBack(writes, answers);
      standing = writes;
    },
    async tell(requests) {
      await perform(requests, 'command');
    },
    start() {
      member = join();
    },
    stop() {
      member?.leave();
      member = undefined;
    },
  };
}

/** The board was read and does not hold the text that it confirmed. */
function hasLost(map: BoardMap, standing: TextWrites | undefined, answer: readonly number[]): boolean {
  const piece = standing?.piece;
  if (!piece || !readsBack(map)) return false;
  return piece.values.some((value, index) => answer[index] !== value);
}
