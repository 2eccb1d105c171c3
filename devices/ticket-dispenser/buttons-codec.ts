/**
 * From the bytes of a button panel to codes. Panels differ, so hall.yaml says what each button sends:
 *
 *   codes: bytes   a byte or a short sequence, without a mark between two   `01`   `a5 01 5a`
 *   codes: lines   a line of text, ended by carriage return, line feed or both   `B1\r\n`
 *
 * What is not known is collected until the line is silent, so that one unknown button is one finding.
 */
export interface PanelDecoder {
  /** Takes the next bytes, however they are cut. */
  push(bytes: Uint8Array): Heard[];
  /** The line is silent: what has begun will not be finished. */
  silence(): Heard[];
}

/** A code of the list, or bytes that are none: how many, and the first few of them in hexadecimal digits. */
export type Heard = { kind: 'code'; code: string } | { kind: 'unknown'; bytes: number; head: string };

/** The longest code in bytes. */
export const CODE_BYTES_MAX = 32;
/** So much of an unknown code is told: enough to tell buttons apart, too little for an ID number. */
const HEAD_BYTES = 8;
const LINE_ENDS = new Set([0x0a, 0x0d]);

/** Codes are hexadecimal digits; none may begin another, or the longer one would never be heard. */
export function sequenceDecoder(codes: readonly string[]): PanelDecoder {
  let held = '';
  let strange = '';
  const tellStrange = (): Heard[] => {
    const told = strange === '' ? [] : [unknown(strange)];
    strange = '';
    return told;
  };
  const take = (more: boolean): Heard[] => {
    const heard: Heard[] = [];
    while (held !== '') {
      const code = codes.find((each) => held.startsWith(each));
      if (code !== undefined) {
        heard.push(...tellStrange(), { kind: 'code', code });
        held = held.slice(code.length);
        continue;
      }
      if (more && codes.some((each) => each.startsWith(held))) break;
      strange += held.slice(0, 2);
      held = held.slice(2);
      if (strange.length >= CODE_BYTES_MAX * 2) heard.push(...tellStrange());
    }
    return heard;
  };
  return {
    push(bytes) {
      held += Buffer.from(bytes).toString('hex');
      return take(true);
    },
    silence: () => [...take(false), ...tellStrange()],
  };
}

/** Codes are texts. Empty lines are nothing; a line that is never ended is no code, because it may be half of another one. */
export function lineDecoder(codes: readonly string[]): PanelDecoder {
  const known = new Set(codes);
  let held = '';
  let length = 0;
  const end = (ended: boolean): Heard[] => {
    const text = Buffer.from(held, 'hex').toString('utf8').trim();
    const whole = ended && length <= CODE_BYTES_MAX;
    const heard: Heard[] = whole && known.has(text) ? [{ kind: 'code', code: text }] : [];
    if (heard.length === 0 && text !== '') heard.push({ ...unknown(held), bytes: length });
    held = '';
    length = 0;
    return heard;
  };
  return {
    push(bytes) {
      const heard: Heard[] = [];
      for (const byte of bytes) {
        if (LINE_ENDS.has(byte)) {
          heard.push(...end(true));
          continue;
        }
        length += 1;
        if (length <= CODE_BYTES_MAX) held += byte.toString(16).padStart(2, '0');
      }
      return heard;
    },
    silence: () => end(false),
  };
}

function unknown(hex: string): Extract<Heard, { kind: 'unknown' }> {
  return { kind: 'unknown', bytes: hex.length / 2, head: hex.slice(0, HEAD_BYTES * 2) };
}
