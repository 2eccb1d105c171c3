/**
 * What is on the paper: commands become lines, and a cut makes a ticket of them.
 */
import type { Alignment, PrinterCommand } from './printer-commands.ts';

/** `width` and `height` are the magnification, 1 to 8. */
export type PaperLine =
  | { kind: 'text'; text: string; width: number; height: number; bold: boolean; align: Alignment }
  | { kind: 'blank' }
  | { kind: 'qr'; payload: string; moduleDots: number; level: 'L' | 'M' | 'Q' | 'H'; align: Alignment }
  | { kind: 'picture'; rows: boolean[][]; align: Alignment };

/** A piece of paper that left the printer: cut off, or torn off where the paper ended. */
export interface Ticket {
  lines: readonly PaperLine[];
  cut: 'full' | 'partial' | 'torn';
}

export interface Paper {
  /** Carries out what has to do with paper; a line or a ticket that is done is told at once. */
  print(command: PrinterCommand): void;
  /** The paper ends here; what is on it is a piece of its own. */
  tear(): void;
}

const LEVELS = ['L', 'M', 'Q', 'H'] as const;
const CUTS = ['full', 'partial'] as const;
const PLAIN = { width: 1, height: 1, bold: false, align: 'left' as Alignment };

export function paper(hands: {
  onLine: (line: PaperLine) => void;
  onTicket: (ticket: Ticket) => void;
  onFault: (what: string) => void;
}): Paper {
  const decoder = new TextDecoder('gb18030', { fatal: true });
  let style = { ...PLAIN };
  let chineseOn = true;
  let text = '';
  let lines: PaperLine[] = [];
  let code: QrSettings = { moduleDots: 3, level: 'L', payload: '' };

  const put = (line: PaperLine) => {
    lines.push(line);
    hands.onLine(line);
  };
  const endLine = () => {
    put(text === '' ? { kind: 'blank' } : { kind: 'text', text, ...style });
    text = '';
  };
  const finish = (how: Ticket['cut']) => {
    if (text !== '') endLine();
    if (lines.length > 0) hands.onTicket({ lines, cut: how });
    lines = [];
  };
  const addCharacter = (bytes: Uint8Array) => {
    if (bytes.length > 1 && !chineseOn) hands.onFault(`a Chinese character outside of Chinese mode: ${hex(bytes)}`);
    try {
      text += decoder.decode(bytes);
    } catch {
      hands.onFault(`no character of GB18030: ${hex(bytes)}`);
    }
  };
  const drawCode = (what: number, parameters: Uint8Array) => {
    const changed = codeSetting(code, what, parameters);
    if (changed) code = changed;
    else if (what === 0x51 && code.payload !== '') put({ kind: 'qr', ...code, align: style.align });
    else hands.onFault(`QR function ${what.toString(16)} with ${hex(parameters)}`);
  };
  const feed = (count: number) => {
    if (text !== '') endLine();
    for (let line = 0; line < count; line += 1) put({ kind: 'blank' });
  };
  return {
    tear: () => finish('torn'),
    print(command) {
      if (isStyle(command)) {
        style = styled(style, command);
        return;
      }
      switch (command.kind) {
        case 'initialise':
          style = { ...PLAIN };
          text = '';
          return;
        case 'chinese':
          chineseOn = command.on;
          return;
        case 'character':
          addCharacter(command.bytes);
          return;
        case 'line-feed':
          endLine();
          return;
        case 'feed':
          feed(command.lines);
          return;
        case 'qr':
          drawCode(command.code, command.parameters);
          return;
        case 'raster':
          put({ kind: 'picture', rows: dotsOf(command), align: style.align });
          return;
        case 'cut':
          finish(CUTS[Number(command.partial)] ?? 'full');
          return;
        case 'unknown':
          hands.onFault(`unknown bytes: ${hex(command.bytes)}`);
          return;
        default:
          // Said, not printed.
          return;
      }
    },
  };
}

type QrSettings = Pick<Extract<PaperLine, { kind: 'qr' }>, 'moduleDots' | 'level' | 'payload'>;

/** The settings after model (41), module (43), level (45) or store (50); undefined for anything else. */
function codeSetting(code: QrSettings, what: number, parameters: Uint8Array): QrSettings | undefined {
  const [value = 0] = parameters;
  const level = LEVELS[value - 0x30];
  if (what === 0x41 && value === 0x32) return code;
  if (what === 0x43 && value >= 1 && value <= 16) return { ...code, moduleDots: value };
  if (what === 0x45 && level) return { ...code, level };
  if (what === 0x50) return { ...code, payload: Buffer.from(parameters.subarray(1)).toString('utf8') };
  return undefined;
}

type StyleCommand = Extract<PrinterCommand, { kind: 'size' | 'bold' | 'align' }>;

function isStyle(command: PrinterCommand): command is StyleCommand {
  return command.kind === 'size' || command.kind === 'bold' || command.kind === 'align';
}

function styled(style: typeof PLAIN, command: StyleCommand): typeof PLAIN {
  switch (command.kind) {
    case 'size':
      return { ...style, width: command.width, height: command.height };
    case 'bold':
      return { ...style, bold: command.on };
    case 'align':
      return { ...style, align: command.align };
  }
}

function dotsOf({ widthBytes, height, data }: { widthBytes: number; height: number; data: Uint8Array }): boolean[][] {
  return Array.from({ length: height }, (_, y) =>
    Array.from(
      { length: widthBytes * 8 },
      (__, x) => ((data[y * widthBytes + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) !== 0,
    ),
  );
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 16)).toString('hex');
}
