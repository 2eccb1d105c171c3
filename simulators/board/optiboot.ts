/**
 * A board with an Optiboot boot loader, as avrdude sees it: STK500 version 1 (Atmel application note AVR061) as far as Optiboot speaks
 * it, over TCP or a pseudo-terminal. Whether a program runs is decided by what is asked first, because these lines have no DTR.
 * A cable that is pulled takes the power along: the page under way stays half-written, and the program is none until it is whole.
 */
import type { Channel } from '../kit/channel.ts';
import { startLinePeer, type LinePeer, type LinePort } from '../kit/line-peer.ts';
import { seededRandom } from '../kit/random.ts';

export interface OptibootOptions {
  port: LinePort;
  /** Three bytes; absent: an ATmega328P. */
  signature?: readonly number[];
  /** What lies in the flash, from its beginning; absent: it is blank. */
  contents?: Uint8Array;
  /** On a pseudo-terminal bytes take their time; absent: none. */
  baudRate?: number;
  /** What the program on the board answers to `F0 ... F7` and `F9`; absent: there is none. */
  program?: (asked: Uint8Array) => Uint8Array | undefined;
}

export interface Optiboot {
  readonly line: LinePeer['line'];
  /** Address by address; `FF` where nothing was written, the boot loader at the end. */
  readonly flash: Uint8Array;
  pagesWritten(): number;
  /** The cable is pulled after so many pages from now. */
  cutAfterPages(pages: number): void;
  pullCable(): Promise<void>;
  plugIn(): Promise<void>;
  close(): Promise<void>;
}

const ATMEGA328P = [0x1e, 0x95, 0x0f];
const FLASH_BYTES = 32_768;
const BOOT_LOADER_AT = FLASH_BYTES - 512;
/** `rjmp .-2`. */
const BOOT_LOADER_WORD = [0xff, 0xcf];
const PAGE_BYTES = 128;
const BLANK = 0xff;
const IN_SYNC = 0x14;
const OK = 0x10;
const END = 0x20;
const COMMAND = {
  getSync: 0x30,
  getParameter: 0x41,
  setDevice: 0x42,
  setDeviceExtended: 0x45,
  enter: 0x50,
  leave: 0x51,
  loadAddress: 0x55,
  universal: 0x56,
  writePage: 0x64,
  readPage: 0x74,
  readSignature: 0x75,
} as const;
/** Bytes after the command, without the `20` at its end; a page brings its own length. */
const LENGTHS: Readonly<Record<number, number>> = {
  [COMMAND.getParameter]: 1,
  [COMMAND.setDevice]: 20,
  [COMMAND.setDeviceExtended]: 5,
  [COMMAND.loadAddress]: 2,
  [COMMAND.universal]: 4,
  [COMMAND.readPage]: 3,
};

/** Starts the board, plugged in. */
export async function startOptiboot(options: OptibootOptions): Promise<Optiboot> {
  const { port, baudRate, signature = ATMEGA328P, program } = options;
  const flash = new Uint8Array(FLASH_BYTES).fill(BLANK);
  for (let at = BOOT_LOADER_AT; at < FLASH_BYTES; at += 2) flash.set(BOOT_LOADER_WORD, at);
  flash.set(options.contents ?? []);
  let pages = 0;
  let isWhole = true;
  let cutAt = Infinity;

  /** A page is erased before it is written; the boot loader itself is locked. */
  const writePage = (address: number, bytes: readonly number[]) => {
    if (address >= BOOT_LOADER_AT) return;
    flash.fill(BLANK, address, address + PAGE_BYTES);
    flash.set(bytes, address);
  };
  const onConnection = (channel: Channel) => {
    let address = 0;
    let held: number[] = [];
    const answer = (bytes: readonly number[] = []) => channel.write(Uint8Array.of(IN_SYNC, ...bytes, OK));
    const carryOut = (command: number, data: readonly number[]) => {
      const [first = 0, second = 0] = data;
      switch (command) {
        case COMMAND.loadAddress:
          address = (first | (second << 8)) * 2;
          break;
        case COMMAND.writePage:
          pages += 1;
          isWhole = false;
          if (pages > cutAt) {
            writePage(address, data.slice(3, 3 + (data.length - 3) / 2));
            void peer.pullCable();
            return;
          }
          writePage(address, data.slice(3));
          break;
        case COMMAND.leave:
          isWhole = true;
          break;
        case COMMAND.readPage: {
          const size = (first << 8) | second;
          answer([...flash.subarray(address, address + size)]);
          return;
        }
        case COMMAND.readSignature:
          answer(signature);
          return;
        case COMMAND.getParameter:
        case COMMAND.universal:
          answer([0x03]);
          return;
      }
      answer();
    };
    channel.onData((bytes) => {
      if (held.length === 0 && (bytes[0] ?? 0) >= 0x80) {
        const said = isWhole ? program?.(bytes) : undefined;
        if (said) channel.write(said);
        return;
      }
      held.push(...bytes);
      for (let size = sizeOf(held); size !== undefined && held.length >= size; size = sizeOf(held)) {
        const [command = 0, ...data] = held.slice(0, size - 1);
        const isEnded = held[size - 1] === END;
        held = isEnded ? held.slice(size) : [];
        if (isEnded) carryOut(command, data);
      }
    });
  };
  const peer = await startLinePeer({ port, onConnection, random: seededRandom(1), ...(baudRate && { baudRate }) });
  return {
    line: peer.line,
    flash,
    pagesWritten: () => pages,
    cutAfterPages: (count) => void (cutAt = pages + count),
    async plugIn() {
      cutAt = Infinity;
      await peer.plugIn();
    },
    pullCable: () => peer.pullCable(),
    close: () => peer.close(),
  };
}

/** Bytes of the command at the beginning, with its end; undefined while that is not known. */
function sizeOf([command, high, low]: readonly number[]): number | undefined {
  if (command === undefined) return undefined;
  if (command !== COMMAND.writePage) return 2 + (LENGTHS[command] ?? 0);
  return high === undefined || low === undefined ? undefined : 5 + ((high << 8) | low);
}
