import { describe, expect, it } from 'vitest';
import type { VirtualHost } from '../../simulators/board/virtual-host.ts';
import { packed, u16, u32 } from '../../simulators/board/wire-codec.ts';
import { seededRandom } from '../../simulators/kit/random.ts';
import { BOOT_MS, COMMAND, FAULT, set, SETTING, started, statusOf, text } from './desk.fixture.ts';

/** How often a lamp lights within this time. */
function flashes(host: VirtualHost, lamp: number, ms: number): number {
  let [count, before] = [0, host.board.lamps()[lamp - 1]];
  for (let passed = 0; passed < ms; passed += 10) {
    host.advance(10);
    const now = host.board.lamps()[lamp - 1];
    if (now && !before) count += 1;
    before = now;
  }
  return count;
}

describe('a board', () => {
  it.each([
    ['button-panel', 1, 8, 2],
    ['evaluator', 2, 5, 6],
    ['window-display', 3, 0, 1],
  ] as const)('says after its start that its jumpers make it a %s', (profile, number, keys, lamps) => {
    const { heard } = started(profile);
    const { payload = [] } = heard.find(({ command }) => command === COMMAND.identity) ?? {};
    expect(payload.slice(0, 7)).toEqual([1, 0, 1, number, 1, 0, 0]);
    expect(payload.slice(12, 16)).toEqual([1, keys, lamps, 4]);
  });

  it('answers a newer gateway with its own protocol version, and refuses one that has none in common', () => {
    const host = started();
    expect(host.ask(COMMAND.identity, [9]).payload.slice(0, 2)).toEqual([1, 0]);
    expect(host.ask(COMMAND.identity, [0]).payload).toEqual([COMMAND.identity, 9]);
  });

  it('tells which keys are down, and makes no press of one that was down at the start', () => {
    const host = started();
    host.board.hold(4);
    host.board.cutPower();
    host.advance(10);
    host.board.powerOn();
    host.advance(200);
    host.say(COMMAND.heartbeat);
    host.advance(100);
    expect(statusOf(host)).toMatchObject({ keysDown: 0b1000, paper: 1 });
    expect(host.events).toEqual([]);
  });
});

describe('the display', () => {
  it('shows a text on 8x8 matrices within 15 ms of the first byte', () => {
    const host = started();
    const fromMs = host.board.nowMs();
    host.say(COMMAND.display, [2, ...text('A012')]);
    host.advanceUntil('the picture', () => host.board.display().rows[1]?.includes('1') === true, 50);
    expect(host.board.nowMs() - fromMs).toBeLessThanOrEqual(15);
    expect(host.board.display().rows).toEqual([
      '00000000000000000000000000000000',
      '00111000001110000001000000111000',
      '01000100010001000011000001000100',
      '01000100010011000001000000000100',
      '01111100010101000001000000001000',
      '01000100011001000001000000010000',
      '01000100010001000001000000100000',
      '01000100001110000011100001111100',
    ]);
  });

  it.each([
    [4, 15],
    [8, 18],
  ])('shows a picture of %i matrices within %i ms, dot by dot', (matrices, withinMs) => {
    const host = started('window-display', matrices);
    expect(set(host, SETTING.displays, [matrices]).command).toBe(COMMAND.done);
    host.board.reset();
    host.advance(BOOT_MS);
    const bytes = seededRandom(3).bytes(8 * matrices);
    const rows = Array.from({ length: 8 }, (_, row) =>
      Array.from({ length: matrices }, (__, matrix) =>
        (bytes[8 * matrix + row] ?? 0).toString(2).padStart(8, '0'),
      ).join(''),
    );
    const fromMs = host.board.nowMs();
    host.say(COMMAND.display, [3, 0, matrices, ...packed(bytes)]);
    host.advanceUntil('the picture', () => host.board.display().rows.join() === rows.join(), 50);
    expect(host.board.nowMs() - fromMs).toBeLessThanOrEqual(withinMs);
  });

  it('shows digits with points after the setting says so, and dims', () => {
    const host = started();
    expect(host.ask(COMMAND.display, [1, ...text('12')]).payload).toEqual([COMMAND.display, FAULT.notFitted]);
    expect(set(host, SETTING.display, [1]).command).toBe(COMMAND.done);
    host.board.reset();
    host.advance(BOOT_MS);
    expect(host.ask(COMMAND.display, [1, ...text('A0.12-')]).command).toBe(COMMAND.done);
    expect(host.board.display().digits).toBe('A0.12-');
    host.ask(COMMAND.display, [4, 11]);
    expect(host.board.display().brightness).toBe(11);
    host.ask(COMMAND.display, [0]);
    expect(host.board.display().digits).toBe('');
  });

  it.each([
    ['nine characters', [2, ...text('123456789')], FAULT.length],
    ['a control character', [2, 7], FAULT.range],
    ['a matrix too many', [3, 4, 1, ...packed(new Uint8Array(8))], FAULT.range],
    ['a picture too short', [3, 0, 1, 1, 2, 3], FAULT.length],
    ['something unheard of', [9], FAULT.range],
  ])('refuses %s', (_, payload, fault) => {
    expect(started().ask(COMMAND.display, payload).payload).toEqual([COMMAND.display, fault]);
  });
});

