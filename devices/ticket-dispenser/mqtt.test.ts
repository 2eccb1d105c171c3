// What goes wrong at a kiosk that speaks MQTT: lost acknowledgements, empty rolls, and a program that says too much.
import { describe, expect, onTestFinished, test } from 'vitest';
import { startMqttKiosk, type SimulatedKiosk } from '../../simulators/ticket-dispenser/mqtt-kiosk.ts';
import { until } from '../../simulators/kit/until.ts';
import { systemClock } from '../../gateway/kernel/clock.ts';
import { recordingHall } from '../recording-hall.ts';
import { startDeviceBroker } from '../testing-mqtt.ts';
import { ticketDispenser } from './kind.ts';
import { mqtt } from './mqtt.ts';

const SOCIAL = { code: 'SS01', name: '社保业务' };
const TICKET = { ticketNumber: 'A023', businessType: SOCIAL, issuedAt: '2026-06-01T09:12:33+08:00', visitId: 'v-1' };
const ID_NUMBER = '110101199003077758';

async function stand(config: unknown = {}, clock = systemClock()) {
  const broker = await startDeviceBroker('tcp');
  const kiosk = startMqttKiosk({ ...broker.login, heartbeatMs: 500 });
  const seen = recordingHall(ticketDispenser, { clock });
  broker.attach(seen);
  const ended = mqtt.run(mqtt.config.parse(config), seen.hall);
  onTestFinished(async () => {
    seen.stop();
    await ended;
    await kiosk.close();
    await broker.close();
  });
  await until('the kiosk is online', () => seen.presence.state === 'online');
  const types = () => seen.store.occurrences.map(({ type }) => type);
  return { broker, kiosk, seen, types };
}

const receipt = (kiosk: SimulatedKiosk, id: string) => until('a receipt', () => kiosk.receiptOf(id));

describe('a kiosk', () => {
  test('that repeats what was not acknowledged makes one event', async () => {
    const { kiosk, types } = await stand();
    kiosk.link.losePubacks(3);
    const id = kiosk.choose(SOCIAL);
    await until('the kiosk may forget it', () => kiosk.link.queued() === 0);
    await until('the last receipt', () => kiosk.receiptOf(id)?.result === 'repeated');
    expect(types()).toEqual(['ticket.requested']);
  });

  test('that counts its messages from 1 again after it was switched off loses no ticket', async () => {
    const { seen, types } = await stand();
    const say = (rest: string, message: object) =>
      seen.deliver(rest, Buffer.from(JSON.stringify({ v: 1, ...message })));
    const printed = (ticketNumber: string) => ({ id: 'kiosk-1-00000001', ...TICKET, source: 'onsite', ticketNumber });
    await say('up/ticket-printed', printed('A001'));
    await say('up/ticket-printed', printed('A002'));
    await say('up/ticket-printed', Object.fromEntries(Object.entries(printed('A002')).reverse()));
    expect(types()).toEqual(['ticket.printed', 'ticket.printed']);
    const results = seen.said.filter(({ rest }) => rest === 'down/receipt').map(({ payload }) => payload);
    expect(results).toMatchObject([{ result: 'recorded' }, { result: 'recorded' }, { result: 'repeated' }]);
  });

  test('keeps what happens while its network is away, with the time of the happening', async () => {
    const { kiosk, seen } = await stand();
    kiosk.pullCable();
    await until('it is offline', () => seen.presence.state === 'offline');
    const before = Date.now();
    const ids = [kiosk.choose(SOCIAL), kiosk.presentCard(ID_NUMBER)];
    kiosk.plugIn();
    for (const id of ids) expect(await receipt(kiosk, id)).toMatchObject({ result: 'recorded' });
    expect(seen.store.occurrences.map(({ type }) => type)).toEqual(['ticket.requested', 'card.read']);
    const atMs = seen.store.occurrences[0]?.deviceTimeMs ?? 0;
    expect(Math.abs(atMs - before)).toBeLessThan(1_000);
  });

  test('whose event is not on disk yet has no acknowledgement', async () => {
    const { kiosk, seen } = await stand();
    seen.holdCommits();
    const id = kiosk.choose(SOCIAL);
    await expect(until('a receipt', () => kiosk.receiptOf(id), 300)).rejects.toThrow('in vain');
    expect(kiosk.link.queued()).toBe(1);
    seen.releaseCommits();
    expect(await receipt(kiosk, id)).toMatchObject({ result: 'recorded' });
  });

  test('that says a full ID-card number is refused; the number is nowhere afterwards', async () => {
    const { kiosk, seen } = await stand();
    kiosk.manners.leaksIdNumbers = true;
    const refusal = await receipt(kiosk, kiosk.presentCard(ID_NUMBER));
    expect(refusal).toMatchObject({ result: 'refused', code: 'mqtt-device.identity-number' });
    kiosk.link.say('status', { printer: 'online', note: `card ${ID_NUMBER}` });
    await until('both are refused', () => kiosk.link.receipts.length >= 2);
    const kept = JSON.stringify([seen.store.occurrences, [...seen.store.cursors], seen.log, seen.said, seen.states]);
    expect(kept).not.toContain(ID_NUMBER);
    expect(seen.store.occurrences).toEqual([]);
    kiosk.manners.leaksIdNumbers = false;
    expect(await receipt(kiosk, kiosk.presentCard(ID_NUMBER))).toMatchObject({ result: 'recorded' });
    expect(seen.store.occurrences[0]?.data).toMatchObject({ idNumberMasked: '110101********7758' });
  });
});

