/**
 * A hand on the page: one form with a button, small fields made from the example of its input, and room for what came of it.
 */
import type { DeviceView } from './api-devices.ts';
import { both, bothIn, escaped } from './api-page-markup.ts';
import { CALLER_KEY_WORDS, FIELD_WORDS, HAND_WORDS, wordsOf, type Words } from './hand-words.ts';
import { isTroubling } from './troubled-hands.ts';

type HandView = DeviceView['hands'][string];
type Value = string | number | boolean;

const LEVELS = [1, 2, 3, 4, 5];
const SAID = '<output role="status"></output>';

/** @param place Makes ids of the page unique: the number of the card. */
export function handForm(name: string, hand: HandView, place: number): string {
  const fields = Object.entries(hand.input ?? {});
  const [only] = fields;
  const body =
    fields.length === 1 && only && isChoice(only)
      ? choice(name, hand, only, `what-${place}-${name}`)
      : `${button(name, hand)}${fields.map(field).join('')}`;
  return `<form class="hand" data-path="hands/${escaped(encodeURIComponent(name))}">${body}${SAID}</form>`;
}

/** Pulls the cable, or puts it back. */
export function cableForms(): string {
  const form = (deed: 'pull' | 'plug', words: Words) =>
    `<form class="hand" data-path="${deed}"><button${deed === 'pull' ? ' class="danger"' : ''}>${both(words)}</button>${SAID}</form>`;
  return form('pull', { zh: '拔线', en: 'Pull cable' }) + form('plug', { zh: '插线', en: 'Plug in' });
}

function isChoice([name, example]: [string, Value]): boolean {
  return name === 'level' || typeof example === 'boolean';
}

/** Every answer is a button of its own. */
function choice(hand: string, view: HandView, [field, example]: [string, Value], id: string): string {
  const answers: [value: Value, words: Words][] =
    typeof example === 'boolean'
      ? [
          [true, { zh: '开始', en: 'on' }],
          [false, { zh: '结束', en: 'off' }],
        ]
      : LEVELS.map((level) => [level, { zh: String(level), en: String(level) }]);
  const kind = isTroubling(hand) ? ' class="danger"' : '';
  const buttons = answers.map(
    ([value, words]) =>
      `<button${value === false ? '' : kind} name="${escaped(field)}" value="${value}" data-type="${typeof value}">${both(words)}</button>`,
  );
  return `<span class="what" id="${escaped(id)}" ${bothIn('title', view.summary)}>${both(labelOf(hand, view))}</span><span class="choice" role="group" aria-labelledby="${escaped(id)}">${buttons.join('')}</span>`;
}

function button(name: string, view: HandView): string {
  const kind = isTroubling(name) ? ' class="danger"' : '';
  return `<button${kind} ${bothIn('title', view.summary)}>${both(labelOf(name, view))}</button>`;
}

function labelOf(name: string, { summary }: HandView): Words {
  return Object.hasOwn(HAND_WORDS, name) ? wordsOf(HAND_WORDS, name) : summary;
}

function field([name, example]: [string, Value]): string {
  const words = both(wordsOf(FIELD_WORDS, name));
  return `<label><span>${words}</span>${name === 'key' ? callerKeys(example) : input(name, example)}</label>`;
}

function input(name: string, example: Value): string {
  const type = typeof example === 'number' ? 'type="number" step="any" required' : 'type="text" autocomplete="off"';
  const size = Math.max(4, String(example).length + 1);
  return `<input ${type} name="${escaped(name)}" value="${escaped(String(example))}" size="${size}" data-type="${typeof example}">`;
}

function callerKeys(example: Value): string {
  const options = Object.entries(CALLER_KEY_WORDS).map(
    ([key, { zh, en }]) =>
      `<option value="${key}" data-zh="${zh}" data-en="${en}"${key === example ? ' selected' : ''}>${zh}</option>`,
  );
  return `<select name="key" data-type="string">${options.join('')}</select>`;
}
