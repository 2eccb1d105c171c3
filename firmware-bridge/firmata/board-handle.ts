/**
 * One board in a runner: johnny-five over an open line, from the handshake until the line drops.
 */
import five, { type Board, type Firmata } from 'johnny-five';
import { HallError } from '../../gateway/kernel/errors.ts';
import type { Line } from '../lines/line.ts';
import { boardTransport } from './board-transport.ts';
import type { OutputMode } from './runner-messages.ts';
import { stockParts, type StockParts } from './stock-parts.ts';
import type { StockPins } from './stock-pins.ts';

export interface BoardEvents {
  /** The library has made a board, which it will keep. */
  onMade: () => void;
  onUp: (firmware: string) => void;
  onHeard: (command: number, data: number[]) => void;
  onInput: (input: string, active: boolean) => void;
  /** The board is of no use: close its line. */
  onTrouble: (reason: HallError) => void;
}

export interface BoardHandle {
  say(command: number, data: readonly number[]): void;
  switch(output: string, mode: OutputMode): void;
  /** Lets go of the line; the library itself keeps a board for ever, so a runner makes few of them. */
  release(): void;
}

export type BoardMaker = (line: Line, stock: StockPins | undefined, events: BoardEvents) => BoardHandle;

/** A board restarts when its port is opened (DTR); Optiboot waits a second before the program begins. */
const READY_TIMEOUT_MS = 10_000;
const ASK_AGAIN_MS = 1_000;
const VERSION_ASK = Uint8Array.of(0xf9);
const FIRMWARE_ASK = Uint8Array.of(0xf0, 0x79, 0xf7);
const USER_COMMANDS = Array.from({ length: 0x0f }, (_, index) => index + 1);

/**
 * Makes boards; the table of sysex handlers belongs to the whole process, so they are registered with the first. The library
 * keeps every board for ever, so none is made before the other side has told a version of Firmata.
 */
export function boardMaker(): BoardMaker {
  const listeners = new WeakMap<Firmata, BoardEvents['onHeard']>();
  let registered = false;
  const register = (board: Board) => {
    if (registered) return;
    registered = true;
    for (const command of USER_COMMANDS) {
      board.sysexResponse(command, function (this: Firmata, data) {
        listeners.get(this)?.(command, data);
      });
    }
  };
  return (line, stock, events) => {
    const transport = boardTransport(line, events.onTrouble);
    let board: Board | undefined;
    let parts: StockParts | undefined;
    let over = false;
    // Every error of the library comes through here; without a listener it would end the runner.
    const fail = (thrown: unknown) => {
      if (over) return;
      over = true;
      events.onTrouble(noAnswer(line.name, thrown));
    };
    const make = () => {
      const made = new five.Board({
        port: transport,
        repl: false,
        debug: false,
        sigint: false,
        timeout: READY_TIMEOUT_MS,
      });
      board = made;
      events.onMade();
      register(made);
      listeners.set(made.io, events.onHeard);
      made.on('error', fail);
      made.io.on('error', fail);
      made.on('ready', () => {
        stopWaiting();
        if (over) return;
        if (stock) parts = stockParts(made, stock, events.onInput);
        events.onUp(firmwareOf(made.io));
      });
      transport.emit('open');
    };
    const listen = (message: Uint8Array) => {
      if (message[0] !== VERSION_ASK[0]) return;
      transport.off('data', listen);
      make();
      transport.emit('data', message);
    };
    // Boards say their version when they start; one that runs already, behind a serial server, must be asked.
    const ask = () => {
      transport.write(VERSION_ASK);
      transport.write(FIRMWARE_ASK);
    };
    const asking = setInterval(ask, ASK_AGAIN_MS);
    const waiting = setTimeout(() => fail(new Error('it told no version')), READY_TIMEOUT_MS);
    const stopWaiting = () => {
      clearInterval(asking);
      clearTimeout(waiting);
    };
    transport.on('data', listen);
    ask();
    return {
      say: (command, data) => void board?.sysexCommand([command, ...data]),
      switch: (output, mode) => parts?.switch(output, mode),
      release() {
        over = true;
        stopWaiting();
        if (board) listeners.delete(board.io);
        transport.release();
      },
    };
  };
}

function firmwareOf({ firmware: { name = '', version } }: Firmata): string {
  return version ? `${name} ${version.major}.${version.minor}` : name;
}

function noAnswer(line: string, cause: unknown): HallError {
  return new HallError('hall-board.no-answer', {
    message: `What is on ${line} does not speak Firmata, or not within ${READY_TIMEOUT_MS} ms.`,
    cause,
    facts: { line },
  });
}
