/**
 * docs/contract.md: the prose of `contract.template.md` with its tables and examples filled in.
 */
import type { Kind } from '../gateway/kernel/kind.ts';
import type { ContractMessage } from './contract-message.ts';

const PLACEHOLDER = /^\{\{(\w+)\}\}$/gm;

/** @throws Error when the template asks for a part that does not exist. */
export function contractPage(template: string, messages: readonly ContractMessage[], kinds: readonly Kind[]): string {
  const parts: Record<string, () => string> = {
    topics: () => topicTable(messages),
    kinds: () => kindTable(kinds),
    examples: () => messages.map(messageText).join('\n'),
  };
  return template.replaceAll(PLACEHOLDER, (_, name: string) => {
    const part = parts[name];
    if (!part) throw new Error(`the template of docs/contract.md asks for "${name}", which does not exist`);
    return part();
  });
}

function topicTable(messages: readonly ContractMessage[]): string {
  const rows = messages.map(({ id, topic, action, retain, eventClass }) => {
    const direction = action === 'send' ? 'from the gateway' : 'to the gateway';
    return `| [\`${id}\`](#${anchor(id)}) | \`${topic}\` | ${direction} | ${retain ? 'yes' : 'no'} | ${eventClass ?? ''} |`;
  });
  return ['| message | topic | direction | retained | class |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

function kindTable(kinds: readonly Kind[]): string {
  const rows = kinds.map(({ name, title, events, commands }) => {
    const list = (names: string[]) => names.map((item) => `\`${item}\``).join(', ') || '–';
    return `| \`${name}\` | ${title.en} ${title.zh} | ${list(Object.keys(events))} | ${list(Object.keys(commands))} |`;
  });
  return ['| kind | device | events | commands |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function messageText({ id, summary, topic, contentType, examples }: ContractMessage): string {
  const blocks = examples.map(({ value }) => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\`\n`);
  const head = `### ${id}\n\n${summary}\n\n\`${topic}\` · \`${contentType}\` · [JSON Schema](../config/schemas/${id}.json)\n`;
  return [head, ...blocks].join('\n');
}

/** As GitHub makes anchors of headings: dots vanish. */
function anchor(id: string): string {
  return id.replaceAll('.', '');
}
