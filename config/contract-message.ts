/**
 * One message of the contract: where it is said, by whom, its schema and real examples.
 */
import type { z } from 'zod';
import type { EventClass } from '../gateway/kernel/kind.ts';

export interface Example {
  name: string;
  value: unknown;
}

export interface ContractMessage {
  /** File name of its schema and id in the AsyncAPI document: `evaluator.evaluation.submitted`. */
  id: string;
  /** `gateway` or the name of a kind. */
  owner: string;
  summary: string;
  /** With `{hall}`, `{gateway}` and `{device}`. */
  topic: string;
  /** From the gateway's view. */
  action: 'send' | 'receive';
  retain: boolean;
  schema: z.ZodType;
  examples: Example[];
  contentType: string;
  /** Of events only. */
  eventClass?: EventClass;
}

/** The parameters of topics, as the documents write them. */
export const PLACE = { hall: '{hall}', gateway: '{gateway}' };
export const JSON_TYPE = 'application/json';
export const CLOUD_EVENT_TYPE = 'application/cloudevents+json';
export const CLOUD_EVENTS_BATCH_TYPE = 'application/cloudevents-batch+json';
