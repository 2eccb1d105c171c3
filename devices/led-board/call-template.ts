/**
 * The words of a call: a template with places that the command fills.
 */
import { z } from 'zod';
import { HallError } from '../../gateway/kernel/errors.ts';

const PLACE = /\{([^{}]*)\}/g;
const PLACES = ['ticketNumber', 'window', 'businessType'] as const;

/** What a template's places are filled with. */
export type CallWords = { [Place in (typeof PLACES)[number]]?: string | undefined };

/** A template; a place that no command fills is refused. */
export const callTemplateSchema = z
  .string()
  .min(1)
  .max(200)
  .superRefine((template, context) => {
    for (const [, name = ''] of template.matchAll(PLACE)) {
      if (isPlace(name)) continue;
      context.addIssue({
        code: 'custom',
        message: `{${name}} is none of ${PLACES.map((each) => `{${each}}`).join(', ')}`,
      });
    }
  })
  .default('请{ticketNumber}号到{window}号窗口办理')
  .describe('words of show-call; places: {ticketNumber}, {window}, {businessType}');

/**
 * The template with its places filled.
 *
 * @throws HallError `board.call-incomplete` naming the place that the command leaves empty.
 */
export function callText(template: string, words: CallWords): string {
  return template.replace(PLACE, (whole, name: string) => {
    const word = isPlace(name) ? words[name] : undefined;
    if (word === undefined) throw incomplete(whole);
    return word;
  });
}

function isPlace(name: string): name is keyof CallWords {
  return PLACES.some((place) => place === name);
}

function incomplete(place: string): HallError {
  return new HallError('board.call-incomplete', {
    message: `The template of this board has the place ${place}, and the command does not fill it.`,
    facts: { place },
  });
}
