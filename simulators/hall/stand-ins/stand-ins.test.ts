// Every hand at every device of the small hall, with a real gateway between it and the centre: truth equals what arrived.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { drivers } from '../../../devices/index.ts';
import { openGateway } from '../../../gateway/compose.ts';
import { systemClock } from '../../../gateway/kernel/clock.ts';
import { collectingLog } from '../../../gateway/kernel/log.ts';
import { parseSettings } from '../../../gateway/settings/read-settings.ts';
import { freePort } from '../../../gateway/testing-gateway.ts';
import { startCentralBroker } from '../../central/central-broker.ts';
import { startCommandSender } from '../../central/command-sender.ts';
import { startConsumer } from '../../central/consumer.ts';
import { verdictText } from '../../central/verdict-text.ts';
import { until } from '../../kit/until.ts';
import { compare, type Arrival, type TruthReport } from '../compare.ts';
import { readHallFile } from '../hall-file.ts';
import { HALL, SERVICE_PORTS } from '../hall-writer.ts';
import { writeSmallHall } from '../small-hall.ts';
import type { StandIn } from '../stand-in.ts';
import { standUpHall } from '../standing.ts';
import { openTruth } from '../truth.ts';

/** Not where `halls.test.ts` of the same run stands. */
function anyPortBase(): number {
  return 25_000 + (process.pid % 500) * SERVICE_PORTS;
}

/** So long a board that did not answer once may be left alone. */
const ABSENT_MS = 20_000;

async function stand() {
  const folder = await mkdtemp(join(tmpdir(), 'stand-ins-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const centre = await startCentralBroker();
  onTestFinished(() => centre.close());
  const arrivals: Arrival[] = [];
  const judge = await startConsumer({
    url: centre.url,
    hall: HALL,
    receipts: { everyMs: 100 },
    onEvent: ({ source, type, sequence, data }) => {
      arrivals.push({ device: source.split('/').at(-1) ?? '', type, sequence, data });
    },
  });
  onTestFinished(() => judge.close());
  const sender = await startCommandSender({ url: centre.url, hall: HALL, clientId: 'centre' });
  onTestFinished(() => sender.close());
  const [brokerPort, websocketPort] = [await freePort(), await freePort()];
  const places = { folder, portBase: anyPortBase(), brokerPort, websocketPort, centreUrl: centre.url };
  const { file } = await writeSmallHall(places);
  const truth = await openTruth();
  const hall = await standUpHall({
    file: await readHallFile(file),
    seed: 1,
    onHappening: (happening) => {
      truth.enter(happening);
    },
  });
  onTestFinished(() => hall.close());
  const read = parseSettings(await readFile(file, 'utf8'), { drivers, env: {} });
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes, null, 2));
  const { settings } = read;
  const open = async () => {
    const gateway = await openGateway({
      settings,
      version: 'test',
      clock: systemClock(),
      log: collectingLog(),
      env: {},
    });
    onTestFinished(() => gateway.close());
    return gateway;
  };
  const isOnline = ({ entry: { id, kind } }: StandIn) =>
    JSON.stringify(judge.latest(`hall/v1/${HALL}/${kind}/${id}/state`) ?? {}).includes('"presence":"online"');
  return {
    hall,
    truth,
    judge,
    open,
    /** An evaluator on RS-485 is seen when it says something first. */
    async allOnline() {
      const away = () =>
        hall.devices.filter((each) => each.entry.wire !== 'rs485' && !isOnline(each)).map(({ entry }) => entry.id);
      await until('all are online', () => away().length === 0, ABSENT_MS).catch(() => undefined);
      expect(away()).toEqual([]);
    },
    async done(device: string, name: string, data: Record<string, unknown>) {
      const results = await sender.sendCommand(hall.device(device).entry.kind, device, name, data);
      expect(results.at(-1), `${name} at ${device}`).toMatchObject({ status: 'done' });
    },
    async agreed(): Promise<TruthReport> {
      const report = () => compare(truth.happenings, arrivals, hall.speaks);
      await until('truth and arrivals agree', () => report().ok, ABSENT_MS).catch(() => undefined);
      return report();
    },
  };
}

/** What goes first; the others follow in the order of the device. */
const WORK = ['rate', 'call', 'card', 'press', 'punch', 'motion', 'tamper', 'video-loss', 'input'];
/** What undoes a hand. */
const UNDOING: Readonly<Record<string, readonly [hand: string, input: Record<string, unknown>]>> = {
  motion: ['motion', { on: false }],
  tamper: ['tamper', { on: false }],
  'video-loss': ['video-loss', { on: false }],
  input: ['input', { on: false }],
  slow: ['slow', { ms: 0 }],
};

