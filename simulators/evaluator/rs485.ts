/**
 * An RS-485 bus with the callers and evaluators of many windows, on a pseudo-terminal or behind a serial server (TCP). People
 * press keys through `press` and `callerKey`; `truth` is what they truly did, for a judge to compare.
 */
import type { Channel } from '../kit/channel.ts';
import type { ByteFaults } from '../kit/faults.ts';
import { startLinePeer, type LinePeer, type LinePort } from '../kit/line-peer.ts';
import { seededRandom } from '../kit/random.ts';
import { medium } from './medium.ts';
import { telegramBytes, telegramReader, type Telegram } from './telegrams.ts';
import { windowDevices, type Outcome, type RepeatHabit, type Unit, type WindowDevices } from './window-devices.ts';

export interface EvaluatorBusOptions extends Partial<RepeatHabit> {
  addresses: readonly number[];
  port: LinePort;
  seed?: number;
  faults?: ByteFaults;
  /** How long a byte takes; also how long a telegram can collide with another. */
  baudRate?: number;
  /** Hears what devices put on the wires, garbled or whole, at the moment when its last byte is through. */
  onSent?: (bytes: Uint8Array) => void;
}

/** One press that a person made and the device took. */
export interface TruePress {
  address: number;
  unit: Unit;
  /** The evaluator's key, or the codes that the caller sent. */
  data: readonly number[];
  atMs: number;
  /** Undefined while the device still sends it. */
  outcome: Outcome | undefined;
}

/** Names on the caller's keypad and what they send: a key, or a digit and the confirm key. */
export const CALLER_CODES = {
  'call-next': [0x0c],
  recall: [0x0d],
  finish: [0x0b],
  cancel: [0x0e],
  'one-metre': [0x11],
  pause: [0x12],
  transfer: [0x13],
  hang: [0x00, 0x0f],
  'call-back': [0x03, 0x0f],
  'give-up': [0x06, 0x0f],
} as const satisfies Record<string, readonly number[]>;

export type CallerKeyName = keyof typeof CALLER_CODES;

export interface EvaluatorBusSimulator {
  /** How hall.yaml names this line. */
  readonly line: LinePeer['line'];
  /** @throws Error for an address that is not on this bus. */
  device(address: number): WindowDevices;
  /** A citizen presses a key of the evaluator; resolves when the device is done with it. */
  press(address: number, key: number): Promise<Outcome>;
  /** The clerk presses a key of the caller. */
  callerKey(address: number, key: CallerKeyName): Promise<Outcome>;
  /** What people truly did, oldest first. */
  readonly truth: readonly TruePress[];
  /** Faults of what devices send; may be changed at any time. */
  readonly faults: ByteFaults;
  /** Random bytes on the wires, as a lift's motor makes them. */
  noise(bytesCount: number): void;
  collisions(): number;
  plugIn(): Promise<void>;
  pullCable(): Promise<void>;
  close(): Promise<void>;
}

const REPEAT_MS = 400;
const SENDS_MAX = 50;
const BAUD_RATE = 9_600;
const RESULT = 0x11;
/** The function code of the caller's keys is not documented; the host only cares that it is not 11h. */
const CALLER = 0x01;

/** Starts the bus, plugged in. */
export async function startEvaluatorBus(options: EvaluatorBusOptions): Promise<EvaluatorBusSimulator> {
  const { repeatMs = REPEAT_MS, sendsMax = SENDS_MAX, baudRate = BAUD_RATE } = options;
  const random = seededRandom(options.seed ?? 1);
  const truth: TruePress[] = [];
  let channel: Channel | undefined;
  const toHost = (bytes: Uint8Array) => {
    options.onSent?.(bytes);
    channel?.write(bytes);
  };
  const wires = medium(toHost, baudRate, random.fork());
  const put = (telegram: Telegram) => wires.transmit(telegramBytes(telegram));
  const devices = new Map(
    options.addresses.map((address) => [address, windowDevices(address, { repeatMs, sendsMax }, random.fork(), put)]),
  );
  const onConnection = (connected: Channel) => {
    channel = connected;
    connected.onData(telegramReader((telegram) => devices.get(telegram.address)?.node.hear(telegram)));
  };
  const { port: place, faults } = options;
  const port = await startLinePeer({ port: place, random: random.fork(), onConnection, ...(faults && { faults }) });

  const device = (address: number) => {
    const found = devices.get(address);
    if (!found) throw new Error(`no device has the address ${address}`);
    return found;
  };
  const pressed = async (address: number, unit: Unit, command: number, data: readonly number[]) => {
    const entry: TruePress = { address, unit, data, atMs: Date.now(), outcome: undefined };
    const outcome = device(address).press(unit, { address, command, data });
    truth.push(entry);
    entry.outcome = await outcome;
    if (entry.outcome === 'ignored') truth.splice(truth.indexOf(entry), 1);
    return entry.outcome;
  };
  return {
    line: port.line,
    device,
    press: (address, key) => pressed(address, 'evaluator', RESULT, [key]),
    callerKey: (address, key) => pressed(address, 'caller', CALLER, CALLER_CODES[key]),
    truth,
    faults: port.faults,
    noise: (bytesCount) => toHost(random.bytes(bytesCount)),
    collisions: () => wires.collisions(),
    plugIn: () => port.plugIn(),
    pullCable: () => port.pullCable(),
    async close() {
      for (const each of devices.values()) each.close();
      wires.close();
      await port.close();
    },
  };
}
