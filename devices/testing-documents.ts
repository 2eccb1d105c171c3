/**
 * For tests: the examples of messages on a page of docs/devices/, each a JSON block under a line that begins with its topic.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface DocumentedMessage {
  /** `up/submit` */
  topic: string;
  text: string;
}

export function documentedMessages(page: string): DocumentedMessage[] {
  const text = readFileSync(join(import.meta.dirname, '..', 'docs', 'devices', page), 'utf8');
  const blocks = text.matchAll(/^`((?:up|down)\/[a-z-]+)`[^`]*?(?:`[^`\n]+`[^`]*?)*\n\n```json\n([^]*?)^```/gm);
  return [...blocks].map(([, topic = '', json = '']) => ({ topic, text: json }));
}
