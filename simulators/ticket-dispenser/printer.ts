/**
 * A kiosk's ESC/POS printer on TCP 9100 or a pseudo-terminal. It prints on `tickets`, says what its sensors feel, and
 * misbehaves as told. Bytes wait in its buffer while it cannot print, and are printed later, as on a real head.
 */
import type { Channel } from '../kit/channel.ts';
import type { ByteFaults } from '../kit/faults.ts';
import { startLinePeer, type LinePeer, type LinePort } from '../kit/line-peer.ts';
import { seededRandom } from '../kit/random.ts';
import { recording } from '../kit/recording.ts';
import { printerBody, type PrinterBody, type PrinterHabits, type PrinterTruth } from './printer-body.ts';
import type { Ticket } from './printer-paper.ts';

export type { PrinterHabits, PrinterTruth } from './printer-body.ts';

export interface TicketPrinterOptions {
  /** `tcp`: its network board, port 9100 in the field; `pty`: a serial port. */
  port: LinePort;
  seed?: number;
  faults?: ByteFaults;
  baudRate?: number;
  habits?: Partial<PrinterHabits>;
}

export interface TicketPrinter extends Omit<PrinterBody, 'hear' | 'greet' | 'stop'> {
  readonly line: LinePeer['line'];
  /** Somebody is at the other end of its cable. */
  connected(): boolean;
  readonly faults: ByteFaults;
  readonly habits: PrinterHabits;
  readonly truth: readonly PrinterTruth[];
  onTruth(listener: (entry: PrinterTruth) => void): () => void;
  /** Every piece of paper that came out, oldest first. */
  tickets(): Ticket[];
  /** Bytes that it did not understand, and other mistakes of who speaks to it. */
  faultsHeard(): string[];
  /** Random bytes on the wire. */
  noise(bytesCount: number): void;
  plugIn(): Promise<void>;
  pullCable(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the printer, plugged in, with paper. */
export async function startTicketPrinter(options: TicketPrinterOptions): Promise<TicketPrinter> {
  const { seed = 1, port, faults, baudRate } = options;
  const random = seededRandom(seed);
  const habits: PrinterHabits = {
    passesRealTime: true,
    saysChanges: true,
    answersInTurn: true,
    lineMs: 0,
    ...options.habits,
  };
  const truth = recording<PrinterTruth>();
  const listeners = new Set<(entry: PrinterTruth) => void>();
  let channel: Channel | undefined;
  const say = (bytes: Uint8Array) => channel?.write(bytes);
  const tell = (entry: PrinterTruth) => {
    truth.add(entry);
    for (const listener of listeners) listener(entry);
  };
  const body = printerBody({ say, tell, habits });
  const peer = await startLinePeer({
    port,
    random: random.fork(),
    ...(faults && { faults }),
    ...(baudRate !== undefined && { baudRate }),
    onConnection(connected) {
      channel = connected;
      body.greet();
      connected.onData((chunk) => body.hear(chunk));
    },
  });
  return {
    feel: (changes) => body.feel(changes),
    paperEndsAfter: (lines) => body.paperEndsAfter(lines),
    hang: () => body.hang(),
    wake: () => body.wake(),
    powerCycle: () => body.powerCycle(),
    line: peer.line,
    connected: () => peer.connected(),
    faults: peer.faults,
    habits,
    truth: truth.entries,
    onTruth(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tickets: () => truth.entries.flatMap((entry) => (entry.kind === 'ticket' ? [entry.ticket] : [])),
    faultsHeard: () => truth.entries.flatMap((entry) => (entry.kind === 'fault' ? [entry.what] : [])),
    noise: (count) => say(random.bytes(count)),
    plugIn: () => peer.plugIn(),
    pullCable: () => peer.pullCable(),
    async close() {
      body.stop();
      await peer.close();
    },
  };
}
