/**
 * The demo hall as it stands: evaluators with callers on one RS-485 bus behind a pseudo-terminal, a fingerprint clock on
 * TCP and one on UDP.
 */
import { startEvaluatorBus, type EvaluatorBusSimulator } from '../evaluator/rs485.ts';
import { startClock, type SimulatedClock } from '../fingerprint-clock/clock.ts';
import type { DemoClock } from './demo-settings.ts';

export interface StandingHall {
  bus: EvaluatorBusSimulator;
  clocks: { entry: DemoClock; clock: SimulatedClock }[];
  close(): Promise<void>;
}

export const STAFF = [
  { uid: 1, userId: '1001', name: '张三' },
  { uid: 2, userId: '1002', name: '李四' },
  { uid: 3, userId: '1003', name: '王芳' },
  { uid: 4, userId: '1004', name: '赵敏' },
  { uid: 5, userId: '1005', name: '欧阳建国' },
];

/** Stands everything up on free ports. The clock's minutes east of Greenwich are those of Asia/Shanghai. */
export async function standUp(options: {
  windows: readonly number[];
  seed: number;
  ptyPath: string;
}): Promise<StandingHall> {
  const { windows, seed, ptyPath } = options;
  const bus = await startEvaluatorBus({ addresses: windows, port: { type: 'pty', path: ptyPath }, seed });
  const east = await startClock({ serial: 'DEMO0000000001', users: STAFF, seed: seed + 1, nameEncoding: 'gbk' });
  const west = await startClock({
    serial: 'DEMO0000000002',
    users: STAFF,
    seed: seed + 2,
    transport: 'udp',
    recordSize: 16,
    userSize: 28,
    eventLength: 12,
  });
  const clocks = [
    { entry: entryOf('clock-east', '东门', east, 'tcp'), clock: east },
    { entry: entryOf('clock-west', '西门', west, 'udp'), clock: west },
  ];
  return {
    bus,
    clocks,
    async close() {
      await Promise.all([bus.close(), ...clocks.map(({ clock }) => clock.close())]);
    },
  };
}

function entryOf(id: string, name: string, clock: SimulatedClock, transport: 'tcp' | 'udp'): DemoClock {
  return { id, name, host: clock.host, port: clock.port, transport };
}
