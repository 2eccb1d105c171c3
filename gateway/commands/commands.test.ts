/**
 * Commands as the centre sees them: what it sends, and the results that are on disk.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../kernel/clock.ts';
import { HallError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import { collectingLog } from '../kernel/log.ts';
import { deferred } from '../kernel/waiting.ts';
import { bellKind, PLACE, until } from '../supervisor/testing-hall.ts';
import { startCommands, type Commands, type CommandsOptions } from './commands.ts';
import { testingSpool, type TestingSpool } from './testing-spool.ts';

interface Sent {
  topic?: string;
  payload?: string | Uint8Array;
  retain?: boolean;
}

const running: Commands[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((commands) => commands.close()));
});

const RING = 'hall/v1/h1/bell/b1/command/ring';
const order = (id: string, more: object = {}) => JSON.stringify({ id, data: { times: 2 }, ...more });

/** A gateway's commands with devices b1 and b2; `carryOut` stands for the devices. */
async function hall(
  carryOut: (device: string) => Promise<Json>,
  given?: TestingSpool,
  more: Partial<CommandsOptions> = {},
) {
  const spool = given ?? (await testingSpool());
  const asked: string[] = [];
  const log = collectingLog();
  const commands = startCommands({
    place: PLACE,
    spool,
    supervisor: {
      execute: (_kind, device, _name, _input, signal) => {
        asked.push(device);
        const stopped = new Promise<never>((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        });
        return Promise.race([carryOut(device), stopped]);
      },
    },
    kinds: { bell: bellKind },
    kindOf: (device) => (device === 'b1' || device === 'b2' ? 'bell' : undefined),
    clock: systemClock(),
    log,
    ...more,
  });
  running.push(commands);
  const send = ({ topic = RING, payload = order('c1'), retain = false }: Sent = {}) =>
    commands.submit({ topic, payload: Buffer.from(payload), retain, origin: 'central' });
  return { commands, spool, asked, log, send };
}

const ring = () => Promise.resolve({ rung: 2 });
const statuses = (spool: TestingSpool) => spool.drafts.map(({ type }) => type.split('.')[2]);
const ended = (spool: TestingSpool, results: number) =>
  until(() => spool.drafts.length === results, `${results} results`);
const openOnes = async (spool: TestingSpool) => (await spool.cursors('commands')).size;

describe('a command', () => {
  it('is accepted on disk before the sender hears so, then done with its output', async () => {
    const { spool, send } = await hall(ring);
    const release = spool.hold();
    let heard = false;
    const sent = send().then(() => (heard = true));
    await until(() => spool.asked === 1, 'the append');
    expect(heard).toBe(false);
    release();
    await sent;
    await ended(spool, 2);
    expect(spool.drafts).toMatchObject([
      {
        topic: 'hall/v1/h1/bell/b1/result/ring',
        source: '/halls/h1/gateways/gw1/bell/b1',
        type: 'hall.command.accepted.v1',
        class: 'record',
        data: { commandId: 'c1', command: 'ring', status: 'accepted', origin: 'central' },
      },
      { type: 'hall.command.done.v1', data: { commandId: 'c1', status: 'done', output: { rung: 2 } } },
    ]);
    expect(await openOnes(spool)).toBe(0);
  });

  it('fails with the code, the message and the hint of what went wrong', async () => {
    const { spool, send } = await hall(() => Promise.reject(new HallError('command.device-absent')));
    await send();
    await ended(spool, 2);
    const { data } = spool.drafts[1]!;
    expect(data).toMatchObject({ status: 'failed', error: { code: 'command.device-absent' } });
    expect(Object.keys(data.error as object)).toEqual(['code', 'message', 'hint']);
  });

  it('is carried out once however often it is sent, while it runs, after it is done and after a restart', async () => {
    const answer = deferred<Json>();
    const { spool, asked, send, log } = await hall(() => answer.promise);
    await Promise.all([send(), send()]);
    await send();
    expect(await openOnes(spool)).toBe(1);
    answer.resolve({ rung: 2 });
    await ended(spool, 2);
    await send();
    expect(await openOnes(spool)).toBe(0);
    const next = await hall(ring, await spool.reopen());
    await next.send();
    await next.commands.close();
    expect([...asked, ...next.asked]).toEqual(['b1']);
    expect(statuses(spool)).toEqual(['accepted', 'done']);
    expect(log.lines.map(({ event }) => event)).toContain('command.repeated');
    expect(await openOnes(next.spool)).toBe(0);
  });

  it('keeps its first verdict: what was rejected is not carried out when it comes again', async () => {
    const { spool, asked, send } = await hall(ring);
    await send({ retain: true });
    await send();
    expect(statuses(spool)).toEqual(['rejected']);
    expect(asked).toEqual([]);
  });
});

