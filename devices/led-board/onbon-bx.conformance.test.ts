// The BX driver keeps the promises of every driver, on the network and on a serial line.
import { describe } from 'vitest';
import { lineSettingsSchema } from '../../gateway/kernel/line-settings.ts';
import { until } from '../../simulators/kit/until.ts';
import { startBxBoard, type BxBoard } from '../../simulators/led-board/bx-board.ts';
import { conformance, type Rig } from '../conformance.ts';
import { onbonBx } from './onbon-bx.ts';

const AREAS = [{ name: 'main', width: 128, height: 32, idleText: '欢迎光临' }];

/** Longer than any restoration takes; after the driver was stopped nobody restores. */
const RESTORED_WITHIN_MS = 3_000;

/**
 * A person takes the mains away and gives them back; that its texts are gone is all that a board says without being asked. The
 * text is back for good when the gateway asks for the status again: before that it may not know yet.
 */
async function powerCycle({ card }: BxBoard): Promise<void> {
  card.powerOff();
  card.powerOn();
  await until('the text is back', () => card.visible().length > 0, RESTORED_WITHIN_MS);
  await nextStatusEnquiry(card);
}

function nextStatusEnquiry({ heard }: BxBoard['card']): Promise<unknown> {
  const from = heard.entries.length;
  const isEnquiry = ({ data, intact }: { data: Buffer; intact: boolean }) => intact && data.readUInt16BE(0) === 0xa102;
  return until('the gateway knows it', () => heard.entries.slice(from).find(isEnquiry), RESTORED_WITHIN_MS);
}

async function makeRig(port: 'tcp' | 'pty', pluggedIn: boolean): Promise<Rig> {
  const board = await startBxBoard({ port: { type: port }, seed: 7 });
  if (!pluggedIn) await board.pullCable();
  const { line, card } = board;
  const place = line.type === 'tcp' ? { host: line.host, port: line.port } : { line: 'boards', address: 1 };
  let cycles = 0;
  return {
    config: { ...place, areas: AREAS, pollMs: 150, replyTimeoutMs: 250, refreshMs: 100 },
    ...(line.type === 'serial' && { lines: { boards: lineSettingsSchema.parse(line) } }),
    plugIn: () => board.plugIn(),
    pullCable: () => board.pullCable(),
    async act() {
      const stands = await until('a text stands there', () => card.visible().length > 0, 1_000).catch(() => false);
      if (!stands) return;
      if (cycles === 0) await nextStatusEnquiry(card).catch(() => undefined);
      cycles += 1;
      await powerCycle(board).catch(() => undefined);
    },
    expected: () => Array.from({ length: cycles }, () => ({ type: 'board.restarted', data: { areas: ['main'] } })),
    trouble(how) {
      board.faults.split = how === 'one-byte-at-a-time' ? 'every-byte' : 'none';
      board.faults.glueMs = how === 'glued' ? 30 : 0;
      board.faults.corrupt = how === 'noise' ? 0.004 : 0;
      if (how === 'noise') board.noise(20);
    },
    commands: [
      { name: 'show-text', input: { text: '暂停服务' }, carriedOut: () => card.visible()[0]?.text === '暂停服务' },
      {
        name: 'show-call',
        input: { ticketNumber: 'A023' },
        carriedOut: () => card.visible()[0]?.text === '请A023号到1号窗口办理',
      },
      { name: 'clear', input: {}, carriedOut: () => card.visible()[0]?.text === '欢迎光临' },
      { name: 'set-brightness', input: { percent: 53 }, carriedOut: () => card.brightness === 8 },
      { name: 'set-power', input: { power: 'off' }, carriedOut: () => card.lamps === 'off' },
      { name: 'set-time', input: {}, carriedOut: () => card.heard.entries.some(({ data }) => data[1] === 3) },
    ],
    close: () => board.close(),
  };
}

describe.each(['tcp', 'pty'] as const)('a board that is reached by %s', (port) => {
  conformance(onbonBx, {
    makeRig: ({ pluggedIn }) => makeRig(port, pluggedIn),
    offlineWithinMs: 3_000,
    refused: [
      { config: { areas: AREAS }, path: 'host' },
      { config: { host: 'board', line: 'boards', areas: AREAS }, path: 'line' },
      { config: { line: 'boards', address: 40_000, areas: AREAS }, path: 'address' },
      { config: { host: 'board', areas: [] }, path: 'areas' },
      { config: { host: 'board', areas: [...AREAS, ...AREAS] }, path: 'areas.1.name' },
      {
        config: { host: 'board', areas: [...AREAS, { name: 'two', x: 100, width: 64, height: 32 }] },
        path: 'areas.1.x',
      },
      { config: { host: 'board', areas: [{ ...AREAS[0], idleText: 'a😀' }] }, path: 'areas.0.idleText' },
      { config: { host: 'board', areas: AREAS, callTemplate: '请{number}号' }, path: 'callTemplate' },
      { config: { host: 'board', areas: AREAS, timeout: 3 }, path: 'timeout' },
    ],
  });
});
