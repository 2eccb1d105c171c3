/**
 * Puts the screen onto a terminal without flicker, or, where there is no terminal, a plain line now and then.
 */
import type { WriteStream } from 'node:tty';

export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  /** True when the screen can be redrawn in place and keys can be read. */
  readonly live: boolean;
  draw(lines: readonly string[]): void;
  /** A line that stays. */
  say(line: string): void;
  onKey(listener: (key: string) => void): void;
  close(): void;
}

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
const OTHER_SCREEN = '\u001b[?1049h';
const FIRST_SCREEN = '\u001b[?1049l';

export function openTerminal(output: WriteStream, input: NodeJS.ReadStream): Terminal {
  const live = output.isTTY && input.isTTY;
  let closed = false;
  if (live) {
    output.write(OTHER_SCREEN + HIDE_CURSOR);
    input.setRawMode(true);
    input.resume();
  }
  return {
    get columns() {
      return output.columns || 100;
    },
    get rows() {
      return output.rows || 30;
    },
    live,
    draw(lines) {
      if (closed || !live) return;
      output.write(HOME + lines.map((line) => line + CLEAR_LINE).join('\r\n') + CLEAR_BELOW);
    },
    say(line) {
      output.write(`${line}\n`);
    },
    onKey(listener) {
      if (live) input.on('data', (bytes: Buffer) => listener(bytes.toString('utf8')));
    },
    close() {
      if (closed) return;
      closed = true;
      if (!live) return;
      input.setRawMode(false);
      input.pause();
      output.write(SHOW_CURSOR + FIRST_SCREEN);
    },
  };
}
