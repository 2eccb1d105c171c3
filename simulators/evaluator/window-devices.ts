/**
 * The caller and the evaluator of one window, which share an address: what their displays show, and how a press goes out again
 * and again until the host acknowledges it.
 */
import { simulatedNode, type Behaviour, type SimulatedNode } from '../kit/node.ts';
import type { Random } from '../kit/random.ts';
import type { Telegram } from './telegrams.ts';

/** What came of a press: the keypad is locked (ignored) while an earlier press is not settled. */
export type Outcome = 'acknowledged' | 'given-up' | 'ignored';

export interface WindowDevices {
  readonly address: number;
  readonly node: SimulatedNode<Telegram>;
  /** Six places: waiting count and ticket; a dark place is a blank. */
  readonly display: string;
  readonly stars: number;
  readonly beeps: number;
  readonly evaluating: boolean;
  press(unit: Unit, telegram: Telegram): Promise<Outcome>;
  close(): void;
}

export type Unit = 'caller' | 'evaluator';

export interface RepeatHabit {
  /** A press that is not acknowledged goes out again after this long, and a random bit more. */
  repeatMs: number;
  /** After so many times the device gives up. */
  sendsMax: number;
}

interface Pending {
  telegram: Telegram;
  settle: (outcome: Outcome) => void;
}

export function windowDevices(
  address: number,
  habit: RepeatHabit,
  random: Random,
  send: (telegram: Telegram) => void,
): WindowDevices {
  const shown = { display: ' '.repeat(6), stars: 0, beeps: 0, evaluating: false };
  const pending = new Map<Unit, Pending>();

  const acknowledged: Behaviour<Telegram> = {
    name: 'is content when its press is acknowledged',
    hear(telegram) {
      for (const [unit, { telegram: pressed, settle }] of pending) {
        if (!answers(unit, telegram, pressed)) continue;
        if (unit === 'evaluator') shown.evaluating = false;
        settle('acknowledged');
      }
      // Others want to hear it too: the answer to the caller's "evaluate" is what starts the evaluator.
      return false;
    },
  };
  const obeys: Behaviour<Telegram> = {
    name: 'does what the host says',
    hear({ command, data }) {
      if (command === 0x03) shown.beeps += 1;
      if (command === 0x01 && data[0] === 0x0b) shown.evaluating = true;
      if (command === 0x02 && data.length === 6) shown.display = data.map((code) => (code < 10 ? code : ' ')).join('');
      if (command === 0x02 && data.length === 1) shown.stars = data[0] ?? 0;
      return true;
    },
  };
  const node = simulatedNode(send, [acknowledged, obeys]);

  return {
    address,
    node,
    get display() {
      return shown.display;
    },
    get stars() {
      return shown.stars;
    },
    get beeps() {
      return shown.beeps;
    },
    get evaluating() {
      return shown.evaluating;
    },
    press(unit, telegram) {
      if (pending.has(unit)) return Promise.resolve('ignored');
      return new Promise((resolve) => {
        let sends = 0;
        let timer: NodeJS.Timeout | undefined;
        const settle = (outcome: Outcome) => {
          clearTimeout(timer);
          pending.delete(unit);
          resolve(outcome);
        };
        const attempt = () => {
          if (sends >= habit.sendsMax) {
            settle('given-up');
            return;
          }
          sends += 1;
          node.say(telegram);
          timer = setTimeout(attempt, habit.repeatMs * (1 + random.next() / 2));
        };
        pending.set(unit, { telegram, settle });
        attempt();
      });
    },
    close() {
      for (const { settle } of pending.values()) settle('given-up');
    },
  };
}

/** The caller wants its own telegram back; the evaluator its data under command 01. */
function answers(unit: Unit, heard: Telegram, pressed: Telegram): boolean {
  const command = unit === 'caller' ? pressed.command : 0x01;
  return heard.command === command && Buffer.from(heard.data).equals(Buffer.from(pressed.data));
}
