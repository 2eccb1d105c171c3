/**
 * Tablets of hall.yaml that speak MQTT themselves. A mark is given on the tablet's screen, while something is asked there.
 */
import { startTablet, type Prompt, type SimulatedTablet } from '../../evaluator/tablet.ts';
import type { DeviceEntry } from '../hall-file.ts';
import type { Front, Hand, StandInMaker } from '../stand-in.ts';
import type { AwaitingReceipts } from './awaiting-receipts.ts';
import { standUpOverMqtt, type MqttPlace, type Say } from './mqtt-devices.ts';

const SUBMITTED = 'hall.evaluation.submitted.v1';

export const evaluatorMqtt: StandInMaker = {
  kind: 'evaluator',
  wire: 'mqtt',
  standUp: standUpOverMqtt({ prefers: 'websocket', start, use }),
};

function start({ window }: DeviceEntry, place: MqttPlace, say: Say): SimulatedTablet {
  return startTablet({
    ...place,
    ...(window !== undefined && { window }),
    onTruth(entry) {
      if (entry.did !== 'rated') return;
      const data = { level: entry.level, ...(entry.reasons && { reasons: entry.reasons }) };
      say(entry.id, { atMs: entry.atMs, what: SUBMITTED, data });
    },
  });
}

function use(tablet: SimulatedTablet, receipts: AwaitingReceipts): Front {
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
  return { speaks: [SUBMITTED], hands: { rate, decline, reload } };
}

/** The screen lets nobody pass with a mark of 1 or 2 and no reason: who is in a hurry takes the first. */
function reasonOf(prompt: Prompt | undefined, level: number): string[] | undefined {
  const [first] = level <= 2 ? (prompt?.reasons[String(level)] ?? []) : [];
  return first === undefined ? undefined : [first];
}
