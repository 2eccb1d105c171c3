/**
 * Tablets of hall.yaml that speak MQTT themselves. A mark is given on the tablet's screen, while something is asked there.
 */
import { startTablet, type Prompt, type SimulatedTablet } from '../../evaluator/tablet.ts';
import type { DeviceEntry } from '../hall-file.ts';
import type { Ground, Hand, Standing, StandIn, StandInMaker } from '../stand-in.ts';
import { awaitingReceipts, type AwaitingReceipts } from './awaiting-receipts.ts';
import { brokerAccess } from './local-broker.ts';

const SUBMITTED = 'hall.evaluation.submitted.v1';

export const evaluatorMqtt: StandInMaker = {
  kind: 'evaluator',
  wire: 'mqtt',
  async standUp(entries, ground) {
    const stood = await Promise.all(entries.map((entry) => startFor(entry, ground)));
    const devices = stood.flatMap((each) => each.devices);
    const close = async () => {
      await Promise.all(stood.map((each) => each.close()));
    };
    return { devices, close };
  },
};

async function startFor(entry: DeviceEntry, ground: Ground): Promise<Standing> {
  const { id: device, kind, window } = entry;
  const access = await brokerAccess(ground.file, entry, 'websocket');
  const tablet: SimulatedTablet = startTablet({
    ...access,
    device,
    seed: ground.random.int(1, 2 ** 31),
    ...(window !== undefined && { window }),
    onTruth(entry) {
      if (entry.did !== 'rated') return;
      const data = { level: entry.level, ...(entry.reasons && { reasons: entry.reasons }) };
      receipts.expect(entry.id, { device, kind, atMs: entry.atMs, what: SUBMITTED, data });
    },
  });
  const { onHappening } = ground;
  const receipts = awaitingReceipts({ receiptOf: (id) => tablet.receiptOf(id), onHappening });
  const close = async () => {
    receipts.close();
    await tablet.close();
  };
  return { devices: [standIn(entry, tablet, receipts)], close };
}

function standIn(entry: DeviceEntry, tablet: SimulatedTablet, receipts: AwaitingReceipts): StandIn {
  const rate: Hand = {
    summary: { en: 'a citizen gives a mark', zh: '群众评价' },
    input: { level: 5 },
    act({ level, reasons }) {
      const given = Array.isArray(reasons) && reasons.length > 0 ? reasons.map(String) : undefined;
      const why = given ?? reasonOf(tablet.screen.prompt, Number(level));
      return receipts.reception(tablet.answer(Number(level), why ? { reasons: why } : {}));
    },
  };
  const decline: Hand = {
    summary: { en: 'the citizen closes the question', zh: '群众关闭评价' },
    act: () => void tablet.decline(),
  };
  const reload: Hand = {
    summary: { en: 'the page is loaded anew', zh: '刷新页面' },
    act() {
      tablet.reload();
    },
  };
  return {
    entry,
    speaks: [SUBMITTED],
    hands: { rate, decline, reload },
    pullCable() {
      tablet.pullCable();
      return Promise.resolve();
    },
    plugIn() {
      tablet.plugIn();
      return Promise.resolve();
    },
  };
}

/** The screen lets nobody pass with a mark of 1 or 2 and no reason: who is in a hurry takes the first. */
function reasonOf(prompt: Prompt | undefined, level: number): string[] | undefined {
  const [first] = level <= 2 ? (prompt?.reasons[String(level)] ?? []) : [];
  return first === undefined ? undefined : [first];
}