/** Every hand of a device once, its work first. */
async function allHands({ hands }: StandIn): Promise<void> {
  const names = [...WORK.filter((name) => name in hands), ...Object.keys(hands).filter((name) => !WORK.includes(name))];
  for (const name of names) {
    // Declining wants a question, and the only one has been answered.
    if (name === 'decline') continue;
    await hands[name]?.act(hands[name].input ?? {});
    const [undo = '', input = {}] = UNDOING[name] ?? [];
    await hands[undo]?.act(input);
  }
}

test('every hand works, and the centre has exactly what happened', { timeout: 90_000 }, async () => {
  const scene = await stand();
  const { hall, truth, judge } = scene;
  await scene.open();
  await scene.allOnline();
  const businessType = { code: 'SS01', name: '社保业务' };
  for (const kiosk of ['kiosk-east', 'kiosk-south', 'kiosk-west'])
    await scene.done(kiosk, 'print-ticket', { ticketNumber: 'A023', businessType });
  await scene.done('kiosk-east', 'reprint', { ticketNumber: 'A023' });
  await scene.done('evaluator-04', 'start-evaluation', { ticketNumber: 'A023' });
  const boards = ['board-01', 'board-02', 'board-03', 'board-05', 'board-hall'];
  for (const board of boards) {
    await scene.done(board, 'show-call', { ticketNumber: 'A023', window: '3' });
  }
  const shown = truth.happenings.filter(
    ({ what, data }) => what === 'board.shows' && JSON.stringify(data).includes('A023'),
  );
  expect(new Set(shown.map(({ device }) => device))).toEqual(new Set(boards));
  for (const board of ['board-05', 'board-hall'])
    expect(JSON.stringify(hall.device(board).picture?.())).toContain('A023');
  expect(JSON.stringify(hall.device('kiosk-east').picture?.())).toContain('A023');

  await Promise.all(hall.devices.map(allHands));

  const report = await scene.agreed();
  expect(report).toMatchObject({ ok: true, missing: [], extra: [], disorder: [] });
  const spoken = new Set(truth.happenings.map(({ device }) => device));
  const silent = hall.devices.filter(({ entry, speaks }) => speaks.length > 0 && !spoken.has(entry.id));
  expect(silent).toEqual([]);
  const certain = truth.happenings.filter(({ maybe }) => !maybe).length;
  expect(certain / truth.happenings.length).toBeGreaterThan(0.9);
  const verdict = judge.verdict();
  expect(verdict.ok, verdictText(verdict)).toBe(true);
});

test(
  'what happens while the gateway is away is kept, lost or doubtful as on the wire',
  { timeout: 90_000 },
  async () => {
    const scene = await stand();
    const { hall, truth } = scene;
    const hand = (device: string, name: string, input: Record<string, unknown>) =>
      hall.device(device).hands[name]?.act(input);
    const gateway = await scene.open();
    await scene.allOnline();
    const asked = { ticketNumber: 'A024' };
    await scene.done('evaluator-04', 'start-evaluation', asked);
    await gateway.close();

    expect(await hand('kiosk-east', 'press', { business: 'SS01' })).toEqual({ outcome: 'unheard' });
    expect(await hand('camera-01', 'motion', { on: true })).toEqual({ outcome: 'unheard' });
    const nobodyReads = expect(hand('kiosk-east', 'card', { person: 1 })).rejects.toThrow(/in vain/);
    expect(await hand('evaluator-04', 'rate', { level: 5 })).toEqual({ outcome: 'kept' });
    await nobodyReads;
    for (const clock of ['clock-east', 'clock-south']) await hand(clock, 'punch', { userId: '1002', punch: 1 });
    expect(
      truth.happenings.map(({ what }) => what).filter((what) => /ticket|card|camera|evaluation/.test(what)),
    ).toEqual([]);
    // A hall board has stored a press before anybody hears of it.
    expect(await hand('evaluator-05', 'rate', { level: 2 })).toEqual({ outcome: 'stored' });
    for (const panel of ['kiosk-north', 'kiosk-south'])
      expect(await hand(panel, 'press', { business: 'HJ01' })).toEqual({ outcome: 'stored' });

    await scene.open();
    const known = () => truth.happenings.some(({ device }) => device === 'evaluator-04');
    await until('the tablet has said its mark', known);
    const report = await scene.agreed();
    expect(report).toMatchObject({ ok: true, missing: [], extra: [], disorder: [], happened: 6 });
  },
);
