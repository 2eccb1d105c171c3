/**
 * Looking into the raw tree of hall.yaml, where nothing is certain: what is not there, or not of the type, is skipped.
 */
import type { SettingsPath } from './mistake.ts';

/** A text of the file and where it stands. */
export interface Mention {
  text: string;
  path: SettingsPath;
}

/** The value at a path, or undefined. */
export function at(tree: unknown, path: SettingsPath): unknown {
  return path.reduce<unknown>((node, step) => {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, step)) return undefined;
    return (node as Record<string | number, unknown>)[step];
  }, tree);
}

/** The texts that stand under `key` in the entries of the list at `path`. */
export function textsOf(tree: unknown, path: SettingsPath, key: string): Mention[] {
  const list = at(tree, path);
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown, index): Mention[] => {
    const text = at(entry, [key]);
    return typeof text === 'string' ? [{ text, path: [...path, index, key] }] : [];
  });
}

/** The same, also in the groups inside an entry: the card reader of a kiosk has a line of its own. */
export function textsWithin(tree: unknown, path: SettingsPath, key: string): Mention[] {
  const list = at(tree, path);
  if (!Array.isArray(list)) return [];
  const inParts = list.flatMap((_, index) =>
    namesOf(tree, [...path, index]).flatMap((part): Mention[] => {
      const text = at(tree, [...path, index, part, key]);
      return typeof text === 'string' ? [{ text, path: [...path, index, part, key] }] : [];
    }),
  );
  return [...textsOf(tree, path, key), ...inParts];
}

/** The keys of the group at `path`. */
export function namesOf(tree: unknown, path: SettingsPath): string[] {
  const group = at(tree, path);
  return typeof group === 'object' && group !== null && !Array.isArray(group) ? Object.keys(group) : [];
}