describe('a command that is refused', () => {
  const late = new Date(Date.now() - 1).toISOString();
  it.each<[string, string, string | null, Sent]>([
    ['is retained', 'command.retained', 'c1', { retain: true }],
    ['is not JSON', 'message.json-invalid', null, { payload: '{"id":' }],
    ['is not UTF-8', 'message.json-invalid', null, { payload: Uint8Array.of(0x22, 0xff, 0x22) }],
    ['carries __proto__', 'message.json-invalid', null, { payload: '{"id":"c1","__proto__":{}}' }],
    ['is too long', 'command.malformed', null, { payload: order('c1', { pad: 'x'.repeat(70_000) }) }],
    ['has no id', 'command.malformed', null, { payload: '{"data":{"times":1}}' }],
    ['has an id with a blank', 'command.malformed', null, { payload: order('c 1') }],
    ['has data that is no object', 'command.malformed', 'c1', { payload: order('c1', { data: [1] }) }],
    ['has a wrong value', 'command.input-invalid', 'c1', { payload: order('c1', { data: { times: 10 } }) }],
    ['names an unknown command', 'command.unsupported', 'c1', { topic: RING.replace('ring', 'melt') }],
    ['names an unknown device', 'command.device-unknown', 'c1', { topic: RING.replace('b1', 'b9') }],
    ['names the wrong kind', 'command.device-unknown', 'c1', { topic: RING.replace('bell', 'evaluator') }],
    [
      'names a kind that is a property of every object',
      'command.device-unknown',
      'c1',
      { topic: RING.replace('bell', 'constructor') },
    ],
    ['is late', 'command.expired', 'c1', { payload: order('c1', { expiresAt: late }) }],
    [
      'expires before it is issued',
      'command.expired',
      'c1',
      { payload: order('c1', { issuedAt: '2999-01-02T00:00:00Z', expiresAt: '2999-01-01T00:00:00Z' }) },
    ],
  ])('because it %s gets %s as its result', async (_why, code, id, sent) => {
    const { spool, asked, send } = await hall(ring);
    await send(sent);
    const status = code === 'command.expired' ? 'expired' : 'rejected';
    expect(spool.drafts).toMatchObject([
      { type: `hall.command.${status}.v1`, data: { commandId: id, status, error: { code } } },
    ]);
    expect(asked).toEqual([]);
    expect(await openOnes(spool)).toBe(0);
  });

  it('says where the wrong value is', async () => {
    const { spool, send } = await hall(ring);
    await send({ payload: order('c1', { data: { times: 10 } }) });
    expect(spool.drafts[0]?.data.error).toMatchObject({ message: expect.stringContaining('times') });
  });

  it('is answered by the gateway when the device does not exist, and may be dropped for space', async () => {
    const { spool, send } = await hall(ring);
    await send({ topic: RING.replace('b1', 'b9') });
    expect(spool.drafts).toMatchObject([
      { topic: 'hall/v1/h1/bell/b9/result/ring', source: '/halls/h1/gateways/gw1/gateway/gw1', class: 'telemetry' },
    ]);
  });

  it.each(['hall/v1/h2/bell/b1/command/ring', 'hall/v1/h1/bell/B 1/command/ring', 'hall/v1/h1/bell/b1/command'])(
    'leaves an event of the gateway when its topic %s cannot be answered',
    async (topic) => {
      const { spool, send } = await hall(ring);
      await send({ topic });
      expect(spool.drafts).toMatchObject([
        {
          topic: 'hall/v1/h1/gateway/gw1/event/hall.gateway.command-refused.v1',
          type: 'hall.gateway.command-refused.v1',
          data: { topic, error: { code: 'command.device-unknown' } },
        },
      ]);
    },
  );
});

