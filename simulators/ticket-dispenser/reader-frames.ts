/**
 * The simulator's own reading and writing of SAM_V frames: commands in, answers out.
 */
const PREAMBLE = 'aaaaaa9669';
/** The longest command of the table has one parameter; real ones carry a little data. */
const COMMAND_BYTES_MAX = 64;

/** `2001`, `2002`, `3001`: command and parameter in hexadecimal digits. */
export type Command = string;

/** Feeds chunks of any size; calls back for each whole command with a right check byte. */
export function commandReader(onCommand: (command: Command) => void): (chunk: Uint8Array) => void {
  let waiting = '';
  return (chunk) => {
    waiting += Buffer.from(chunk).toString('hex');
    for (let start = startOf(waiting); start >= 0; start = startOf(waiting)) {
      waiting = waiting.slice(start);
      const length = Number.parseInt(waiting.slice(10, 14), 16);
      const end = 14 + length * 2;
      if (Number.isNaN(length) || waiting.length < 14 || (length <= COMMAND_BYTES_MAX && waiting.length < end)) return;
      const checked = Buffer.from(waiting.slice(10, end), 'hex');
      const whole = length <= COMMAND_BYTES_MAX && length >= 3 && checkByte(checked) === 0;
      if (whole) onCommand(checked.subarray(2, 4).toString('hex'));
      waiting = waiting.slice(whole ? end : 2);
    }
    waiting = waiting.slice(-(PREAMBLE.length - 2));
  };
}

/** The bytes of an answer with the status SW3. */
export function answerBytes(sw3: number, data: Uint8Array = new Uint8Array()): Buffer {
  const body = Buffer.concat([Buffer.from([0, 0, 0, 0, sw3]), data]);
  body.writeUInt16BE(3 + data.length + 1);
  return Buffer.concat([Buffer.from(PREAMBLE, 'hex'), body, Buffer.from([checkByte(body)])]);
}

/** Where a preamble begins on a whole byte, or -1. */
function startOf(hex: string): number {
  let at = hex.indexOf(PREAMBLE);
  while (at > 0 && at % 2 === 1) at = hex.indexOf(PREAMBLE, at + 1);
  return at;
}

function checkByte(bytes: Uint8Array): number {
  let xor = 0;
  for (const byte of bytes) xor ^= byte;
  return xor;
}
