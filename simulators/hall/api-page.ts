/**
 * The page of the simulated hall: an overview, every device with its hands, and what truly happens. Its script and style are
 * the plain files of `page/`; whatever comes from hall.yaml is escaped, and the browser is told to run nothing but those files.
 */
import type { DeviceView } from './api-devices.ts';
import { deviceCard } from './api-page-card.ts';
import { both, bothIn, escaped } from './api-page-markup.ts';
import { LATELY, LATELY_MINUTES } from './api-page-news.ts';
import { KIND_WORDS, wordsOf } from './hand-words.ts';

export const PAGE_POLICY =
  "default-src 'none'; img-src 'self'; connect-src 'self'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function hallPage(title: string, devices: readonly DeviceView[]): string {
  const kinds = kindsOf(devices);
  const sorted = kinds.flatMap((kind) => devices.filter((device) => device.kind === kind));
  return `<!doctype html>
<html lang="zh">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="stylesheet" href="/page/base.css">
<link rel="stylesheet" href="/page/cards.css">
<header>
<h1>${escaped(title)}</h1>
<p class="about">${both({ zh: '模拟大厅：点击按钮，就像有人在设备前操作。', en: 'A simulated hall: a button does what a person would do.' })}</p>
<div class="languages" role="group" aria-label="语言 Language"><button type="button" data-language="zh">中文</button><button type="button" data-language="en">English</button></div>
</header>
<nav ${bothIn('aria-label', { zh: '概览', en: 'Overview' })}>
<div class="kinds">${kinds.map((kind) => kindButton(kind, devices)).join('')}</div>
<input id="filter" type="search" ${bothIn('placeholder', { zh: '筛选：05、board、zk……', en: 'filter: 05, board, zk …' })} ${bothIn('aria-label', { zh: '筛选设备', en: 'Filter the devices' })}>
<dl class="lately"><div class="span">${both({ zh: `最近 ${LATELY_MINUTES} 分钟`, en: `last ${LATELY_MINUTES} min` })}</div>${LATELY.map(({ name, words }) => `<div><dt>${both(words)}</dt><dd data-count="${name}">–</dd></div>`).join('')}</dl>
</nav>
<aside aria-labelledby="truth-title"><h2 id="truth-title">${both({ zh: '真实发生', en: 'What truly happened' })}</h2>
<ol id="truth" tabindex="0" aria-labelledby="truth-title"></ol></aside>
<main>
${sorted.map(deviceCard).join('\n')}
</main>
<p id="none" hidden>${both({ zh: '没有符合的设备', en: 'No such device' })}</p>
<script type="module" src="/page/hall.js"></script>
</html>
`;
}

/** Those that a visitor meets come first, then the others as hall.yaml has them. */
function kindsOf(devices: readonly DeviceView[]): string[] {
  const present = new Set(devices.map(({ kind }) => kind));
  const known = Object.keys(KIND_WORDS);
  return [...known.filter((kind) => present.has(kind)), ...[...present].filter((kind) => !known.includes(kind))];
}

function kindButton(kind: string, devices: readonly DeviceView[]): string {
  const count = devices.filter((device) => device.kind === kind).length;
  return `<button type="button" data-kind="${escaped(kind)}" aria-pressed="false">${both(wordsOf(KIND_WORDS, kind))} <b>${count}</b><span class="amiss"></span></button>`;
}
