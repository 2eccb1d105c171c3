/**
 * One board behind a window, a kiosk or an evaluator, as a driver uses it: presence, presses in their order, outputs, display.
 * A press is acknowledged only after the driver has it on disk; the position says how far that is.
 */
import type { Hall } from '../../gateway/kernel/driver.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import { aborted } from '../../gateway/kernel/waiting.ts';
import { lineName } from '../lines/open-line.ts';
import { positionKeeper, type Position } from './board-position.ts';
import type { Greeted } from './board-greeting.ts';
import { boardSession, type BoardSession } from './board-session.ts';
import type { BoardSettings } from './board-settings.ts';
import type { HeardRecord } from './ring-reader.ts';
import type { OutputMode } from './runner-messages.ts';
import { openRunnerHost, type RunnerHost } from './runner-host.ts';
import { decodeFrame, encodeFrame } from './sysex-codec.ts';
import {
  COMMAND,
  displayPayload,
  outputPayload,
  PAPER_KEY,
  type DisplayContent,
  type OutputPattern,
  type Profile,
} from './sysex-messages.ts';

export interface BoardPress {
  key: number;
  /** Undefined: not known, the board was restarted in between. */
  ageMs: number | undefined;
  /** Absent for a board with stock firmware, which numbers nothing. */
  naturalKey?: string;
}

export type BoardHall = Pick<Hall, 'line' | 'signal' | 'log' | 'share' | 'online' | 'offline'>;

export interface HallBoardOptions {
  settings: BoardSettings;
  profile: Profile;
  hall: BoardHall;
  /** Where the last run stopped. */
  position: Position | undefined;
  /**
   * Makes a press durable, together with the position (absent for stock firmware); the board is told after it resolves. A
   * rejection leaves the press in the board, which says it again.
   */
  onPress?: (press: BoardPress, position: Position | undefined) => Promise<void>;
  /**
   * Makes the position durable after a record that is no press (a key let go, paper): to the next run its number would be missing.
   * A rejection is as that of `onPress`.
   */
  onPosition?: (position: Position) => Promise<void>;
  /** The paper sensor: at the start, and for every change. */
  onPaper?: (present: boolean) => void;
  /** The board is there (absent: with stock firmware); its lamps and display are to be set anew. */
  onUp?: (greeted: Greeted | undefined) => void;
  /** Told once for each time, or for another reason. */
  onDown?: (reason: HallError) => void;
}

export interface HallBoard {
  /** Drives an output: 0 is the buzzer, 1 and more are lamps. Resolves when the board confirmed (stock: when it was sent). */
  output(output: number, pattern: OutputPattern): Promise<void>;
  display(content: DisplayContent): Promise<void>;
  /** Resolves after the hall's signal aborted. */
  readonly ended: Promise<void>;
}

