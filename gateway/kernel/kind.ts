/**
 * A kind says WHAT a device of the hall is: its state, its events, its commands, independent of any wire.
 * The contract documents are generated from kinds.
 */
import type { z } from 'zod';

/** Events that must never be dropped for space, and events of which the oldest may go first. */
export type EventClass = 'record' | 'telemetry';

export interface EventDefinition<Data extends z.ZodType = z.ZodType> {
  /** One sentence for the contract. */
  summary: string;
  class: EventClass;
  /** Version at the end of the CloudEvents type; a change that breaks a consumer raises it. */
  version: number;
  data: Data;
  /** A complete, valid `data` for the documents. */
  example: unknown;
}

export interface CommandDefinition<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  summary: string;
  input: Input;
  /** What a `done` result carries. */
  output: Output;
  example: unknown;
  /** How long the device may take before the command is `failed`. */
  deadlineMs: number;
  /** Begins at once instead of waiting for the device's other commands: for those where the newest replaces what waits. */
  besideOthers?: boolean;
}

export interface Kind {
  /** As in topics: `evaluator`, `fingerprint-clock`. */
  name: string;
  title: { en: string; zh: string };
  state: z.ZodType;
  stateExample: unknown;
  events: Record<string, EventDefinition>;
  commands: Record<string, CommandDefinition>;
}

/** Declares a kind and keeps the exact types of its schemas. */
export function defineKind<const K extends Kind>(kind: K): K {
  return kind;
}

/** CloudEvents type of an event: `hall.evaluation.submitted.v1`. */
export function fullType(shortType: string, version: number): string {
  return `hall.${shortType}.v${version}`;
}
