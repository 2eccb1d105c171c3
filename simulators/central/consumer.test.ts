/** The judge, judged: a lying gateway commits each sin, and the verdict names it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectAsync } from 'mqtt';
import { ulid } from 'ulid';
import { until } from '../kit/until.ts';
import { startCentralBroker, type CentralBroker } from './central-broker.ts';
import { startConsumer, type Consumer } from './consumer.ts';
import { startLyingGateway, type LyingGateway } from './lying-gateway.ts';
import { verdictText } from './verdict-text.ts';

const HALL = 'demo';

describe('the judging consumer', () => {
  let broker: CentralBroker;
  let consumer: Consumer;
  let gateway: LyingGateway;

  beforeEach(async () => {
    broker = await startCentralBroker();
    consumer = await startConsumer({ url: broker.url, hall: HALL });
    gateway = await startLyingGateway(broker.url, HALL);
  });
  afterEach(async () => {
    await gateway.close();
    await consumer.close();
    await broker.close();
  });

  const heard = (events: number) => until(`${events} events`, () => consumer.events() >= events);

  it('passes an honest gateway, single events and batches together', async () => {
    await gateway.claim({ sequence: 1, data: { level: 4 } });
    await gateway.claimBatch([{ sequence: 2 }, { sequence: 3 }]);
    await heard(3);
    const expected = [{ source: gateway.source, type: 'hall.evaluation.submitted.v1', data: { level: 4 } }];
    const verdict = consumer.verdict({ events: expected });
    expect(verdict).toMatchObject({ ok: true, events: 3, gaps: [], repeats: 0, conflicts: [], disorder: 0 });
    expect(verdict.latencyMs.max).toBeGreaterThanOrEqual(0);
    expect(consumer.messages()).toBe(2);
  });

  it('names the range that is missing', async () => {
    for (const sequence of [1, 2, 5, 7]) await gateway.claim({ sequence });
    await heard(4);
    const verdict = consumer.verdict();
    expect(verdict.ok).toBe(false);
    expect(verdict.gaps).toEqual([
      { epoch: gateway.epoch, from: 3, to: 4 },
      { epoch: gateway.epoch, from: 6, to: 6 },
    ]);
  });

  it('names an event that stands on the topic of another type', async () => {
    await gateway.claim({ sequence: 1, topicType: 'evaluation.submitted' });
    await heard(1);
    expect(consumer.verdict()).toMatchObject({ ok: false, violations: { count: 1 } });
  });

  it('accepts a hole that a lost event explains, and one that a parked event stands in', async () => {
    await gateway.claim({ sequence: 1 });
    await gateway.claim({ sequence: 2, type: 'hall.gateway.lost.v1', data: { from: 2, through: 9 } });
    await gateway.claim({ sequence: 10, type: 'hall.gateway.parked.v1', data: { sequence: 10 } });
    await gateway.claim({ sequence: 11 });
    await heard(4);
    expect(consumer.verdict()).toMatchObject({ ok: true, gaps: [], explained: 9 });
  });

  it('counts a repeat as harmless', async () => {
    const twice = {
      sequence: 1,
      id: ulid(),
      wrong: { time: '2026-01-01T00:00:00Z', recordedtime: '2026-01-01T00:00:00Z' },
    };
    await gateway.claim(twice);
    await gateway.claim(twice);
    await gateway.claim({ sequence: 2 });
    await heard(2);
    expect(consumer.verdict()).toMatchObject({ ok: true, events: 2, repeats: 1 });
  });

  it('condemns two events at one sequence, one event at two sequences, and one event with two bodies', async () => {
    const id = ulid();
    const fixed = { time: '2026-01-01T00:00:00Z', recordedtime: '2026-01-01T00:00:00Z' };
    await gateway.claim({ sequence: 1, id, wrong: fixed });
    await gateway.claim({ sequence: 1 });
    await gateway.claim({ sequence: 2, id, wrong: fixed });
    await gateway.claim({ sequence: 1, id, data: { level: 1 }, wrong: fixed });
    await gateway.claim({ sequence: 2 });
    await heard(2);
    const verdict = consumer.verdict();
    expect(verdict.ok).toBe(false);
    expect(verdict.conflicts.map(({ why }) => why)).toEqual([
      'another id at this sequence',
      'this id at another sequence',
      'another body for this id',
    ]);
  });

  it('condemns a first arrival that is out of order', async () => {
    for (const sequence of [1, 3, 2]) await gateway.claim({ sequence });
    await heard(3);
    expect(consumer.verdict()).toMatchObject({ ok: false, gaps: [], disorder: 1 });
  });

  it.each([
    ['specversion', '0.3'],
    ['id', 'not-a-ulid'],
    ['sequence', '1'],
    ['time', 'yesterday'],
    ['clock', 'sundial'],
    ['data', []],
  ])('reports an envelope whose %s breaks the contract', async (field, value) => {
    await gateway.claim({ sequence: 1, wrong: { [field]: value } });
    await gateway.claim({ sequence: 1 });
    await heard(1);
    const { ok, violations } = consumer.verdict();
    expect(ok).toBe(false);
    expect(violations.count).toBe(1);
    expect(violations.examples[0]).toContain(field);
  });

  it('reports a payload that is no JSON', async () => {
    await gateway.publish(`hall/v1/${HALL}/evaluator/w1/event/hall.evaluation.submitted.v1`, '{"half":');
    await gateway.claim({ sequence: 1 });
    await heard(1);
    expect(consumer.verdict().violations.count).toBe(1);
  });

  it('reports an event that was published retained', async () => {
    await gateway.publish(`hall/v1/${HALL}/evaluator/w1/event/hall.evaluation.submitted.v1`, '{}', true);
    const late = await startConsumer({ url: broker.url, hall: HALL });
    await until('the retained event', () => late.messages() === 1);
    expect(late.verdict().violations.examples[0]).toContain('retained');
    await late.close();
  });

  it('names an expected event that never came, and one that came once too few', async () => {
    const data = { level: 5 };
    await gateway.claim({ sequence: 1, data });
    await heard(1);
    const expected = { source: gateway.source, type: 'hall.evaluation.submitted.v1', data };
    const { ok, missing } = consumer.verdict({ events: [expected, expected, { ...expected, data: { level: 1 } }] });
    expect(ok).toBe(false);
    expect(missing.count).toBe(2);
    expect(missing.examples).toContainEqual({ ...expected, data: { level: 1 } });
  });

  it('keeps the newest state of each topic', async () => {
    const topic = `hall/v1/${HALL}/evaluator/w1/state`;
    await gateway.publish(topic, '{"mode":"ready"}', true);
    await gateway.publish(topic, '{"mode":"paused"}', true);
    await until('the second state', () => JSON.stringify(consumer.latest(topic)) === '{"mode":"paused"}');
    expect(consumer.topics()).toEqual([topic]);
  });

  it('gives receipts up to the highest gapless sequence, and says it again after a repeat', async () => {
    const keeper = await startConsumer({ url: broker.url, hall: HALL, receipts: { everyMs: 5 } });
    const listener = await connectAsync(broker.url);
    const receipts: unknown[] = [];
    listener.on('message', (_topic, payload) => void receipts.push(JSON.parse(payload.toString())));
    await listener.subscribeAsync(`hall/v1/${HALL}/gateway/gw1/receipt`);
    const first = {
      sequence: 1,
      id: ulid(),
      wrong: { time: '2026-01-01T00:00:00Z', recordedtime: '2026-01-01T00:00:00Z' },
    };
    await gateway.claim(first);
    await gateway.claim({ sequence: 3 });
    await until('a receipt through 1, and the hole is asked for', () => receipts.length === 2);
    await gateway.claim(first);
    await until('the receipt again', () => receipts.length === 3);
    expect(receipts).toEqual([
      { epoch: gateway.epoch, through: 1 },
      { epoch: gateway.epoch, through: 1, resend: true },
      { epoch: gateway.epoch, through: 1 },
    ]);
    await listener.endAsync(true);
    await keeper.close();
  });

  it('writes its verdict in English and in Chinese', async () => {
    await gateway.claim({ sequence: 2 });
    await heard(1);
    expect(verdictText(consumer.verdict())).toMatch(/^FAILED\n.*gaps: 1 \(1-1\)/s);
    expect(verdictText(consumer.verdict(), 'zh')).toMatch(/^未通过\n.*序号缺口: 1 \(1-1\)/s);
  });
});
