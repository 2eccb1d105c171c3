/**
 * What is on a board before it is flashed: a hall board, another Firmata program, or nothing that answers.
 */
import { lineSettingsSchema, type LineSettings } from '../../gateway/kernel/line-settings.ts';
import { sleep } from '../../gateway/kernel/waiting.ts';
import { frameGate } from '../firmata/frame-gate.ts';
import { decodeFrame, encodeFrame } from '../firmata/sysex-codec.ts';
import { COMMAND, identityFrom, PROTOCOL_MAJOR, type BoardIdentity } from '../firmata/sysex-messages.ts';
import { openLine } from '../lines/open-line.ts';

export type OnBoard =
  { found: 'hall-board'; identity: BoardIdentity } | { found: 'other-firmata' } | { found: 'nothing' };

/** A board restarts when its port is opened; Optiboot waits a second or two before the program begins. */
const WAIT_MS = 4_000;
const ASK_MS = 500;
const FIRMWARE_REPORT = 0x79;
const FIRMWARE_ASK = Uint8Array.of(0xf0, FIRMWARE_REPORT, 0xf7);

/** `PORT` as avrdude takes it: a device file, or `net:HOST:PORT` for a serial server. */
export function lineOf(port: string): LineSettings {
  const [, host, number] = /^net:(.+):(\d+)$/.exec(port) ?? [];
  if (host === undefined) return lineSettingsSchema.parse({ type: 'serial', path: port, baudRate: 57_600 });
  return lineSettingsSchema.parse({ type: 'tcp', host, port: Number(number) });
}

/**
 * Asks until somebody answers or the time is over.
 *
 * @throws HallError of the line when it does not open.
 */
export async function identifyBoard(port: string, waitMs = WAIT_MS): Promise<OnBoard> {
  const line = await openLine(lineOf(port));
  const gate = frameGate();
  const answered = new AbortController();
  let on: OnBoard = { found: 'nothing' };
  const take = ([, command = 0, ...rest]: Uint8Array) => {
    const frame = decodeFrame(command, rest.slice(0, -1));
    const identity = frame?.command === COMMAND.identity ? identityFrom(frame.payload) : undefined;
    if (identity) {
      on = { found: 'hall-board', identity };
      answered.abort();
    } else if (command === FIRMWARE_REPORT && on.found === 'nothing') on = { found: 'other-firmata' };
  };
  line.onData((chunk) => {
    for (const message of gate.push(chunk)) take(message);
  });
  const data = encodeFrame({ command: COMMAND.identity, tag: 1, payload: [PROTOCOL_MAJOR] });
  const ask = Uint8Array.of(0xf0, COMMAND.identity, ...data, 0xf7);
  void line.dropped.then(() => answered.abort());
  for (const endMs = performance.now() + waitMs; performance.now() < endMs && !answered.signal.aborted;) {
    await line.write(ask).catch(() => undefined);
    await line.write(FIRMWARE_ASK).catch(() => undefined);
    await sleep(ASK_MS, answered.signal).catch(() => undefined);
  }
  await line.close();
  return on;
}
