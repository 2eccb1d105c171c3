// What happens in the hall, asked for once a second: the list, the counts, the last happening and the troubles of each device.
/* global document, fetch */
import { both } from './language.js';

const EVERY_MS = 1000;
const LINES_MAX = 60;
const FRESH_MS = 1500;

/** @returns soon(): asks at once. */
export function followNews({ cards, look, reveal }) {
  const list = document.getElementById('truth');
  const counts = [...document.querySelectorAll('[data-count]')];
  const kinds = [...document.querySelectorAll('.kinds [data-kind]')];
  let newest = 0;
  let timer;
  let asking = false;
  let troubles = '';

  const take = (news) => {
    if (news.newest < newest) list.replaceChildren();
    newest = news.newest;
    for (const line of news.lines) list.prepend(listed(line, cards.get(line.device), reveal));
    while (list.children.length > LINES_MAX) list.lastChild.remove();
    const latest = new Map(news.lines.map((line) => [line.device, line]));
    for (const line of latest.values()) showLast(cards.get(line.device), line, look);
    for (const count of counts) count.textContent = String(news.lately[count.dataset.count]);
    const now = JSON.stringify(news.troubles);
    if (now !== troubles) showTroubles(cards, kinds, news.troubles);
    troubles = now;
  };

  const ask = async () => {
    if (asking) return;
    asking = true;
    clearTimeout(timer);
    try {
      take(await (await fetch(`/page/news?since=${newest}`)).json());
      delete document.body.dataset.away;
    } catch {
      document.body.dataset.away = '';
    }
    asking = false;
    timer = setTimeout(ask, EVERY_MS);
  };
  void ask();
  return { soon: () => void ask() };
}

function listed({ device, atMs, words }, card, reveal) {
  const line = document.createElement('li');
  const name = document.createElement(card ? 'button' : 'span');
  name.className = 'device';
  name.textContent = device;
  if (card) name.addEventListener('click', () => reveal(card));
  const what = document.createElement('span');
  what.className = 'what';
  what.append(both(words));
  line.append(timeOf(atMs), name, what);
  return line;
}

function timeOf(atMs) {
  const at = new Date(atMs);
  const time = document.createElement('time');
  time.dateTime = at.toISOString();
  time.textContent = at.toLocaleTimeString('en-GB');
  return time;
}

function showLast(card, { atMs, words }, look) {
  if (!card) return;
  const last = card.querySelector('.last');
  last.replaceChildren(timeOf(atMs), both(words));
  if (Date.now() - atMs < 2 * EVERY_MS) {
    card.dataset.fresh = '';
    setTimeout(() => delete card.dataset.fresh, FRESH_MS);
  }
  look(card);
}

function showTroubles(cards, kinds, troubles) {
  const amiss = new Map();
  for (const [id, card] of cards) {
    const own = troubles[id] ?? [];
    if (own.length > 0) amiss.set(card.dataset.kind, (amiss.get(card.dataset.kind) ?? 0) + 1);
    card.classList.toggle('troubled', own.length > 0);
    card.querySelector('.troubles').replaceChildren(...own.map(badge));
  }
  for (const kind of kinds) {
    const count = amiss.get(kind.dataset.kind) ?? 0;
    const words = { zh: `${count} 台异常`, en: `${count} amiss` };
    kind.querySelector('.amiss').replaceChildren(...(count > 0 ? [both(words)] : []));
  }
}

function badge(words) {
  const item = document.createElement('li');
  item.append(both(words));
  return item;
}
