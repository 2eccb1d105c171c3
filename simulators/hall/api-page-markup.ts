/**
 * Markup in two languages: both stand in the page, and the style sheet shows the one that `<html lang>` names.
 */
import type { Words } from './hand-words.ts';

export function both({ zh, en }: Words): string {
  if (zh === en) return escaped(zh);
  return `<span lang="zh">${escaped(zh)}</span><span lang="en">${escaped(en)}</span>`;
}

/** An attribute that is only text: the script sets it from its two forms. */
export function bothIn(attribute: 'placeholder' | 'title' | 'aria-label', { zh, en }: Words): string {
  return `${attribute}="${escaped(zh)}" data-${attribute}-zh="${escaped(zh)}" data-${attribute}-en="${escaped(en)}"`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
