import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../kit/until.ts';
import { factoryEeprom } from './factory.ts';
import type { BoardProfile } from './fitting.ts';
import { schedule } from './schedule.ts';
import { startScriptedBoard } from './scripted-board.ts';
import { scriptedMind } from './scripted-mind.ts';
import { virtualHost } from './virtual-host.ts';
import { frameBytes, frameOf, packed, sysexReader, u16, u32, type WireFrame } from './wire-codec.ts';

const SERIAL = 'EV-0042';
const words = (text: string) => [...Buffer.from(text, 'latin1')];

/** What both boards are put through: frames of the gateway, hands, and time. */
type Line =
  { say: [command: number, payload: readonly number[]] } | { hold: number } | { release: number } | { wait: number };

const CONVERSATION: readonly Line[] = [
  { say: [1, [1]] },
  { say: [1, [0]] },
  { say: [5, []] },
  { say: [6, [2, ...words('A012')]] },
  { say: [6, [1, ...words('12')]] },
  { say: [6, [3, 0, 1, ...packed(new Uint8Array(8).fill(0x81))]] },
  { say: [6, [3, 3, 2, ...packed(new Uint8Array(16))]] },
  { say: [6, [3, 0, 1, 1]] },
  { say: [6, [4, 16]] },
  { say: [6, [0]] },
  { say: [7, [2, ...u16(100), ...u16(50), 2]] },
  { say: [7, [0, ...u16(100), ...u16(0), 0]] },
  { say: [7, [7, ...u16(100), ...u16(0), 1]] },
  { say: [9, [2]] },
  { say: [9, [99]] },
  { say: [10, [1, 2]] },
  { say: [11, words('EV-0043')] },
  { say: [11, words(SERIAL)] },
  { say: [10, [5, ...words('BYE')]] },
  { say: [9, [5]] },
  { hold: 2 },
  { wait: 100 },
  { release: 2 },
  { wait: 100 },
  { say: [4, []] },
  { say: [3, u32(9)] },
  { say: [3, u32(1)] },
  { say: [5, []] },
  { say: [3, u32(2)] },
  { say: [13, []] },
  { say: [3, [1]] },
  { say: [4, []] },
];

const [IDENTITY, KEY_EVENT, STATUS, HEARTBEAT] = [1, 2, 5, 8];

/** Times and the build are each board's own; unasked heartbeats come when they come. */
function comparable(heard: readonly WireFrame[]): string[] {
  return heard
    .filter(({ command }) => command !== HEARTBEAT)
    .map(({ command, tag, payload }) => {
      const fields: (number | string)[] = [...payload];
      if (command === IDENTITY) fields.splice(7, 5, 'build');
      if (command === STATUS) fields.splice(0, 5, 'uptime');
      if (command === STATUS) fields.splice(13, 3, 'power-ons');
      if (command === KEY_EVENT) fields.splice(7, 5, 'age');
      return `${command} ${tag} ${fields.join(' ')}`;
    });
}

function emulated(profile: BoardProfile): string[] {
  const host = virtualHost({ profile, eeprom: factoryEeprom(SERIAL) });
  host.advance(300);
  CONVERSATION.forEach((line, index) => {
    if ('say' in line) host.say(...line.say, index + 1);
    if ('hold' in line) host.board.hold(line.hold);
    if ('release' in line) host.board.release(line.release);
    host.advance('wait' in line ? line.wait : 'say' in line && line.say[0] === 10 ? 300 : 50);
  });
  return comparable(host.heard);
}

function scripted(profile: BoardProfile): string[] {
  const plan = schedule();
  const heard: WireFrame[] = [];
  let nowMs = 0;
  const after = (ms: number, action: () => void) => {
    let off = false;
    plan.at(nowMs + ms, () => off || action());
    return () => void (off = true);
  };
  const read = sysexReader((body) => {
    const frame = frameOf(body);
    if (frame) heard.push(frame);
  });
  const mind = scriptedMind(profile, SERIAL, { nowMs: () => nowMs, after }, read);
  const advance = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 1) plan.runDue((nowMs += 1));
  };
  mind.start(1);
  advance(300);
  CONVERSATION.forEach((line, index) => {
    if ('say' in line) mind.hear(frameBytes({ command: line.say[0], tag: index + 1, payload: line.say[1] }));
    if ('hold' in line) mind.edge(line.hold, 'pressed');
    if ('release' in line) mind.edge(line.release, 'released');
    advance('wait' in line ? line.wait : 'say' in line && line.say[0] === 10 ? 300 : 50);
  });
  return comparable(heard);
}

describe('the scripted board', () => {
  it.each(['button-panel', 'evaluator'] as const)('answers a %s conversation as the firmware does', (profile) => {
    const told = scripted(profile);
    expect(told.length).toBeGreaterThan(28);
    expect(told).toEqual(emulated(profile));
  });

  it('stands 131 times in one process, each with its own press', async () => {
    const boards = await Promise.all(
      Array.from({ length: 131 }, (_, index) =>
        startScriptedBoard({ port: { type: 'tcp' }, profile: 'evaluator', serial: `EV-${index}` }),
      ),
    );
    onTestFinished(async () => {
      await Promise.all(boards.map((board) => board.close()));
    });
    const pressed = new Set<number>();
    boards.forEach(({ line }, index) => {
      if (line.type !== 'tcp') throw new Error('this test speaks TCP');
      const socket = connect(line.port, line.host);
      onTestFinished(() => void socket.destroy());
      const read = sysexReader((body) => {
        if (body[0] === KEY_EVENT) pressed.add(index);
      });
      socket.on('data', read);
      socket.write(frameBytes({ command: HEARTBEAT, tag: 0, payload: [] }));
    });
    boards.forEach((board, index) => board.hold((index % 5) + 1));
    await until('all presses arrived', () => pressed.size === boards.length);
    expect(boards.every(({ truth }) => truth.length === 1)).toBe(true);
  });
});
