/**
 * The boards of one runner, as the gateway sees them: whoever drives a board joins, and is told what it says. A runner that
 * crashes or hangs (`runner-life.ts`) costs its own boards only, and only until the next one has opened their lines.
 */
import type { Shared } from '../../gateway/kernel/driver.ts';
import type { HallError } from '../../gateway/kernel/errors.ts';
import type { LineSettings } from '../../gateway/kernel/line-settings.ts';
import { once } from '../../gateway/kernel/waiting.ts';
import { boardTrouble } from './board-trouble.ts';
import { runnerLife, type RunnerEar, type RunnerLifeOptions } from './runner-life.ts';
import type { OutputMode, ToRunner } from './runner-messages.ts';
import type { StockPins } from './stock-pins.ts';

/** One board, as whoever drives it is told of it. */
export interface BoardMember {
  line: LineSettings;
  stock?: StockPins | undefined;
  /** The handshake of Firmata is done. */
  onUp: (firmware: string) => void;
  /** Told for every change of reason; the runner goes on trying. */
  onDown: (reason: HallError) => void;
  onHeard: (command: number, data: readonly number[]) => void;
  onInput: (input: string, active: boolean) => void;
}

export interface Membership {
  /** False when the runner takes nothing. */
  say(command: number, data: readonly number[]): boolean;
  /** As `say`. */
  switch(output: string, mode: OutputMode): boolean;
  /** Closes the line and opens it again, with a board made afresh. */
  reopen(): void;
  leave(): void;
}

export interface RunnerHost extends Shared {
  join(member: BoardMember): Membership;
}

/** johnny-five keeps every board it ever made, about 30 KiB each: after so many made anew the runner is replaced. */
const BOARDS_MADE_MAX = 32;

export interface RunnerHostOptions extends RunnerLifeOptions {
  boardsMadeMax?: number;
}

export function openRunnerHost(options: RunnerHostOptions): RunnerHost {
  const { boardsMadeMax = BOARDS_MADE_MAX } = options;
  const seats = new Map<number, BoardMember>();
  let numbers = 0;

  const openSeat = (board: number, { line, stock }: BoardMember) =>
    life.post({ do: 'open', board, line, ...(stock && { stock }) });
  const isWornOut = ({ boardsMade }: { boardsMade: number }) => boardsMade > boardsMadeMax + seats.size;
  const hear: RunnerEar['onMessage'] = (message) => {
    const member = seats.get(message.board);
    if (!member) return;
    switch (message.said) {
      case 'up':
        if (isWornOut(message)) replace();
        else member.onUp(message.firmware);
        return;
      case 'heard':
        member.onHeard(message.command, message.data);
        return;
      case 'input':
        member.onInput(message.input, message.active);
        return;
      case 'down':
        member.onDown(boardTrouble(message.code, message.message));
        if (isWornOut(message)) replace();
    }
  };
  /** Boards that are up see no more of it than a second without answers. */
  const replace = () => {
    options.log.info('board-runner.replaced', { place: options.place, boards: seats.size });
    life.replace();
  };
  const life = runnerLife(options, {
    onStarted() {
      for (const [board, member] of seats) openSeat(board, member);
    },
    onMessage: hear,
    onLost(reason) {
      for (const member of [...seats.values()]) member.onDown(reason);
    },
  });
  const take = (member: BoardMember): number => {
    numbers += 1;
    seats.set(numbers, member);
    if (life.running()) openSeat(numbers, member);
    else life.begin();
    return numbers;
  };
  const release = (board: number) => {
    if (seats.delete(board)) life.post({ do: 'close', board });
  };
  return {
    join(member) {
      let board = take(member);
      const pass = (message: ToRunner) => {
        const takes = !life.full();
        if (takes) life.post(message);
        return takes;
      };
      return {
        say: (command, data) => pass({ do: 'say', board, command, data: [...data] }),
        switch: (output, mode) => pass({ do: 'switch', board, output, mode }),
        reopen() {
          release(board);
          board = take(member);
        },
        leave: () => release(board),
      };
    },
    close: once(async () => {
      seats.clear();
      await life.close();
    }),
  };
}
