/**
 * "Did you mean": the known name that a mistyped one is closest to.
 */
import type { Bilingual } from './mistake.ts';

/** Longer names are never compared: the table of distances stays small. */
const NAME_LENGTH_MAX = 64;

/** The closest of `known` when at most a third of the letters (and at least one) differ, else undefined. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > NAME_LENGTH_MAX) return undefined;
  const allowed = Math.max(1, Math.floor(name.length / 3));
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(plain(name), plain(candidate)) }))
    .filter(({ distance }) => distance <= allowed)
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

/** The hint for an unknown name: the nearest known one, or all of them. */
export function suggestion(name: string, known: readonly string[]): Bilingual {
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return { en: `Did you mean "${nearest}"?`, zh: `是不是要写“${nearest}”？` };
  if (known.length === 0) return { en: 'Remove it: nothing may stand here.', zh: '请删除：此处不允许任何内容。' };
  return { en: `Possible here: ${known.join(', ')}.`, zh: `此处可以写：${known.join('、')}。` };
}

/** `quota_mib`, `QuotaMiB` and `quotaMiB` are one word to a person. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_\s]/g, '');
}

/** Optimal string alignment: insert, delete, replace, and swap of neighbours cost one each. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (last[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const cheapest = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, replaced);
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current.push(swapped ? Math.min(cheapest, (beforeLast[column - 2] ?? 0) + 1) : cheapest);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
