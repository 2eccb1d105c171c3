// A press of a button: asks the hall to do it, and says at the button what came of it.
/* global document, fetch */
import { both } from './language.js';

const DONE_SHOWN_MS = 4000;
/** A hand that was used, but of which the device or the gateway took no notice. */
const UNHEARD = {
  ignored: { zh: '设备未得到应答', en: 'nobody acknowledged it' },
  unheard: { zh: '无人听到', en: 'nobody heard it' },
  'not offered': { zh: '此业务未开放', en: 'this business is not offered' },
};
const TYPES = { number: Number, boolean: (text) => text === 'true', string: String };

/** @param after Called when something may have changed. */
export function followHands(main, after) {
  main.addEventListener('submit', (event) => {
    event.preventDefault();
    void use(event.target, event.submitter).then(after);
  });
}

async function use(form, submitter) {
  if (form.hasAttribute('aria-busy')) return;
  form.setAttribute('aria-busy', 'true');
  say(form, submitter, 'busy', []);
  try {
    const card = form.closest('article');
    const answer = await fetch(`${card.dataset.path}/${form.dataset.path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(inputOf(form, submitter)),
    });
    tell(form, submitter, answer.ok, await answer.json());
  } catch {
    say(form, submitter, 'refused', [both({ zh: '大厅没有应答', en: 'the hall does not answer' })]);
  } finally {
    form.removeAttribute('aria-busy');
  }
}

/** Fields by name, each in its type; of the buttons, only the one that was pressed. */
function inputOf(form, submitter) {
  const fields = [...form.elements].filter(({ name, type }) => name && type !== 'submit');
  const given = submitter?.name ? [...fields, submitter] : fields;
  return Object.fromEntries(given.map(({ name, value, dataset }) => [name, TYPES[dataset.type](value)]));
}

function tell(form, submitter, done, answer) {
  if (!done) {
    const hint = document.createElement('small');
    hint.textContent = answer.hint;
    say(form, submitter, 'refused', [both({ zh: '未做：', en: 'Refused: ' }), answer.error, hint]);
    return;
  }
  const unheard = UNHEARD[answer.result?.outcome];
  if (unheard) say(form, submitter, 'unheard', [both(unheard)]);
  else say(form, submitter, 'done', [both({ zh: '已完成', en: 'done' })]);
}

/** What is done is soon said enough; what was not done stays until the next press. */
function say(form, submitter, how, parts) {
  const output = form.querySelector('output');
  for (const button of form.querySelectorAll('[data-said]')) delete button.dataset.said;
  if (submitter) submitter.dataset.said = how;
  output.className = how;
  output.replaceChildren(...parts);
  if (how !== 'done') return;
  const said = output.firstChild;
  setTimeout(() => {
    if (output.firstChild === said) say(form, undefined, '', []);
  }, DONE_SHOWN_MS);
}
