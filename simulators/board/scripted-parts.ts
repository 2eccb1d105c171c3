/** What a scripted board consists of, and what it does by itself: tell, beat, be alone, say thanks. */
import { FITTINGS, type BoardProfile, type Fitting } from './fitting.ts';
import { scriptedDisplay, type ScriptedDisplay } from './scripted-display.ts';
import { DARK, scriptedOutputs, type ScriptedOutputs } from './scripted-outputs.ts';
import { scriptedRecords, type ScriptedRecord, type ScriptedRecords } from './scripted-records.ts';
import { SETTING, scriptedSettings, type ScriptedSettings } from './scripted-settings.ts';
import { frameBytes, numberOf, u32 } from './wire-codec.ts';

export interface MindClock {
  nowMs: () => number;
  /** Returns the way to call it off. */
  after: (ms: number, action: () => void) => () => void;
}

export interface ScriptedParts {
  readonly profile: BoardProfile;
  readonly fitting: Fitting;
  readonly settings: ScriptedSettings;
  readonly records: ScriptedRecords;
  readonly outputs: ScriptedOutputs;
  readonly display: ScriptedDisplay;
  say(command: number, payload: readonly number[], tag?: number): void;
  upMs(): number;
  heartbeat(): number[];
  /** A good frame of the gateway came. */
  hearGateway(): void;
  sendAll(): void;
  stored(record: ScriptedRecord): void;
  acknowledged(through: number): void;
  start(): void;
  stop(): void;
}

const SEND_AGAIN_MS = 2_000;
const PATIENCE_MS = 10_000;
const THANKS_LAMP = 6;
const BLINK = { onMs: 250, offMs: 250, times: 0 };
const ALONE_BLINK = { onMs: 200, offMs: 1_800, times: 0 };
const KEY_EVENT = 2;
const HEARTBEAT = 8;

export function scriptedParts(
  profile: BoardProfile,
  serial: string,
  clock: MindClock,
  write: (bytes: Uint8Array) => void,
): ScriptedParts {
  const settings = scriptedSettings(serial);
  const records = scriptedRecords();
  const outputs = scriptedOutputs(clock.nowMs);
  const display = scriptedDisplay(settings);
  const timers = namedTimers(clock);
  const offlineLamp = profile === 'evaluator' ? THANKS_LAMP : 1;
  let startedMs = 0;
  let presence: 'awaited' | 'there' | 'alone' = 'awaited';
  let pressed: { key: number; sequence: number } | undefined;

  const setting = (which: number) => numberOf(settings.get(which) ?? []);
  const defaultText = () => Buffer.from(settings.get(SETTING.defaultText) ?? []).toString('latin1');
  const say = (command: number, payload: readonly number[], tag = 0) => write(frameBytes({ command, tag, payload }));
  const upMs = () => Math.floor(clock.nowMs() - startedMs);
  const tell = (record: ScriptedRecord) => say(KEY_EVENT, records.eventOf(record, clock.nowMs()));
  const sendAll = () => {
    if (presence !== 'there' || records.waiting.length === 0) return;
    records.waiting.forEach(tell);
    timers.set('again', SEND_AGAIN_MS, sendAll);
  };
  const heartbeat = () => [
    ...u32(upMs()),
    ...u32(records.newest),
    records.waiting.length,
    presence === 'there' ? 1 : 0,
  ];
  const beat = () => {
    if (presence !== 'there') return;
    say(HEARTBEAT, heartbeat());
    timers.set('beat', setting(SETTING.heartbeatMs), beat);
  };
  const beAlone = () => {
    presence = 'alone';
    outputs.endEndless();
    outputs.set(offlineLamp, ALONE_BLINK);
    if (defaultText() !== '') display.showText(defaultText());
  };
  const endBeingAlone = () => {
    outputs.set(offlineLamp, DARK);
    if (defaultText() !== '') display.clear();
  };
  const stopWaiting = () => {
    if (pressed) outputs.set(pressed.key, DARK);
    pressed = undefined;
  };
  const wait = ({ key, sequence }: ScriptedRecord) => {
    stopWaiting();
    pressed = { key, sequence };
    outputs.set(key, BLINK);
    timers.set('patience', PATIENCE_MS, stopWaiting);
  };
  return {
    profile,
    fitting: FITTINGS[profile],
    settings,
    records,
    outputs,
    display,
    say,
    upMs,
    heartbeat,
    sendAll,
    hearGateway() {
      timers.set('silence', setting(SETTING.silenceMs), beAlone);
      if (presence === 'there') return;
      if (presence === 'alone') endBeingAlone();
      presence = 'there';
      timers.set('beat', setting(SETTING.heartbeatMs), beat);
      sendAll();
    },
    stored(record) {
      if (presence === 'there') tell(record);
      if (presence === 'there' && records.waiting.length === 1) timers.set('again', SEND_AGAIN_MS, sendAll);
      if (profile === 'evaluator' && record.edge === 'pressed') wait(record);
    },
    acknowledged(through) {
      if (pressed === undefined || through < pressed.sequence) return;
      stopWaiting();
      outputs.set(THANKS_LAMP, { onMs: 3_000, offMs: 0, times: 1 });
      outputs.set(0, { onMs: 120, offMs: 0, times: 1 });
    },
    start() {
      startedMs = clock.nowMs();
      timers.set('silence', setting(SETTING.silenceMs), beAlone);
    },
    stop() {
      timers.stop();
      presence = 'awaited';
      stopWaiting();
      for (let output = 0; output <= FITTINGS[profile].lampPins.length; output += 1) outputs.set(output, DARK);
      display.clear();
      records.restart();
    },
  };
}

/** One timer per name: setting it again calls the earlier one off. */
function namedTimers(clock: MindClock) {
  const running = new Map<string, () => void>();
  return {
    set: (name: string, ms: number, action: () => void) => {
      running.get(name)?.();
      running.set(name, clock.after(ms, action));
    },
    stop: () => {
      for (const cancel of running.values()) cancel();
      running.clear();
    },
  };
}