describe('the commands of one device', () => {
  it('are carried out one after the other, beside those of other devices', async () => {
    const answers = new Map([
      ['b1', deferred<Json>()],
      ['b2', deferred<Json>()],
    ]);
    const { spool, asked, send } = await hall((device) => answers.get(device)!.promise);
    await send({ payload: order('c1') });
    await send({ payload: order('c2') });
    await send({ topic: RING.replace('b1', 'b2'), payload: order('c3') });
    await until(() => asked.length === 2, 'two at work');
    expect(asked).toEqual(['b1', 'b2']);
    answers.get('b1')!.resolve({ rung: 1 });
    await until(() => asked.length === 3, 'the second of b1');
    answers.get('b2')!.resolve({ rung: 1 });
    await ended(spool, 6);
  });

  it('are rejected when too many wait', async () => {
    const { spool, send } = await hall(() => new Promise<never>(() => undefined), undefined, {
      limits: { queueMax: 2 },
    });
    for (const id of ['c1', 'c2', 'c3']) await send({ payload: order(id) });
    expect(spool.drafts.at(-1)?.data).toMatchObject({
      commandId: 'c3',
      status: 'rejected',
      error: { code: 'command.queue-full' },
    });
  });

  it('expire in the queue when their time passes there', async () => {
    const answer = deferred<Json>();
    let nowMs = Date.UTC(2026, 5, 1, 8);
    const clock: Clock = { ...systemClock(), now: () => nowMs };
    const { spool, asked, send } = await hall(() => answer.promise, undefined, { clock });
    await send({ payload: order('c1') });
    await send({ payload: order('c2', { expiresAt: '2026-06-01T08:01:00Z' }) });
    nowMs += 60_000;
    answer.resolve({ rung: 1 });
    await ended(spool, 4);
    expect(spool.drafts[3]?.data).toMatchObject({ commandId: 'c2', status: 'expired' });
    expect(asked).toEqual(['b1']);
  });
});

describe('a gateway that stops', () => {
  it('answers what runs and what waits with failed, and takes nothing more', async () => {
    const { commands, spool, asked, send } = await hall(() => new Promise<never>(() => undefined));
    await send({ payload: order('c1') });
    await send({ payload: order('c2') });
    await commands.close();
    expect(statuses(spool)).toEqual(['accepted', 'accepted', 'failed', 'failed']);
    expect(spool.drafts[2]?.data).toMatchObject({ error: { code: 'command.interrupted' } });
    expect(asked).toEqual(['b1']);
    await expect(send({ payload: order('c3') })).rejects.toMatchObject({ code: 'command.stopping' });
  });

  it('without warning finds the open command at its next start, and answers it without carrying it out', async () => {
    const spool = await testingSpool();
    const before = await hall(() => new Promise<never>(() => undefined), spool);
    await before.send();
    await until(() => before.asked.length === 1, 'the device at work');
    expect(await openOnes(spool)).toBe(1);
    const reopened = await spool.reopen();
    const after = await hall(ring, reopened);
    await ended(spool, 2);
    expect(spool.drafts[1]?.data).toMatchObject({
      commandId: 'c1',
      status: 'failed',
      error: { code: 'command.interrupted' },
    });
    expect(after.asked).toEqual([]);
    expect(await openOnes(reopened)).toBe(0);
  });
});

it('takes commands again after the disk failed once at the start', async () => {
  const spool = await testingSpool();
  const unreadable = new Error('SQLITE_IOERR: staged');
  let reads = 0;
  const cursors = (owner: string) => ((reads += 1) === 1 ? Promise.reject(unreadable) : spool.cursors(owner));
  const { send, log } = await hall(ring, { ...spool, cursors });
  await until(() => log.lines.some(({ event }) => event === 'command.recovery-failed'), 'the failure');
  await send();
  await ended(spool, 2);
  expect(statuses(spool)).toEqual(['accepted', 'done']);
});

describe('a clock that was never set', () => {
  it('expires only what is certainly past, and carries out the rest', async () => {
    const clock: Clock = { ...systemClock(), now: () => Date.UTC(1970, 0, 1), synced: () => false };
    const { spool, send } = await hall(ring, undefined, { clock });
    await send({
      payload: order('c1', { issuedAt: '2026-06-01T08:00:00+08:00', expiresAt: '2026-06-01T08:01:00+08:00' }),
    });
    await ended(spool, 2);
    expect(statuses(spool)).toEqual(['accepted', 'done']);
  });
});
