// The page for the makers of tablets shows messages that the gateway really takes, and that it really says.
import { describe, expect, onTestFinished, test } from 'vitest';
import { recordingHall } from '../recording-hall.ts';
import { documentedMessages } from '../testing-documents.ts';
import { evaluator } from './kind.ts';
import { promptBody } from './mqtt-prompt.ts';
import { mqtt } from './mqtt.ts';

const examples = documentedMessages('evaluator.md');
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

function start() {
  const seen = recordingHall(evaluator, { window: '7' });
  const ended = mqtt.run(mqtt.config.parse({}), seen.hall);
  onTestFinished(async () => {
    seen.stop();
    await ended;
  });
  return seen;
}

const prompt = examples.find(({ topic }) => topic === 'down/prompt');
const spoken = examples.filter(({ topic }) => topic.startsWith('up/'));

describe('docs/devices/evaluator.md', () => {
  test('shows an example of every message that a tablet says', () => {
    expect(spoken.map(({ topic }) => topic).sort()).toEqual(
      ['answer', 'closed', 'goodbye', 'heartbeat', 'hello', 'shown', 'submit'].map((name) => `up/${name}`),
    );
  });

  test.each(spoken)('shows a correct $topic, which loses its meaning with another version', async ({ topic, text }) => {
    const seen = start();
    await seen.until('the driver listens', () => seen.said.some(({ rest }) => rest === 'down/who'));
    const said = () => JSON.stringify(seen.said);
    await seen.deliver(topic, Buffer.from(text));
    expect(said()).not.toContain('mqtt-device.message');
    await seen.deliver(topic, bytes({ ...(JSON.parse(text) as object), v: 2 }));
    expect(said()).toContain('mqtt-device.version-unknown');
  });

  test('shows the prompt as the gateway says it', () => {
    const shown = JSON.parse(prompt?.text ?? '{}') as Record<string, unknown>;
    const visit = {
      visitId: '20260601-000123',
      ticketNumber: 'A023',
      transactor: { name: '李四', workNumber: '0107' },
      item: { name: '社保登记' },
    };
    const open = {
      id: String(shown['evaluationId']),
      visit,
      begun: { bootId: 'b', monotonicMs: 0, wallMs: 0 },
      timeoutMs: 30_000,
      shown: false,
    };
    const reasons = { 1: ['服务态度不好', '其他原因'], 2: ['办理时间过长', '其他原因'] };
    expect({ v: 1, ref: open.id, ...promptBody(open, '7', reasons) }).toEqual(shown);
  });
});
