/**
 * As much of johnny-five 2.1.0 as the runner and the board's tests use; the package brings no types of its own.
 */
declare module 'johnny-five' {
  import type { EventEmitter } from 'node:events';

  export interface FirmataTransport extends EventEmitter {
    write(bytes: Uint8Array, done?: () => void): void;
  }

  export interface BoardOptions {
    id?: string;
    /** A transport object; anything else would make the package look for a port by itself. */
    port: FirmataTransport;
    /** The defaults open a console, print, and end the process at SIGINT: all three must be false. */
    repl: false;
    debug: false;
    sigint: false;
    /** Milliseconds from `connect` to `ready`, after which the package emits an error. */
    timeout: number;
  }

  /** What is below a board; `this` of a sysex handler. */
  export interface Firmata extends EventEmitter {
    firmware: { name?: string; version?: { major: number; minor: number } };
  }

  export class Board extends EventEmitter {
    constructor(options: BoardOptions);
    readonly io: Firmata;
    /** The table behind it is one for the whole process: registering a command twice throws. */
    sysexResponse(command: number, handler: (this: Firmata, data: number[]) => void): this;
    /** Data bytes must be 7-bit. */
    sysexCommand(message: readonly number[]): this;
  }

  interface ComponentOptions {
    /** Without it a component binds to the first board that was ever made. */
    board: Board;
    /** `A6`: an analog pin by its own name. */
    pin: number | string;
  }

  export class Button extends EventEmitter {
    constructor(options: ComponentOptions & { isPullup: boolean; holdtime?: number });
  }

  export class Led {
    constructor(options: ComponentOptions);
    on(): this;
    off(): this;
    /** 0 to 255, on a pin with PWM. */
    brightness(value: number): this;
    blink(intervalMs: number): this;
    stop(): this;
  }

  export class Relay {
    constructor(options: ComponentOptions & { type: 'NO' | 'NC' });
    open(): this;
    close(): this;
  }

  export class Sensor extends EventEmitter {
    constructor(options: ComponentOptions & { type: 'digital' | 'analog'; freq: number });
    readonly value: number;
  }

  export class Pin extends EventEmitter {
    constructor(options: ComponentOptions);
    high(): this;
    low(): this;
    /** Asks the board what it does with the pin. */
    query(answered: (state: { mode: number; value: number }) => void): this;
  }

  const five: {
    Board: typeof Board;
    Button: typeof Button;
    Led: typeof Led;
    Pin: typeof Pin;
    Relay: typeof Relay;
    Sensor: typeof Sensor;
  };
  export default five;
}
