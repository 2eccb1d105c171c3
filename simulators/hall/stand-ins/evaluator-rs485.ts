/**
 * Callers and evaluators of hall.yaml on their RS-485 buses: one simulated bus a line.
 */
import {
  CALLER_CODES,
  startEvaluatorBus,
  type CallerKeyName,
  type EvaluatorBusSimulator,
} from '../../evaluator/rs485.ts';
import { lineOf, type DeviceEntry, type LineEntry } from '../hall-file.ts';
import type { Ground, Hand, StandIn, StandInMaker } from '../stand-in.ts';

/** Which key byte stands for a level; the four-key device has no key for 3 and 1. */
const FOUR_KEYS: Readonly<Record<number, number>> = { 2: 0, 4: 2, 5: 3 };

const NOISE_BYTES = 40;

export const evaluatorRs485: StandInMaker = {
  kind: 'evaluator',
  wire: 'rs485',
  async standUp(entries, ground) {
    const buses: EvaluatorBusSimulator[] = [];
    const devices: StandIn[] = [];
    for (const [line, members] of byLine(entries, ground)) {
      const addresses = members.map((entry) => Number(entry['address']));
      const bus = await startEvaluatorBus({ addresses, port: portOf(line), seed: ground.random.int(1, 2 ** 31) });
      buses.push(bus);
      devices.push(...members.map((entry) => standIn(entry, bus, ground)));
    }
    const close = async () => {
      await Promise.all(buses.map((bus) => bus.close()));
    };
    return { devices, close };
  },
};

function byLine(entries: readonly DeviceEntry[], { file }: Ground): Map<LineEntry, DeviceEntry[]> {
  const groups = new Map<LineEntry, DeviceEntry[]>();
  for (const entry of entries) {
    const { line } = lineOf(file, entry);
    groups.set(line, [...(groups.get(line) ?? []), entry]);
  }
  return groups;
}

function portOf(line: LineEntry) {
  return line.type === 'serial'
    ? { type: 'pty' as const, path: line.path }
    : { type: 'tcp' as const, host: line.host, port: line.port };
}

function standIn(entry: DeviceEntry, bus: EvaluatorBusSimulator, ground: Ground): StandIn {
  const address = Number(entry['address']);
  const tell = (atMs: number, what: string, data: Record<string, unknown>, outcome: string) => {
    if (outcome === 'ignored') return;
    const happening = { device: entry.id, kind: entry.kind, atMs, what, data };
    ground.onHappening(outcome === 'acknowledged' ? happening : { ...happening, maybe: true });
  };
  const rate: Hand = {
    summary: { en: 'a citizen gives a mark', zh: '群众评价' },
    input: { level: 5 },
    async act({ level }) {
      const key = keyOf(entry, Number(level));
      if (key === undefined) throw new Error(`${entry.id} has no key for level ${String(level)}`);
      const atMs = Date.now();
      const outcome = await bus.press(address, key);
      tell(atMs, 'hall.evaluation.submitted.v1', { level: Number(level) }, outcome);
      return { outcome };
    },
  };
  const call: Hand = {
    summary: { en: 'the clerk presses a key of the caller', zh: '窗口人员按呼叫器' },
    input: { key: 'call-next' },
    async act({ key }) {
      if (!isCallerKey(key)) throw new Error(`${entry.id}: keys are ${Object.keys(CALLER_CODES).join(', ')}`);
      const atMs = Date.now();
      const outcome = await bus.callerKey(address, key);
      tell(atMs, 'hall.caller.key-pressed.v1', { key }, outcome);
      return { outcome };
    },
  };
  const noise: Hand = {
    summary: { en: 'a burst of noise on the bus', zh: '总线干扰' },
    act() {
      bus.noise(NOISE_BYTES);
    },
  };
  return {
    entry,
    speaks: ['hall.evaluation.submitted.v1', 'hall.caller.key-pressed.v1'],
    hands: { rate, call, noise },
    pullCable: () => bus.pullCable(),
    plugIn: () => bus.plugIn(),
  };
}

function keyOf({ keyMap, keys }: DeviceEntry, level: number): number | undefined {
  if (typeof keyMap === 'object' && keyMap !== null) {
    const found = Object.entries(keyMap).find(([, means]) => means === level);
    return found && Number(found[0]);
  }
  if (keys === 'five-key') return level >= 1 && level <= 5 ? level : undefined;
  return FOUR_KEYS[level];
}

function isCallerKey(key: unknown): key is CallerKeyName {
  return typeof key === 'string' && Object.hasOwn(CALLER_CODES, key);
}