describe('a ticket', () => {
  test('is printed, recorded once, and answered, not printed, when it is ordered again', async () => {
    const { kiosk, seen, types } = await stand();
    expect(await seen.command('print-ticket', TICKET)).toMatchObject({ ticketNumber: 'A023', printed: 'now' });
    expect(await seen.command('print-ticket', TICKET)).toMatchObject({ printed: 'before' });
    await until('it is on record', () => types().length === 1);
    expect(kiosk.paper).toEqual(['A023']);
    expect(seen.store.occurrences[0]).toMatchObject({
      type: 'ticket.printed',
      data: { ticketNumber: 'A023', copy: 1, visitId: 'v-1', source: 'onsite' },
    });
    expect(seen.states.at(-1)).toMatchObject({ lastTicket: { ticketNumber: 'A023' } });
  });

  test('is reprinted with its copy; one that the kiosk does not know is not', async () => {
    const { seen, types } = await stand();
    await seen.command('print-ticket', TICKET);
    expect(await seen.command('reprint', { ticketNumber: 'A023' })).toMatchObject({ copy: 2 });
    await expect(seen.command('reprint', { ticketNumber: 'B001' })).rejects.toMatchObject({
      code: 'mqtt-device.said-no',
    });
    await until('both are on record', () => types().length === 2);
    expect(types()).toEqual(['ticket.printed', 'ticket.reprinted']);
  });

  test('fails with the reason of the kiosk when the roll is empty, which the state tells', async () => {
    const { kiosk, seen, types } = await stand();
    kiosk.setPaper('out');
    await until('the state tells it', () => JSON.stringify(seen.states.at(-1)).includes('"paper":"out"'));
    const failed = seen.command('print-ticket', TICKET);
    await expect(failed).rejects.toMatchObject({ code: 'mqtt-device.said-no', message: /paper out/ });
    await until('it is on record', () => types().length === 1);
    expect(seen.store.occurrences[0]?.data).toMatchObject({ reason: 'paper-out', mayBeOnPaper: false });
  });

  test('gets no wrong time from a gateway whose clock is not set', async () => {
    const { seen } = await stand({}, { ...systemClock(), synced: () => false });
    const { issuedAt, ...withoutTime } = TICKET;
    await expect(seen.command('print-ticket', withoutTime)).rejects.toMatchObject({ code: 'ticket.time-unknown' });
    expect(await seen.command('print-ticket', TICKET)).toMatchObject({ issuedAt });
  });

  test('fails with a hint when the kiosk does not answer', async () => {
    const { kiosk, seen } = await stand({ printSeconds: 2 });
    kiosk.manners.answers = 'never';
    await expect(seen.command('print-ticket', TICKET)).rejects.toMatchObject({ code: 'mqtt-device.no-answer' });
  });

  test('is asked for at no kiosk that is closed, also after it was switched off and on', async () => {
    const { kiosk, seen, broker } = await stand();
    await seen.command('disable', {});
    await kiosk.close();
    const fresh = startMqttKiosk(broker.login);
    onTestFinished(() => fresh.close());
    await until('the fresh kiosk is closed too', () => !fresh.screen.enabled);
    expect(seen.states.at(-1)).toMatchObject({ enabled: false });
  });
});
