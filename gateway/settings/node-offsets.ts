/**
 * Where in the text of hall.yaml the node at a path begins.
 */
import { isMap, isScalar, isSeq, type Document, type Node } from 'yaml';
import type { SettingsPath } from './mistake.ts';

/** The offset of the node at a path, or of its nearest ancestor that is really written in the text. */
export function offsetOf(document: Document.Parsed, path: SettingsPath, at: 'key' | 'value'): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const [index, step] of path.entries()) {
    const child = childOf(node, step);
    if (!child) return offset;
    const pointsAtValue = at === 'value' && index === path.length - 1;
    offset = startOf(pointsAtValue ? [child.value, child.key] : [child.key, child.value]) ?? offset;
    node = child.value;
  }
  return offset;
}

/** Where the first of the nodes begins that is written at all. */
function startOf(nodes: readonly (Node | null)[]): number | undefined {
  return nodes.find((node) => node?.range)?.range?.[0];
}

interface Place {
  key: Node | null;
  value: Node | null;
}

function childOf(node: Node | null, step: string | number): Place | undefined {
  if (isSeq<Node>(node) && typeof step === 'number') {
    const value = node.items[step];
    return value ? { key: null, value } : undefined;
  }
  if (!isMap<Node, Node | null>(node)) return undefined;
  const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
  return pair && { key: pair.key, value: pair.value };
}
