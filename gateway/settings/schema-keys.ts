/**
 * Which keys a zod schema knows at a path, for "did you mean". Read from its JSON Schema, which is public and stable;
 * zod's own definitions are not.
 */
import { z } from 'zod';
import type { SettingsPath } from './mistake.ts';

interface Node {
  properties?: Record<string, Node>;
  additionalProperties?: Node | boolean;
  items?: Node;
  anyOf?: Node[];
  oneOf?: Node[];
  allOf?: Node[];
}

export function keysAt(schema: z.ZodType, path: SettingsPath): string[] {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Node;
  const nodes = path.reduce<Node[]>((here, step) => here.flatMap((node) => childrenOf(node, step)), alternatives(root));
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}

function childrenOf(node: Node, step: string | number): Node[] {
  if (typeof step === 'number') return node.items ? alternatives(node.items) : [];
  const named = node.properties?.[step];
  if (named) return alternatives(named);
  return typeof node.additionalProperties === 'object' ? alternatives(node.additionalProperties) : [];
}

/** A node with everything that `anyOf`, `oneOf` and `allOf` allow in its place. */
function alternatives(node: Node): Node[] {
  const others = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])];
  return [node, ...others.flatMap(alternatives)];
}
