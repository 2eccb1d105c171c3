/**
 * A device on the page: what and where it is, its picture, what happened last, its hands; what does harm stands below a line.
 */
import type { DeviceView } from './api-devices.ts';
import { cableForms, handForm } from './api-page-hand.ts';
import { both, escaped } from './api-page-markup.ts';
import { ENDED_BY, isTroubling } from './troubled-hands.ts';

export function deviceCard(device: DeviceView, place: number): string {
  const { id, kind, wire, picture } = device;
  const path = `/devices/${encodeURIComponent(id)}`;
  const hands = Object.entries(device.hands);
  const form = ([name, hand]: (typeof hands)[number]) => handForm(name, hand, place);
  const harmless = hands.filter(([name]) => !isHarm(name));
  const harm = hands.filter(([name]) => isHarm(name));
  const image = `<img alt="${escaped(id)}" hidden data-src="${escaped(path)}/picture.png">`;
  return `<article id="device-${escaped(encodeURIComponent(id))}" data-device="${escaped(id)}" data-kind="${escaped(kind)}" data-path="${escaped(path)}" tabindex="-1">
<h2>${escaped(id)}</h2><span class="place">${placeOf(device)}</span><span class="wire">${escaped(wire)}</span>
<ul class="troubles"></ul>
${picture ? image : ''}<p class="last"></p>
${harmless.length > 0 ? `<div class="hands">${harmless.map(form).join('')}</div>` : ''}
<div class="hands harm">${harm.map(form).join('')}<div class="cable">${cableForms()}</div></div>
</article>`;
}

const ENDING: ReadonlySet<string> = new Set(ENDED_BY.values());

/** It does harm or ends it. */
function isHarm(hand: string): boolean {
  return isTroubling(hand) || ENDING.has(hand);
}

function placeOf({ name, window }: DeviceView): string {
  const parts = [
    ...(name === undefined ? [] : [escaped(name)]),
    ...(window === undefined ? [] : [both({ zh: `${window} 号窗口`, en: `window ${window}` })]),
  ];
  return parts.join(' · ');
}
