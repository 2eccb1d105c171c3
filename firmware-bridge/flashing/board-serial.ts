/**
 * Gives a hall board its serial number: setting 2 of docs/firmware.md, unlocked with the number it has, and read back.
 */
import { HallError } from '../../gateway/kernel/errors.ts';
import { boardAsking, type BoardAsking } from '../firmata/board-asking.ts';
import { frameGate } from '../firmata/frame-gate.ts';
import { decodeFrame, encodeFrame, text } from '../firmata/sysex-codec.ts';
import { COMMAND, identityFrom, PROTOCOL_MAJOR, SETTING, settingTextFrom } from '../firmata/sysex-messages.ts';
import type { Line } from '../lines/line.ts';
import { openLine } from '../lines/open-line.ts';
import { lineOf } from './board-identification.ts';

/** A space at an end is never meant. */
const SERIAL = /^[!-~](?:[ -~]{0,14}[!-~])?$/;
const ATTEMPTS_MAX = 3;

/** @throws HallError `flash.serial-malformed` for anything but 1 to 16 printable ASCII characters. */
export function checkSerial(serial: string): void {
  if (SERIAL.test(serial)) return;
  throw new HallError('flash.serial-malformed', {
    message: `${JSON.stringify(serial)} is no serial number: 1 to 16 printable ASCII characters, no space at either end.`,
    facts: { serial },
  });
}

/**
 * Resolves with the number that the board had before, empty for none.
 *
 * @throws HallError of the line; `hall-board.unanswered`, `hall-board.refused`; `flash.serial-not-kept`.
 */
export async function giveSerial(port: string, serial: string): Promise<string> {
  const line = await openLine(lineOf(port));
  const over = new AbortController();
  void line.dropped.then((reason) => over.abort(reason ?? new HallError('line.lost')));
  try {
    return await give(askingOn(line, over.signal), port, serial);
  } finally {
    await line.close();
  }
}

async function give(asking: BoardAsking, port: string, serial: string): Promise<string> {
  const before = await serialOf(asking);
  await asking.ask(COMMAND.unlock, text(before));
  // A lost answer makes the question be asked again, which then is refused as locked: what the board says afterwards decides.
  const set = asking.ask(COMMAND.setSetting, [SETTING.serial, ...text(serial)]);
  await set.catch(() => undefined);
  const kept = settingTextFrom(await asking.ask(COMMAND.getSetting, [SETTING.serial]));
  if (kept !== serial) {
    await set;
    throw serialNotKept(port, serial, kept);
  }
  return before;
}

export function serialNotKept(port: string, serial: string, kept: string): HallError {
  return new HallError('flash.serial-not-kept', {
    message: `The board on ${port} was given the serial number ${serial} and says ${kept || 'none'}.`,
    facts: { port, serial, kept },
  });
}

/** Opening the port restarts most boards: the first questions may come before its program runs. */
async function serialOf(asking: BoardAsking): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return identityFrom(await asking.ask(COMMAND.identity, [PROTOCOL_MAJOR]))?.serial ?? '';
    } catch (thrown) {
      const isLate = thrown instanceof HallError && thrown.code === 'hall-board.unanswered';
      if (!isLate || attempt >= ATTEMPTS_MAX) throw thrown;
    }
  }
}

function askingOn(line: Line, signal: AbortSignal): BoardAsking {
  const gate = frameGate();
  const asking = boardAsking((frame) => {
    const bytes = Uint8Array.of(0xf0, frame.command, ...encodeFrame(frame), 0xf7);
    // What cannot be written is not answered either, and the line says why it dropped.
    line.write(bytes).catch(() => undefined);
    return true;
  }, signal);
  line.onData((chunk) => {
    for (const [, command = 0, ...data] of gate.push(chunk)) {
      const frame = decodeFrame(command, data.slice(0, -1));
      if (frame) asking.hear(frame);
    }
  });
  return asking;
}
