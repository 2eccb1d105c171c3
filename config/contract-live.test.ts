/**
 * The documents against a running gateway: whatever it says stands in the contract, at that topic and in that shape.
 */
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { expect, it, vi } from 'vitest';
import { drivers, kinds } from '../devices/index.ts';
import { openGateway } from '../gateway/compose.ts';
import { systemClock } from '../gateway/kernel/clock.ts';
import { collectingLog } from '../gateway/kernel/log.ts';
import { parseSettings } from '../gateway/settings/read-settings.ts';
import { contractMessages } from './contract-messages.ts';

interface Heard {
  topic: string;
  body: unknown;
}

/** What the documents say about a topic: every message whose address it fits. */
function documented(topic: string) {
  return contractMessages(kinds).filter((message) =>
    new RegExp(`^${message.topic.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(topic),
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function openTestGateway(port: number) {
  const text = `
hall: {id: h1, name: 测试}
gateway: {id: g1, dataDirectory: ${mkdtempSync(join(tmpdir(), 'hall-'))}}
broker:
  listen: 127.0.0.1:${port}
  accounts: [{user: desk, role: software, password: {env: DESK}, commands: ['*/*']}]
lines: {bus-a: {type: tcp, host: 127.0.0.1, port: 9}}
devices: [{id: e1, kind: evaluator, wire: rs485, line: bus-a, address: 5, window: 5}]
`;
  const env = { DESK: 'knock' };
  const read = parseSettings(text, { drivers, env });
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
  const { settings } = read;
  return openGateway({ settings, version: '0', clock: systemClock(), log: collectingLog(), env });
}

it('everything that a running gateway says stands in the contract', async () => {
  const port = await freePort();
  const gateway = await openTestGateway(port);
  const desk = await connectAsync(`mqtt://127.0.0.1:${port}`, {
    clientId: 'desk',
    username: 'desk',
    password: 'knock',
  });
  try {
    const heard: Heard[] = [];
    desk.on('message', (topic, payload) => heard.push({ topic, body: JSON.parse(payload.toString()) as unknown }));
    await desk.subscribeAsync('hall/v1/h1/#', { qos: 1 });
    const command = (device: string, message: object) =>
      desk.publishAsync(`hall/v1/h1/evaluator/${device}/command/beep`, JSON.stringify(message), { qos: 1 });
    await command('e1', { id: 'c1', data: {} });
    await command('e1', { id: 'c2', data: { loud: true } });
    await command('nobody', { id: 'c3', data: {} });
    const said = (part: string) => heard.filter(({ body }) => JSON.stringify(body).includes(part)).length;
    await vi.waitUntil(() => said('"c1"') >= 2 && said('"c2"') >= 1 && said('"c3"') >= 1, { timeout: 20_000 });

    for (const { topic, body } of heard) {
      const messages = documented(topic);
      expect(messages, `${topic} stands once in the contract`).toHaveLength(1);
      expect(messages[0]?.schema.safeParse(body).error?.issues ?? [], topic).toEqual([]);
    }
    const ids = new Set(heard.flatMap(({ topic }) => documented(topic).map(({ id }) => id)));
    expect([...ids]).toEqual(expect.arrayContaining(['gateway.status', 'evaluator.state', 'evaluator.beep.result']));
  } finally {
    await desk.endAsync(true);
    await gateway.close();
  }
});
