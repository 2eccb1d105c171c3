/**
 * The command line's side of a running hall's API: asks, and puts the answers into lines for a person.
 */
import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { CliTexts } from './cli-texts.ts';
import { pad } from './screen-columns.ts';
import type { Language } from './screen-texts.ts';

const refusalSchema = z.object({ error: z.string(), hint: z.string() });
const devicesSchema = z.array(
  z.object({
    id: z.string(),
    kind: z.string(),
    wire: z.string(),
    window: z.string().optional(),
    cable: z.enum(['in', 'out']),
    hands: z.record(
      z.string(),
      z.object({
        summary: z.object({ en: z.string(), zh: z.string() }),
        input: z.record(z.string(), z.unknown()).optional(),
      }),
    ),
  }),
);

export interface HallTalk {
  list(language: Language): Promise<string>;
  do(device: string, hand: string, input: Record<string, unknown>): Promise<string>;
  cable(device: string, deed: 'pull' | 'plug'): Promise<string>;
  show(device: string, colours: boolean): Promise<string>;
  png(device: string, path: string): Promise<void>;
  truth(since: number): Promise<string>;
}

/** Every call throws an Error in words for the person when the hall does not answer or refuses. */
export function hallTalk(url: string, texts: CliTexts): HallTalk {
  const ask = async (path: string, body?: Record<string, unknown>): Promise<Response> => {
    const post = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(new URL(path, url), body === undefined ? {} : post).catch(() => {
      throw new Error(texts.unreachable(url));
    });
    if (answer.ok) return answer;
    const refusal = refusalSchema.safeParse(await answer.json().catch(() => undefined));
    throw new Error(refusal.success ? `${refusal.data.error}\n${refusal.data.hint}` : texts.unreachable(url));
  };
  const at = (device: string, ...path: string[]) => ['/devices', device, ...path].map(partOf).join('/');
  return {
    async list(language) {
      const devices = devicesSchema.parse(await (await ask('/devices')).json());
      return devices.flatMap((device) => deviceLines(device, language, texts)).join('\n');
    },
    do: async (device, hand, input) => (await (await ask(at(device, 'hands', hand), input)).text()).trimEnd(),
    async cable(device, deed) {
      const { cable } = z
        .object({ cable: z.enum(['in', 'out']) })
        .parse(await (await ask(at(device, deed), {})).json());
      return `${device}: ${texts.cable[cable]}`;
    },
    async show(device, colours) {
      return (await (await ask(`${at(device, 'picture.txt')}?colours=${colours ? 'yes' : 'no'}`)).text()).trimEnd();
    },
    async png(device, path) {
      await writeFile(path, Buffer.from(await (await ask(at(device, 'picture.png'))).arrayBuffer()));
    },
    truth: async (since) => (await (await ask(`/truth?since=${since}`)).text()).trimEnd(),
  };
}

function partOf(part: string): string {
  return part.startsWith('/') ? part : encodeURIComponent(part);
}

function deviceLines(device: z.output<typeof devicesSchema>[number], language: Language, texts: CliTexts): string[] {
  const { id, kind, wire, window, cable, hands } = device;
  const head = pad(id, 24) + pad(`${kind} ${wire}`, 30) + pad(window ?? '', 6) + texts.cable[cable];
  const each = Object.entries(hands).map(([hand, { summary, input }]) => {
    const example = Object.entries(input ?? {}).map(([name, value]) => `${name}=${String(value)}`);
    return `  ${pad([hand, ...example].join(' '), 40)}${summary[language]}`;
  });
  return [head, ...each];
}