describe('lamps and buzzer', () => {
  it('blink as often as they are told, then stay dark', () => {
    const host = started();
    host.ask(COMMAND.output, [2, ...u16(100), ...u16(100), 3]);
    expect(flashes(host, 2, 1_500)).toBe(2);
    expect(host.board.lamps()[1]).toBe(false);
  });

  it('never leave the buzzer on', () => {
    const host = started();
    expect(host.ask(COMMAND.output, [0, ...u16(100), ...u16(0), 0]).payload).toEqual([COMMAND.output, FAULT.range]);
    expect(host.ask(COMMAND.output, [0, ...u16(2_001), ...u16(0), 1]).payload).toEqual([COMMAND.output, FAULT.range]);
    host.ask(COMMAND.output, [0, ...u16(120), ...u16(0), 1]);
    expect(host.board.buzzer()).toBe(true);
    host.advance(150);
    expect(host.board.buzzer()).toBe(false);
  });

  it('do not exist beyond the profile', () => {
    expect(started().ask(COMMAND.output, [3, ...u16(100), ...u16(0), 0]).payload).toEqual([
      COMMAND.output,
      FAULT.notFitted,
    ]);
  });
});

describe('an evaluator', () => {
  it('says thanks only when the gateway has acknowledged the press', () => {
    const host = started('evaluator');
    host.say(COMMAND.heartbeat);
    host.board.press(5);
    expect(flashes(host, 5, 1_000)).toBeGreaterThan(1);
    expect(host.board.lamps()[5]).toBe(false);
    host.say(COMMAND.ack, u32(host.events[0]?.sequence ?? 0));
    host.advance(20);
    expect([host.board.lamps()[5], host.board.lamps()[4], host.board.buzzer()]).toEqual([true, false, true]);
    host.advance(1_500);
    host.say(COMMAND.heartbeat);
    host.advance(1_500);
    expect(host.board.lamps()[5]).toBe(false);
  });

  it('thanks nobody after ten seconds', () => {
    const host = started('evaluator');
    host.board.press(1);
    for (let second = 0; second < 11; second += 1) {
      host.say(COMMAND.heartbeat);
      host.advance(1_000);
    }
    expect(flashes(host, 1, 600)).toBe(0);
    host.say(COMMAND.ack, u32(1));
    host.advance(50);
    expect(host.board.lamps()[5]).toBe(false);
  });
});

describe('a board without a gateway', () => {
  it('shows its own text and blinks, goes on storing, and tells all when the gateway is back', () => {
    const host = started();
    set(host, SETTING.defaultText, text('BYE'));
    set(host, SETTING.silenceMs, u16(600));
    host.ask(COMMAND.output, [2, ...u16(100), ...u16(0), 0]);
    expect(host.board.lamps()).toEqual([false, true]);
    host.advance(700);
    expect(host.board.lamps()[1]).toBe(false);
    expect(host.board.display().rows[1]).toContain('1');
    expect(flashes(host, 1, 4_100)).toBe(2);
    host.board.press(6);
    host.advance(200);
    expect(host.events).toEqual([]);
    host.say(COMMAND.heartbeat);
    host.advance(50);
    expect(host.events.map(({ key, edge }) => [key, edge])).toEqual([
      [6, 'pressed'],
      [6, 'released'],
    ]);
    expect(host.board.display().rows.join('')).not.toContain('1');
  });

  it('says nothing unasked, and its heartbeat every second while the gateway is there', () => {
    const host = started();
    const said = host.heard.length;
    host.board.press(1);
    host.advance(3_500);
    expect(host.heard).toHaveLength(said);
    host.say(COMMAND.heartbeat);
    host.advance(2_600);
    expect(host.heard.filter(({ command }) => command === COMMAND.heartbeat)).toHaveLength(3);
  });
});
