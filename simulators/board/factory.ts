/** The bench at which a new board gets its serial number: over the wire, as a technician does it. */
import { createEmulatedBoard } from './emulated-board.ts';
import { frameBytes, frameOf, sysexReader, type WireFrame } from './wire-codec.ts';

const UNLOCK = 0x0b;
const SET_SETTING = 0x0a;
const DONE = 0x0e;
const SERIAL_NUMBER = 2;
const FIRST_START_MS = 500;
const ANSWER_MS = 1_000;

/**
 * What the EEPROM of a board with this serial number holds before its first day.
 *
 * @throws Error when the board refuses the number.
 */
export function factoryEeprom(serial: string): Uint8Array {
  const heard: WireFrame[] = [];
  const read = sysexReader((body) => {
    const frame = frameOf(body);
    if (frame) heard.push(frame);
  });
  const board = createEmulatedBoard({ onByte: (byte) => read(Uint8Array.of(byte)) });
  board.advance(FIRST_START_MS);
  board.receive(frameBytes({ command: UNLOCK, tag: 1, payload: [] }));
  board.receive(
    frameBytes({ command: SET_SETTING, tag: 2, payload: [SERIAL_NUMBER, ...Buffer.from(serial, 'latin1')] }),
  );
  board.advance(ANSWER_MS);
  if (!heard.some(({ command, tag }) => command === DONE && tag === 2))
    throw new Error(`refused as a serial number: ${serial}`);
  return board.eeprom();
}
