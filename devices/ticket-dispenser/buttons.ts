/**
 * Runs the panel of business buttons of a kiosk: a code on a serial line is the wish for a business. A panel sends once and
 * wants no answer; a button that bounces or is held down is one press.
 */
import { z } from 'zod';
import { HallError } from '../../gateway/kernel/errors.ts';
import type { BackoffLimits } from '../../gateway/kernel/backoff.ts';
import type { Log } from '../../gateway/kernel/log.ts';
import { nameSchema } from '../../gateway/kernel/names.ts';
import type { Line } from '../../firmware-bridge/lines/line.ts';
import { openLine } from '../../firmware-bridge/lines/open-line.ts';
import { keepOpen } from '../../firmware-bridge/lines/reconnecting-line.ts';
import { CODE_BYTES_MAX, lineDecoder, sequenceDecoder, type Heard } from './buttons-codec.ts';
import type { PartHall } from './card-reader.ts';
import { businessType } from './words.ts';

const BUTTONS_MAX = 64;

const button = z.strictObject({
  sends: z
    .string()
    .min(1)
    .max(CODE_BYTES_MAX * 2)
    .describe('what the panel sends for it: hexadecimal digits (01, a5015a), or the text of the line'),
  ...businessType.shape,
});

export const buttonsConfig = z
  .strictObject({
    line: nameSchema.describe('name of the line under `lines`'),
    codes: z
      .enum(['bytes', 'lines'])
      .default('bytes')
      .describe('bytes: a byte or a short sequence a button; lines: a line of text a button'),
    repeatWindowMs: z
      .int()
      .min(0)
      .max(60_000)
      .default(800)
      .describe('the same code again within this time is the same press (bouncing, held down)'),
    buttons: z.array(button).min(1).max(BUTTONS_MAX),
  })
  .superRefine(({ codes, buttons }, context) => {
    for (const [index, { sends }] of buttons.entries()) {
      const message = codes === 'bytes' ? wrongBytes(sends, index, buttons) : wrongLine(sends, index, buttons);
      if (message !== undefined) context.addIssue({ code: 'custom', path: ['buttons', index, 'sends'], message });
    }
  });

export type ButtonsConfig = z.output<typeof buttonsConfig>;
export type Business = z.output<typeof businessType>;

export type ButtonsState = { part: 'present' } | { part: 'absent'; reason: HallError };

export interface ButtonsOptions {
  /** Somebody pressed a button; called once for each press. */
  onBusiness: (business: Business) => void;
  /** Called for changes only. */
  onState: (state: ButtonsState) => void;
}

const BACKOFF: BackoffLimits = { firstMs: 200, maxMs: 10_000 };
/** Longer than any pause inside a code, even through a serial server on the network. */
const SILENCE_MS = 60;
/** So many unknown codes are told of; a panel that sends rubbish does not fill the log. */
const UNKNOWN_MAX = 32;

/** Runs until `hall.signal` aborts; an absent panel is a state, never a rejection. */
export async function runButtons(config: ButtonsConfig, hall: PartHall, options: ButtonsOptions): Promise<void> {
  const log = hall.log.child({ part: 'buttons' });
  const businesses = new Map(config.buttons.map(({ sends, code, name }) => [keyOf(config, sends), { code, name }]));
  const isRepeated = repetitions(config.repeatWindowMs, () => hall.clock.monotonicMs());
  const reportUnknown = unknownReporter(log);
  const take = (heard: readonly Heard[]) => {
    for (const each of heard) {
      if (each.kind === 'unknown') {
        reportUnknown(each);
        continue;
      }
      const business = businesses.get(each.code);
      if (business && !isRepeated(each.code)) options.onBusiness(business);
    }
  };
  await keepOpen((signal) => openLine(hall.line(config.line), { signal }), {
    backoff: BACKOFF,
    signal: hall.signal,
    log,
    onUp(line) {
      listen(line, decoderFor(config, [...businesses.keys()]), take);
      options.onState({ part: 'present' });
    },
    onDown: (reason) => options.onState({ part: 'absent', reason }),
  });
}

/** Feeds the decoder, and tells it when the line falls silent. */
function listen(line: Line, decoder: ReturnType<typeof decoderFor>, take: (heard: readonly Heard[]) => void): void {
  let silence: NodeJS.Timeout | undefined;
  line.onData((chunk) => {
    clearTimeout(silence);
    take(decoder.push(chunk));
    silence = setTimeout(() => take(decoder.silence()), SILENCE_MS);
  });
  void line.dropped.then(() => clearTimeout(silence));
}

function decoderFor({ codes }: ButtonsConfig, keys: readonly string[]) {
  return codes === 'bytes' ? sequenceDecoder(keys) : lineDecoder(keys);
}

function keyOf({ codes }: Pick<ButtonsConfig, 'codes'>, sends: string): string {
  return codes === 'bytes' ? sends.toLowerCase() : sends;
}

/** True for a code that came less than `windowMs` ago; each repetition begins the window again. */
function repetitions(windowMs: number, nowMs: () => number): (code: string) => boolean {
  let last: { code: string; atMs: number } | undefined;
  return (code) => {
    const now = { code, atMs: nowMs() };
    const repeated = last?.code === code && now.atMs - last.atMs < windowMs;
    last = now;
    return repeated;
  };
}

/** Tells of each unknown code once. */
function unknownReporter(log: Log): (heard: Extract<Heard, { kind: 'unknown' }>) => void {
  const told = new Set<string>();
  return ({ head, bytes }) => {
    if (told.has(head) || told.size >= UNKNOWN_MAX) return;
    told.add(head);
    const message = `The button panel sent ${bytes} bytes that are no code of hall.yaml; they begin with ${head}.`;
    log.error('button.unknown', new HallError('kiosk.button-unknown', { message, facts: { head, bytes } }));
  };
}

type Buttons = readonly { sends: string }[];

function wrongBytes(sends: string, index: number, buttons: Buttons): string | undefined {
  if (!/^([0-9a-f]{2})+$/i.test(sends)) return 'write each byte as two hexadecimal digits, for example 01 or a5015a';
  const begins = (one: string, other: string) => other.toLowerCase().startsWith(one.toLowerCase());
  const clash = buttons.some((other, at) => at !== index && begins(sends, other.sends));
  return clash ? 'is the same as, or the beginning of, what another button sends' : undefined;
}

function wrongLine(sends: string, index: number, buttons: Buttons): string | undefined {
  if (sends !== sends.trim() || Buffer.byteLength(sends) > CODE_BYTES_MAX) {
    return `use at most ${CODE_BYTES_MAX} bytes, without blanks at the ends`;
  }
  return buttons.some((other, at) => at < index && other.sends === sends) ? 'is what another button sends' : undefined;
}
