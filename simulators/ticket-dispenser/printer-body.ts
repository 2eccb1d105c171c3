/**
 * The printer behind its plug: a buffer, a print head, a roll, a knife, and sensors. What it cannot print now waits and is
 * printed later.
 */
import { commandReader, type PrinterCommand } from './printer-commands.ts';
import { paper, type Ticket } from './printer-paper.ts';
import { allWell, automaticBytes, isOffline, paperByte, realTimeByte, type Sensors } from './printer-sensors.ts';

/** What this head and its interface board can and cannot do; may be changed while it runs. */
export interface PrinterHabits {
  /** False: the board swallows DLE EOT. */
  passesRealTime: boolean;
  /** False: nobody obeys GS a. */
  saysChanges: boolean;
  /** How long a line of paper takes; 0: at once. */
  lineMs: number;
  /** False: GS r and GS ( H get no answer, although the paper comes. */
  answersInTurn: boolean;
}

/** What truly happened at the printer. */
export type PrinterTruth = { atMs: number } & ({ kind: 'ticket'; ticket: Ticket } | { kind: 'fault'; what: string });

export interface PrinterBody {
  hear(chunk: Uint8Array): void;
  /** A new client: a command that was half received is forgotten, what is whole is not. */
  greet(): void;
  /** Hands of a person: the roll, the cover, the knife, the panel. */
  feel(changes: Partial<Sensors>): void;
  /** The roll ends after so many lines, in the middle of a ticket if it must. */
  paperEndsAfter(lines: number): void;
  /** Crashed firmware: it takes bytes and does nothing; `wake` lets it go on where it was. */
  hang(): void;
  wake(): void;
  /** Off and on again: what waited in its buffer is forgotten. */
  powerCycle(): void;
  stop(): void;
}

const COMMANDS_WAITING_MAX = 50_000;

export function printerBody(hands: {
  say: (bytes: Uint8Array) => void;
  tell: (entry: PrinterTruth) => void;
  habits: PrinterHabits;
}): PrinterBody {
  const { say, habits } = hands;
  const waiting: PrinterCommand[] = [];
  let sensors = allWell();
  let linesLeft = Number.POSITIVE_INFINITY;
  let missed: Uint8Array[] | undefined;
  let changesWanted = false;
  let moving: NodeJS.Timeout | undefined;

  const fault = (what: string) => hands.tell({ kind: 'fault', what, atMs: Date.now() });
  const strip = paper({
    onLine: () => (linesLeft -= 1),
    onTicket: (ticket) => hands.tell({ kind: 'ticket', ticket, atMs: Date.now() }),
    onFault: fault,
  });
  const sayChanges = () => {
    if (changesWanted && habits.saysChanges) say(automaticBytes(sensors));
  };
  const feel = (changes: Partial<Sensors>) => {
    sensors = { ...sensors, ...changes };
    if (changes.paper !== undefined && changes.paper !== 'out') linesLeft = Number.POSITIVE_INFINITY;
    sayChanges();
    work();
  };
  const answer = (command: PrinterCommand) => {
    if (command.kind === 'say-changes') {
      changesWanted = command.mask !== 0;
      sayChanges();
    }
    if (command.kind === 'tell-paper' && habits.answersInTurn) say(Uint8Array.of(paperByte(sensors)));
    if (command.kind === 'tell-process' && habits.answersInTurn) say(Buffer.from(`7"${command.id}\0`, 'latin1'));
  };
  const carryOut = (command: PrinterCommand) => {
    strip.print(command);
    answer(command);
    if (linesLeft > 0 || sensors.paper === 'out') return;
    strip.tear();
    feel({ paper: 'out' });
  };
  /** Prints until its buffer is empty, or it cannot go on, or a line takes its time. */
  function work(): void {
    while (moving === undefined && missed === undefined && !isOffline(sensors)) {
      const command = waiting.shift();
      if (command === undefined) return;
      carryOut(command);
      if (habits.lineMs > 0 && isSlow(command)) moving = setTimeout(rest, habits.lineMs);
    }
  }
  function rest(): void {
    moving = undefined;
    work();
  }
  const reader = commandReader((command) => {
    if (waiting.length < COMMANDS_WAITING_MAX) waiting.push(command);
    else fault('buffer overflow');
  });
  const scan = realTimeScanner((which) => {
    const byte = realTimeByte(which, sensors);
    if (byte !== undefined && habits.passesRealTime) say(Uint8Array.of(byte));
  });
  const hear = (chunk: Uint8Array) => {
    if (missed) {
      missed.push(chunk);
      return;
    }
    scan(chunk);
    reader.push(chunk);
    work();
  };
  return {
    hear,
    feel,
    greet: () => reader.forget(),
    paperEndsAfter: (lines) => void (linesLeft = lines),
    hang: () => void (missed ??= []),
    wake() {
      const chunks = missed ?? [];
      missed = undefined;
      for (const chunk of chunks) hear(chunk);
      work();
    },
    powerCycle() {
      missed = undefined;
      changesWanted = false;
      waiting.length = 0;
      reader.forget();
    },
    stop() {
      clearTimeout(moving);
      waiting.length = 0;
    },
  };
}

/** What moves paper takes time. */
function isSlow({ kind }: PrinterCommand): boolean {
  return kind === 'line-feed' || kind === 'feed' || kind === 'cut' || kind === 'raster' || kind === 'qr';
}

/** Finds 10 04 n wherever it stands, even within data, as a real head does. */
function realTimeScanner(onQuestion: (which: number) => void): (chunk: Uint8Array) => void {
  let seen = 0;
  return (chunk) => {
    for (const byte of chunk) {
      if (seen === 2) onQuestion(byte);
      seen = seen === 1 && byte === 0x04 ? 2 : byte === 0x10 ? 1 : 0;
    }
  };
}
