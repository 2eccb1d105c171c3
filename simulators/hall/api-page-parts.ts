/**
 * Style and script of the page of the simulated hall. The script looks at the truth once a second and draws only the pictures
 * of devices at which something happened; text goes into the page as text, never as markup.
 */
export const PAGE_STYLE = `
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif }
body { margin: 0; display: grid; grid-template-columns: 1fr minmax(16rem, 24rem); gap: 0 2rem; padding: 1rem 1.5rem }
header { grid-column: 1 / -1 }
h1 { font-size: 1.3rem; margin: 0 }
header p { margin: .2rem 0 .6rem; opacity: .75 }
h2 { font-size: 1rem; margin: 1.4rem 0 .5rem }
small { opacity: .6; font-weight: normal }
.devices { display: grid; grid-template-columns: repeat(auto-fill, minmax(21rem, 1fr)); gap: .8rem; align-items: start }
article { border: 1px solid #8886; border-radius: 8px; padding: .7rem .8rem }
article[data-cable=out] { border-color: #d33; box-shadow: inset 4px 0 #d33 }
article h3 { font: 600 .95rem ui-monospace, monospace; margin: 0 }
article p { margin: 0 0 .4rem; opacity: .75 }
article img { display: block; max-width: 100%; max-height: 26rem; margin: .4rem auto }
article img[hidden] { display: none }
article div { display: flex; flex-wrap: wrap; gap: .4rem; margin-top: .3rem }
button { font: inherit; padding: .15rem .6rem; cursor: pointer }
article input { font: .85rem ui-monospace, monospace; flex: 1; min-width: 10rem }
output { display: block; font: .8rem ui-monospace, monospace; margin-top: .4rem; overflow-wrap: anywhere }
output.refused { color: #d33 }
#filter { font: inherit; padding: .2rem .5rem; width: 20rem; max-width: 100% }
aside ol { font: .78rem/1.5 ui-monospace, monospace; list-style: none; margin: 0; padding: 0; overflow-wrap: anywhere }
@media (max-width: 60rem) { body { grid-template-columns: 1fr } }
`;

export const PAGE_SCRIPT = `
'use strict';
const TRUTH_EVERY_MS = 1000;
const TRUTH_LINES = 40;
const cards = new Map([...document.querySelectorAll('article')].map((card) => [card.dataset.device, card]));
const pathOf = (card) => '/devices/' + encodeURIComponent(card.dataset.device);

function look(card) {
  const image = card.querySelector('img');
  if (!image || image.dataset.seen !== 'yes') return;
  image.src = image.dataset.src + '?at=' + Date.now();
}

async function ask(card, path, body) {
  const said = card.querySelector('output');
  said.className = '';
  said.textContent = '…';
  try {
    const answer = await fetch(pathOf(card) + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: body ?? '',
    });
    const result = await answer.json();
    said.className = answer.ok ? '' : 'refused';
    said.textContent = answer.ok ? JSON.stringify(result) : result.error + ' (' + result.hint + ')';
    if (result.cable) card.dataset.cable = result.cable;
  } catch (error) {
    said.className = 'refused';
    said.textContent = String(error);
  }
  look(card);
}

document.addEventListener('click', ({ target }) => {
  const card = target.closest('article');
  if (!card || target.tagName !== 'BUTTON') return;
  const { hand, cableDeed } = target.dataset;
  if (cableDeed) ask(card, '/' + cableDeed);
  else ask(card, '/hands/' + encodeURIComponent(hand), target.parentElement.querySelector('input')?.value);
});

document.getElementById('filter').addEventListener('input', ({ target }) => {
  const wanted = target.value.trim().toLowerCase();
  for (const card of cards.values()) card.hidden = !card.textContent.toLowerCase().includes(wanted);
});

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    const image = target.querySelector('img');
    image.dataset.seen = isIntersecting ? 'yes' : 'no';
    look(target);
  }
});
for (const card of cards.values()) {
  const image = card.querySelector('img');
  if (!image) continue;
  image.addEventListener('load', () => { image.hidden = false; });
  image.addEventListener('error', () => { image.hidden = true; });
  seen.observe(card);
}

let newest = 0;
const list = document.getElementById('truth');
async function follow() {
  try {
    const text = await (await fetch('/truth?since=' + newest)).text();
    const happenings = text.split('\\n').filter(Boolean).map((line) => JSON.parse(line));
    for (const happening of happenings.slice(-TRUTH_LINES)) {
      const line = document.createElement('li');
      const time = new Date(happening.atMs).toLocaleTimeString('zh-CN', { hour12: false });
      line.textContent = [time, happening.device, happening.what, JSON.stringify(happening.data)].join(' ');
      list.prepend(line);
    }
    while (list.children.length > TRUTH_LINES) list.lastChild.remove();
    newest = happenings.at(-1)?.number ?? newest;
    for (const device of new Set(happenings.map((happening) => happening.device))) {
      if (cards.has(device)) look(cards.get(device));
    }
  } catch {
    newest = 0;
    list.replaceChildren();
  }
  setTimeout(follow, TRUTH_EVERY_MS);
}
follow();
`;
