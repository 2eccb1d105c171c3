/**
 * The boards of one runner: keeps their lines open, makes a board over each line that opens, and carries messages between
 * the gateway and them.
 */
import type { BackoffLimits } from '../../gateway/kernel/backoff.ts';
import type { HallError } from '../../gateway/kernel/errors.ts';
import type { Log } from '../../gateway/kernel/log.ts';
import type { Line } from '../lines/line.ts';
import { openLine } from '../lines/open-line.ts';
import { keepOpen } from '../lines/reconnecting-line.ts';
import type { BoardHandle, BoardMaker } from './board-handle.ts';
import type { FromRunner, ToRunner } from './runner-messages.ts';

const BACKOFF: BackoffLimits = { firstMs: 200, maxMs: 5_000 };
/** The gateway logs what it is told; a runner has no log of its own. */
const SILENT: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => SILENT,
};

type Open = Extract<ToRunner, { do: 'open' }>;

interface Seat {
  stopping: AbortController;
  handle?: BoardHandle | undefined;
}

/** Gives what takes the messages of the gateway; `say` carries answers. */
export function runnerBoards(makeBoard: BoardMaker, say: (message: FromRunner) => void): (message: ToRunner) => void {
  const seats = new Map<number, Seat>();
  let boardsMade = 0;

  const open = ({ board, line: settings, stock }: Open) => {
    const seat: Seat = { stopping: new AbortController() };
    seats.set(board, seat);
    const { signal } = seat.stopping;
    const down = ({ code, message }: HallError) => {
      release(seat);
      if (!signal.aborted) say({ said: 'down', board, code, message, boardsMade });
    };
    const up = (line: Line) => {
      release(seat);
      seat.handle = makeBoard(line, stock, {
        onMade: () => void (boardsMade += 1),
        onUp: (firmware) => say({ said: 'up', board, firmware, boardsMade }),
        onHeard: (command, data) => say({ said: 'heard', board, command, data }),
        onInput: (input, active) => say({ said: 'input', board, input, active }),
        onTrouble(reason) {
          down(reason);
          void line.close();
        },
      });
    };
    void keepOpen((until) => openLine(settings, { signal: until }), {
      backoff: BACKOFF,
      signal,
      log: SILENT,
      onUp: up,
      onDown: down,
    }).finally(() => release(seat));
  };
  return (message) => {
    switch (message.do) {
      case 'ping':
        say({ said: 'pong' });
        return;
      case 'open':
        open(message);
        return;
      case 'close':
        seats.get(message.board)?.stopping.abort();
        seats.delete(message.board);
        return;
      case 'say':
        seats.get(message.board)?.handle?.say(message.command, message.data);
        return;
      case 'switch':
        seats.get(message.board)?.handle?.switch(message.output, message.mode);
    }
  };
}

function release(seat: Seat): void {
  seat.handle?.release();
  seat.handle = undefined;
}