/** Joins the board's runner and talks to the board until the hall's signal aborts. */
export function openHallBoard(options: HallBoardOptions): HallBoard {
  const { settings, hall, profile } = options;
  const lineSettings = hall.line(settings.line);
  const line = lineName(lineSettings);
  const reading = positionKeeper(options.position);
  let session: BoardSession | undefined;
  let up = false;
  let reason = new HallError('hall-board.no-answer', { message: `${line} has not been opened yet.`, facts: { line } });

  const end = () => {
    session?.stop();
    session = undefined;
    up = false;
  };
  const goDown = (because: HallError) => {
    up = false;
    reason = because;
    if (hall.signal.aborted) return;
    hall.offline(because);
    options.onDown?.(because);
  };
  const goUp = (greeted: Greeted | undefined, firmware: string) => {
    up = true;
    const serial = greeted?.identity.serial ?? '';
    const model = greeted ? 'hall-board' : 'stock-firmata';
    hall.online({ address: line, model, firmware, ...(serial && { serial }) });
    options.onUp?.(greeted);
  };
  const take = async ({ key, active, ...heard }: HeardRecord, next: Position) => {
    const naturalKey = `${next.board}#${next.ring}:${next.through}`;
    if (key === PAPER_KEY) options.onPaper?.(active);
    if (active && key !== PAPER_KEY) await options.onPress?.({ key, ageMs: ageOf(heard), naturalKey }, next);
    else await options.onPosition?.(next);
  };
  const begin = () => {
    end();
    session = boardSession({
      line,
      profile,
      position: () => reading.position,
      send: ({ command, ...frame }) => membership.say(command, encodeFrame({ command, ...frame })),
      onUp(greeted) {
        const { identity, status } = greeted;
        reading.begin(greeted.position);
        if (identity.serial === '') hall.log.warn('board.unnamed', { line });
        goUp(greeted, identity.firmware);
        options.onPaper?.(status.paper);
      },
      commit: (record, ring) => reading.commit(ring, record.sequence, (next) => take(record, next)),
      onGap: (missing) => hall.log.error('hall-board.records-missing', recordsMissing(line, missing)),
      onRefused: (thrown) => hall.log.error('press.not-recorded', thrown),
      onStranger: goDown,
      onSilent(because) {
        end();
        goDown(because);
        membership.reopen();
      },
      onRestarted: begin,
    });
  };
  const membership = runnerOf(options).join({
    line: lineSettings,
    stock: settings.stock,
    onUp: (firmware) => (settings.stock ? goUp(undefined, firmware) : begin()),
    onDown(because) {
      end();
      goDown(because);
    },
    onHeard(command, data) {
      const frame = decodeFrame(command, data);
      if (frame) session?.hear(frame);
    },
    onInput: stockInput(options),
  });
  const ask = async (command: number, payload: readonly number[]) => {
    if (!up || !session) throw reason;
    await session.asking.ask(command, payload);
  };
  return {
    async output(output, pattern) {
      if (!settings.stock) await ask(COMMAND.output, outputPayload(output, pattern));
      else if (!up) throw reason;
      else if (!membership.switch(output === 0 ? 'buzzer' : `lamp-${output}`, modeOf(pattern)))
        throw new HallError('hall-board.runner-busy');
    },
    display: (content) => ask(COMMAND.display, displayPayload(content)),
    ended: aborted(hall.signal).then(() => {
      end();
      membership.leave();
    }),
  };
}

/** A process for serial ports, a thread for the network; one for each line, or shared as hall.yaml says. */
function runnerOf({ settings: { line, runner }, hall }: HallBoardOptions): RunnerHost {
  const place = hall.line(line).type === 'serial' ? 'process' : 'thread';
  const key = `board-runner:${place}:${runner === undefined ? `line ${line}` : `runner ${runner}`}`;
  return hall.share(key, () => openRunnerHost({ place, log: hall.log.child({ runner: runner ?? line }) }));
}

/** Inputs of stock firmware: a press is recorded, and nobody can be told. */
function stockInput({ hall, onPress, onPaper }: HallBoardOptions): (input: string, active: boolean) => void {
  return (input, active) => {
    if (input === 'paper') onPaper?.(active);
    const key = /^key-(\d+)$/.exec(input)?.[1];
    if (key === undefined || !active) return;
    onPress?.({ key: Number(key), ageMs: 0 }, undefined).catch((thrown: unknown) => {
      if (!hall.signal.aborted) hall.log.error('press.not-recorded', thrown);
    });
  };
}

/** How long ago a record was made by now: it may have waited for the commit of others. */
function ageOf({ ageMs, heardMs }: Pick<HeardRecord, 'ageMs' | 'heardMs'>): number | undefined {
  return ageMs === undefined ? undefined : Math.round(ageMs + performance.now() - heardMs);
}

function modeOf({ onMs, offMs }: OutputPattern): OutputMode {
  if (onMs === 0) return 'off';
  return offMs === 0 ? 'on' : 'blink';
}

function recordsMissing(line: string, missing: number): HallError {
  return new HallError('hall-board.records-missing', {
    message: `The board on ${line} left out ${missing} numbers: so many presses may have been lost in it.`,
    facts: { line, missing },
  });
}
