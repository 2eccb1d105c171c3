/**
 * The gate in front of the Firmata client: what a board says passes only as whole, well-formed messages. The client itself
 * throws on a pin that does not exist, and collects a sysex without an end for ever.
 *
 *   9n d d   digital port n      En d d   analog channel n     F9 d d   protocol version     (d: 0 to 127)
 *   F0 c d... F7   sysex: command c, at most SYSEX_BYTES_MAX data bytes, none above 127
 *
 * Source: Firmata protocol 2.5 (github.com/firmata/protocol, protocol.md). Anything else is dropped, and reading begins
 * again at the next byte above 127.
 */
const SYSEX_START = 0xf0;
const SYSEX_END = 0xf7;
const VERSION = 0xf9;
const DIGITAL = 0x90;
const ANALOG = 0xe0;
const PIN_STATE_RESPONSE = 0x6e;
const ANALOG_MAPPING_RESPONSE = 0x6a;
const CAPABILITY_RESPONSE = 0x6c;
const CAPABILITY_PIN_END = 0x7f;
const STRING = 0x71;
const FIRMWARE_REPORT = 0x79;
/** Commands that Firmata leaves to users: ours. */
const USER_COMMANDS_MAX = 0x0f;
/** A digital message carries the port in four bits, 8 pins each: no board can speak of more. */
const PINS_MAX = 128;
/** Capabilities of 70 pins take less than 1,200 bytes; nothing else is longer. */
export const SYSEX_BYTES_MAX = 2_048;

export interface FrameGate {
  /** Takes the next bytes, however they are cut; gives the messages that are complete now. */
  push(bytes: Uint8Array): Uint8Array[];
  /** Bytes that belonged to no message. */
  readonly dropped: number;
}

export function frameGate(): FrameGate {
  let held: number[] = [];
  let dropped = 0;
  /** How many pins the board told to have; what it says about pins passes once, and only about these. */
  let pins: number | undefined;
  let mapped = false;

  const drop = () => {
    dropped += held.length;
    held = [];
  };
  /** The message that ended with this byte, if one did. */
  const take = (byte: number): Uint8Array | undefined => {
    if (byte > 0x7f && !(byte === SYSEX_END && held[0] === SYSEX_START)) drop();
    held.push(byte);
    const first = held[0] ?? 0;
    if (!begins(first) || held.length > SYSEX_BYTES_MAX + 3) drop();
    else if (isComplete(held, first)) {
      const message = Uint8Array.from(held);
      if (!isSound(message)) drop();
      else {
        held = [];
        return message;
      }
    }
    return undefined;
  };
  const isSound = (message: Uint8Array): boolean => {
    if (message[0] !== SYSEX_START) return true;
    const [, command = 0, pin = 0] = message;
    const data = message.subarray(2, -1);
    switch (command) {
      case FIRMWARE_REPORT:
        return data.length >= 2;
      case CAPABILITY_RESPONSE:
        return pins === undefined && (pins = pinsOf(data)) !== undefined;
      case ANALOG_MAPPING_RESPONSE:
        return !mapped && (mapped = data.length === pins);
      case PIN_STATE_RESPONSE:
        return data.length >= 3 && pin < (pins ?? 0);
      default:
        return command === STRING || (command >= 1 && command <= USER_COMMANDS_MAX);
    }
  };
  return {
    push(bytes) {
      const messages: Uint8Array[] = [];
      for (const byte of bytes) {
        const message = take(byte);
        if (message) messages.push(message);
      }
      return messages;
    },
    get dropped() {
      return dropped;
    },
  };
}

function begins(byte: number): boolean {
  const group = byte & 0xf0;
  return byte === SYSEX_START || byte === VERSION || group === DIGITAL || group === ANALOG;
}

function isComplete(held: readonly number[], first: number): boolean {
  return first === SYSEX_START ? held.at(-1) === SYSEX_END : held.length === 3;
}

/** Pins in a capability response: each ends with a mark of its own. Undefined when they are too many, or none. */
function pinsOf(data: Uint8Array): number | undefined {
  const count = data.filter((byte) => byte === CAPABILITY_PIN_END).length;
  return count > 0 && count <= PINS_MAX ? count : undefined;
}
