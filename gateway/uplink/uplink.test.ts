/** The uplink against the judging centre: whatever the broker does, the verdict at the end is "nothing lost, nothing invented". */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectAsync } from 'mqtt';
import { startCentralBroker, type CentralBroker } from '../../simulators/central/central-broker.ts';
import { startConsumer, type Consumer, type ConsumerOptions } from '../../simulators/central/consumer.ts';
import { verdictText } from '../../simulators/central/verdict-text.ts';
import { until } from '../../simulators/kit/until.ts';
import { HallError } from '../kernel/errors.ts';
import { evaluation, PLACE, startTestGateway, STATUS_TOPIC, type TestGateway } from './proving-ground.ts';

const FAST_RECEIPTS = { receipts: { everyMs: 10 } };

describe('the uplink', () => {
  let broker: CentralBroker;
  let consumer: Consumer;
  let gateway: TestGateway;

  beforeEach(async () => {
    broker = await startCentralBroker();
  });
  afterEach(async () => {
    await gateway.close();
    await consumer.close();
    await broker.close();
  });

  const begin = async (settings: object = {}, judge: Partial<ConsumerOptions> = {}, changes = {}) => {
    consumer = await startConsumer({ url: broker.url, hall: PLACE.hall, ...judge });
    gateway = await startTestGateway({ url: broker.url, ...settings }, changes);
  };
  const phase = (link: string) => until(`the link ${link}`, () => gateway.uplink.status().link === link);
  const allSafe = (count: number) => until(`${count} confirmed`, () => gateway.uplink.status().acked >= count);
  /** The whole story, judged. */
  const judged = async (count: number) => {
    await until(`${count} events at the centre`, () => consumer.events() >= count);
    await allSafe(count);
    const verdict = consumer.verdict({ events: gateway.expected() });
    expect(verdict.ok, verdictText(verdict)).toBe(true);
    return verdict;
  };
  const shows = (topic: string, text: string) => JSON.stringify([consumer.latest(topic)]).includes(text);
  const events = () => gateway.log.lines.map(({ event }) => event);
  const troubles = () =>
    gateway.log.lines.filter(({ event }) => event === 'uplink.trouble').map(({ facts }) => facts['code']);

  it('brings what was stored before, and then what happens now', async () => {
    await begin();
    await gateway.record(500);
    await judged(500);
    await phase('up');
    await gateway.record(3);
    const verdict = await judged(503);
    expect(verdict.repeats).toBe(0);
    await until('rows gone', () => gateway.spool.status().depth === 0);
  });

  it('says online with version, boot and epoch, shows the board before the events, and offline when it leaves', async () => {
    await begin();
    gateway.retained.set('hall/v1/demo/evaluator/w1/state', '{"mode":"ready"}');
    await phase('up');
    const { epoch } = gateway.spool;
    const online = { state: 'online', version: '1.2.3', bootId: 'boot-1', epoch };
    expect(consumer.latest(STATUS_TOPIC)).toMatchObject(online);
    gateway.retained.set('hall/v1/demo/evaluator/w1/state', '{"mode":"paused"}');
    await until(
      'the new state',
      () => JSON.stringify(consumer.latest('hall/v1/demo/evaluator/w1/state')) === '{"mode":"paused"}',
    );
    await gateway.record(20);
    await gateway.uplink.close({ drainMs: 5_000 });
    await judged(20);
    await until('offline', () => shows(STATUS_TOPIC, '"offline"'));
    expect(gateway.uplink.status().link).toBe('closed');
  });

  it('leaves its will behind when it dies without a word', async () => {
    await begin({ backoff: { firstMs: 60_000, maxMs: 60_000 } }, {}, { random: () => 0.99 });
    await phase('up');
    const other = await connectAsync(broker.url, { clientId: 'hall-demo-gw1', reconnectPeriod: 0 });
    await until('the will', () => shows(STATUS_TOPIC, '"offline"'));
    await other.endAsync(true);
  });

  it('sends only the newest truth of a topic that changes a thousand times', async () => {
    await begin();
    await phase('up');
    const topic = 'hall/v1/demo/evaluator/w1/state';
    let heard = 0;
    const listener = await connectAsync(broker.url);
    listener.on('message', () => (heard += 1));
    await listener.subscribeAsync(topic);
    for (let n = 0; n < 1_000; n += 1) gateway.retained.set(topic, JSON.stringify({ n }));
    await until('the newest', () => JSON.stringify(consumer.latest(topic)) === '{"n":999}');
    expect(heard).toBeLessThan(50);
    await listener.endAsync(true);
  });

  it('goes on after the broker was away, with receipts that hold rows back until the consumer has them', async () => {
    await begin({ confirm: 'receipt', receiptTimeoutMs: 300 }, FAST_RECEIPTS);
    await gateway.record(100);
    await judged(100);
    await broker.down();
    await gateway.record(100);
    await phase('down');
    await broker.up();
    await judged(200);
  });

  it('connects again at the time-out when a PUBACK never comes, and the event stays one event', async () => {
    await begin({ ackTimeoutMs: 150 });
    await phase('up');
    await gateway.record(1).then(() => judged(1));
    broker.faults.swallowPubacks = 1;
    await gateway.record(5);
    await judged(6).then(() => until('the repeat', () => consumer.verdict().repeats > 0));
    expect(troubles()).toEqual(['uplink.ack-timeout']);
  });

  it('sends again what the broker acknowledged and then forgot, when receipts are asked for', async () => {
    await begin({ confirm: 'receipt', receiptTimeoutMs: 150 }, { receipts: { everyMs: 10, asks: false } });
    await phase('up');
    let forgotten = 0;
    broker.faults.forget = (topic) => topic.includes('/event/') && (forgotten += 1) <= 3;
    await gateway.record(10);
    await until('what came', () => consumer.events() === 10);
    expect(consumer.verdict().gaps).toEqual([]);
    await allSafe(10);
    expect(troubles()).toEqual(['uplink.receipt-late']);
    await phase('up');
  });

  it('keeps every row while no receipt comes, and does not flood the centre with repeats', async () => {
    await begin({ confirm: 'receipt', receiptTimeoutMs: 100, windowRows: 10 });
    await gateway.record(50);
    await phase('waiting-receipt');
    expect(gateway.uplink.status().acked).toBe(0);
    expect(gateway.spool.status().depth).toBe(50);
    expect(gateway.uplink.status().sent).toBeLessThanOrEqual(50 + 10 * 4);
  });

  it('believes no receipt that cannot be right', async () => {
    await begin({ confirm: 'receipt' });
    await gateway.record(4);
    await until('sent', () => consumer.events() === 4);
    const centre = await connectAsync(broker.url);
    const { epoch } = gateway.spool;
    const say = (payload: string) => centre.publishAsync(`hall/v1/demo/gateway/gw1/receipt`, payload, { qos: 1 });
    await say('{"epoch":');
    await say(JSON.stringify({ epoch: '01JZZZZZZZZZZZZZZZZZZZZZZZ', through: 2 }));
    await say(JSON.stringify({ epoch, through: 5 }));
    await say(JSON.stringify({ epoch, through: 5 }));
    await say(JSON.stringify({ epoch, through: 3 }));
    await allSafe(3);
    await say(JSON.stringify({ epoch, through: 1 }));
    await until('the refusals', () => events().filter((event) => event === 'uplink.receipt-refused').length === 4);
    expect(gateway.uplink.status().acked).toBe(3);
    const reasons = gateway.log.lines
      .filter(({ event }) => event === 'uplink.receipt-refused')
      .map(({ facts }) => facts['reason']);
    expect(reasons).toEqual(['malformed', 'wrong-epoch', 'beyond-sent', 'backwards']);
    await centre.endAsync(true);
  });

  it.each([
    [4, 'uplink.refused'],
    [5, 'uplink.refused'],
    [3, 'uplink.unavailable'],
  ])('keeps trying when the broker refuses with CONNACK %i, and says why', async (code, expected) => {
    consumer = await startConsumer({ url: broker.url, hall: PLACE.hall });
    broker.faults.refuse = code;
    gateway = await startTestGateway({ url: broker.url });
    await gateway.record(3);
    await until('three tries', () => gateway.uplink.status().reconnects >= 3);
    expect(gateway.uplink.status().error).toBeInstanceOf(HallError);
    expect(troubles()).toEqual([expected]);
    broker.faults.refuse = undefined;
    await judged(3);
    await phase('up');
    expect(gateway.uplink.status().error).toBeUndefined();
  });

  it('sees a frozen broker within one and a half keep-alives', async () => {
    await begin({ keepAliveSeconds: 2 });
    await phase('up');
    const frozenMs = performance.now();
    broker.faults.frozen = true;
    await until('the loss', () => troubles().includes('uplink.frozen'));
    // Who needs two keep-alives is caught; a busy machine is not.
    expect(performance.now() - frozenMs).toBeLessThan(3_900);
    broker.faults.frozen = false;
    await gateway.record(2);
    await judged(2);
  });

  it('batches a backlog and sends live events one by one', async () => {
    consumer = await startConsumer({ url: broker.url, hall: PLACE.hall });
    broker.faults.refuse = 3;
    gateway = await startTestGateway({ url: broker.url, batch: { rowsMax: 50 } });
    await gateway.record(1_000);
    broker.faults.refuse = undefined;
    await judged(1_000);
    await phase('up');
    const batched = consumer.messages();
    expect(batched).toBeLessThan(100);
    for (let n = 0; n < 10; n += 1) await gateway.record(1);
    await judged(1_010);
    expect(consumer.messages() - batched).toBe(10);
  });

  it('obeys catchUpPerSecond with a backlog, and does not delay a live event', async () => {
    await begin({ catchUpPerSecond: 100 });
    await phase('up');
    const startedMs = performance.now();
    await gateway.record(1);
    await judged(1);
    expect(performance.now() - startedMs).toBeLessThan(900);
    await gateway.record(199);
    await judged(200);
    expect(performance.now() - startedMs).toBeGreaterThan(900);
  });

  it('parks the message that the broker dies of, and the others pass', async () => {
    broker.faults.dieOf = (_topic, payload) => payload.includes('poison');
    await begin({ parkAfterTries: 2 });
    const drafts = Array.from({ length: 20 }, (_, n) => evaluation(n, n === 7 ? { note: 'poison' } : {}));
    await gateway.spool.append({ drafts });
    await until('all twenty', () => consumer.events() === 20);
    const verdict = consumer.verdict();
    expect(verdict).toMatchObject({ ok: true, explained: 1 });
    expect(gateway.uplink.status().parked).toBe(1);
    const shelf = await gateway.spool.cursors('uplink/parked');
    expect(JSON.stringify([...shelf.values()])).toContain('poison');
    expect(events()).toContain('uplink.parked');
  });

  it('withholds a state that the broker dies of, and the events pass', async () => {
    broker.faults.dieOf = (_topic, payload) => payload.includes('poison');
    await begin({ parkAfterTries: 2 });
    gateway.retained.set('hall/v1/demo/evaluator/w1/state', '{"note":"poison"}');
    gateway.retained.set('hall/v1/demo/evaluator/w2/state', '{"mode":"ready"}');
    await gateway.record(5);
    await judged(5);
    expect(consumer.latest('hall/v1/demo/evaluator/w2/state')).toEqual({ mode: 'ready' });
    expect(events()).toContain('uplink.state-withheld');
  });

  it('survives being cut again and again without parking anything', async () => {
    await begin({ confirm: 'receipt', receiptTimeoutMs: 500 }, FAST_RECEIPTS);
    for (let round = 0; round < 10; round += 1) {
      await gateway.record(200);
      await until('some progress', () => gateway.uplink.status().link !== 'connecting');
      broker.kick('hall-demo-gw1');
    }
    await judged(2_000);
    expect(gateway.uplink.status().parked).toBe(0);
  });

  it('goes on after a restart of the gateway where it stood', async () => {
    await begin();
    await gateway.record(30);
    await judged(30);
    await gateway.restart();
    await gateway.record(30);
    const verdict = await judged(60);
    expect(verdict.repeats).toBe(0);
  });

  it('acknowledges a command after it was taken in, and never one that was not', async () => {
    const taken: string[] = [];
    await begin(
      {},
      {},
      {
        onCommand: ({ topic }: { topic: string }) => {
          taken.push(topic);
          return topic.endsWith('/bad') ? Promise.reject(new HallError('spool.closed')) : Promise.resolve();
        },
      },
    );
    await phase('up');
    const centre = await connectAsync(broker.url);
    await centre.publishAsync('hall/v1/demo/led-board/b1/command/bad', '{}', { qos: 1 });
    await centre.publishAsync('hall/v1/demo/led-board/b1/command/good', '{}', { qos: 1 });
    await until('both', () => taken.length === 2);
    await until('the warning', () => events().includes('uplink.command-undelivered'));
    await until('events still flow', async () => {
      await gateway.record(1);
      return consumer.events() > 0;
    });
    await centre.endAsync(true);
  });

  it('closes while the centre is away, at once and twice', async () => {
    await begin();
    await broker.down();
    await phase('down');
    await Promise.all([gateway.uplink.close({ drainMs: 60_000 }), gateway.uplink.close()]);
    expect(gateway.uplink.status().link).toBe('closed');
  });
});
