/**
 * What people look at, without its colours and dots: lines of text on a board or a ticket. `picture-text.ts` draws it in a
 * terminal, `picture-png.ts` as an image.
 */
export interface Picture {
  form: 'board' | 'ticket';
  /** Board: pixels. Ticket: characters of normal width a line. */
  width: number;
  /** Board: pixels. Ticket: absent, as long as its lines. */
  height?: number;
  /** False for a board whose lamps or controller are off. */
  lit: boolean;
  parts: readonly PicturePart[];
}

export type PicturePart =
  | {
      what: 'text';
      text: string;
      /** Board: place in pixels. Absent on a ticket: below the part before. */
      box?: { x: number; y: number; width: number; height: number };
      /** Times the normal size. */
      size: number;
      bold?: boolean;
      align: 'left' | 'centre' | 'right';
      colour?: 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'white';
    }
  | { what: 'dots'; /** Rows of `0` and `1`. */ rows: readonly string[]; align: 'left' | 'centre' | 'right' }
  | { what: 'qr'; payload: string; align: 'left' | 'centre' | 'right' }
  | { what: 'cut' };
