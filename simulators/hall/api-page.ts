/**
 * The page of the simulated hall: every device with its picture, its cable and its hands as buttons. One file, no framework;
 * whatever comes from hall.yaml is escaped, and the browser is told to run nothing but our own script.
 */
import { randomBytes } from 'node:crypto';
import type { DeviceView } from './api-devices.ts';
import { PAGE_SCRIPT, PAGE_STYLE } from './api-page-parts.ts';

const KINDS: Readonly<Record<string, string>> = {
  evaluator: '评价器 Evaluators',
  'fingerprint-clock': '指纹打卡机 Fingerprint clocks',
  'ticket-dispenser': '取号机 Ticket dispensers',
  'led-board': 'LED 屏 LED boards',
  camera: '摄像机 Cameras',
};

export function hallPage(title: string, devices: readonly DeviceView[]): { html: string; policy: string } {
  const nonce = randomBytes(16).toString('base64');
  const kinds = [...new Set(devices.map(({ kind }) => kind))];
  const sections = kinds.map((kind) =>
    section(
      kind,
      devices.filter((device) => device.kind === kind),
    ),
  );
  const html = `<!doctype html>
<html lang="zh">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style nonce="${nonce}">${PAGE_STYLE}</style>
<header>
<h1>${escaped(title)}</h1>
<p>模拟设备：点击按钮，就像有人在设备前操作。 Simulated devices: a button does what a person would do.</p>
<input id="filter" type="search" placeholder="筛选 filter: 05, board, zk …">
</header>
<main>
${sections.join('\n')}
</main>
<aside><h2>真实发生 Truth</h2><ol id="truth"></ol></aside>
<script nonce="${nonce}">${PAGE_SCRIPT}</script>
</html>
`;
  const policy = `default-src 'none'; img-src 'self'; connect-src 'self'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return { html, policy };
}

function section(kind: string, devices: readonly DeviceView[]): string {
  return `<h2>${escaped(KINDS[kind] ?? kind)} <small>${devices.length}</small></h2>
<div class="devices">${devices.map(card).join('\n')}</div>`;
}

function card(device: DeviceView): string {
  const { id, wire, name, window, cable, picture } = device;
  const place = [name, window === undefined ? undefined : `${window} 号窗口 window ${window}`, wire].filter(Boolean);
  const image = `<img alt="" hidden data-src="/devices/${encodeURIComponent(id)}/picture.png">`;
  return `<article data-device="${escaped(id)}" data-cable="${cable}">
<h3>${escaped(id)}</h3><p>${escaped(place.join(' · '))}</p>
${picture ? image : ''}
${Object.entries(device.hands)
  .map(([hand, details]) => button(hand, details))
  .join('\n')}
<div><button data-cable-deed="pull">拔线 pull the cable</button><button data-cable-deed="plug">插线 plug it in</button></div>
<output></output>
</article>`;
}

function button(hand: string, { summary, input }: DeviceView['hands'][string]): string {
  const field = input ? `<input value="${escaped(JSON.stringify(input))}" aria-label="${escaped(hand)}">` : '';
  return `<div><button data-hand="${escaped(hand)}" title="${escaped(hand)}">${escaped(`${summary.zh} ${summary.en}`)}</button>${field}</div>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
