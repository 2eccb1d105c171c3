import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../simulators/kit/random.ts';
import { BOOT_MS, COMMAND, FAULT, set, SETTING, started, statusOf, text } from './desk.fixture.ts';

describe('settings', () => {
  it('are refused while locked, serve one change after unlocking, and outlive a power cut', () => {
    const host = started();
    expect(host.ask(COMMAND.setSetting, [SETTING.serial, ...text('EV-1')]).payload).toEqual([
      COMMAND.setSetting,
      FAULT.locked,
    ]);
    expect(set(host, SETTING.serial, text('EV-1')).command).toBe(COMMAND.done);
    expect(host.ask(COMMAND.setSetting, [SETTING.serial, ...text('EV-2')]).payload).toEqual([
      COMMAND.setSetting,
      FAULT.locked,
    ]);
    expect(host.ask(COMMAND.unlock, text('EV-2')).payload).toEqual([COMMAND.unlock, FAULT.locked]);
    host.board.cutPower();
    host.board.powerOn();
    host.advance(BOOT_MS);
    expect(host.ask(COMMAND.getSetting, [SETTING.serial]).payload).toEqual([SETTING.serial, ...text('EV-1')]);
    expect(host.ask(COMMAND.identity, [1]).payload.slice(16)).toEqual(text('EV-1'));
  });

  it('are the old or the new ones after a power cut in the middle of writing, never others', () => {
    const host = started();
    set(host, SETTING.serial, text('A'.repeat(16)));
    const random = seededRandom(11);
    const seen = new Set<string>();
    for (let i = 0; i < 25; i += 1) {
      const after = i % 2 ? 'A' : 'B';
      const present = Buffer.from(host.ask(COMMAND.getSetting, [SETTING.serial]).payload.slice(1)).toString();
      expect(['A'.repeat(16), 'B'.repeat(16)]).toContain(present);
      seen.add(present);
      host.ask(COMMAND.unlock, text(present));
      host.say(COMMAND.setSetting, [SETTING.serial, ...text(after.repeat(16))]);
      host.advance(5 + random.next() * 120);
      host.board.cutPower();
      host.board.powerOn();
      host.advance(100);
    }
    expect(seen.size).toBe(2);
  });

  it('go with a restart on demand, which counts as no accident', () => {
    const host = started();
    expect(host.ask(COMMAND.restart).payload).toEqual([COMMAND.restart, FAULT.locked]);
    host.ask(COMMAND.unlock);
    expect(host.ask(COMMAND.restart).command).toBe(COMMAND.done);
    host.advance(BOOT_MS);
    expect(host.board.starts()).toBe(2);
    expect(statusOf(host)).toMatchObject({ cause: 0b11000, watchdogResets: 0 });
  });
});

describe('in trouble', () => {
  it('a hung program is restarted by the watchdog after two seconds, with its records', () => {
    const host = started();
    host.board.press(2);
    host.advance(200);
    host.board.wedge();
    host.advance(1_900);
    expect(host.board.starts()).toBe(1);
    host.advance(400);
    expect(host.board.starts()).toBe(2);
    host.say(COMMAND.heartbeat);
    host.advance(100);
    expect(host.events.map(({ key, beforeStart, ageMs }) => [key, beforeStart, ageMs])).toEqual([
      [2, true, undefined],
      [2, true, undefined],
    ]);
    expect(statusOf(host)).toMatchObject({ cause: 0b1000, watchdogResets: 1, powerOns: 1 });
  });

  it('garbage and floods cost what they hit, and nothing after', () => {
    const host = started();
    const random = seededRandom(99);
    for (let i = 0; i < 30; i += 1) {
      host.board.receive(random.bytes(random.int(1, 120)));
      host.advance(random.int(5, 30));
    }
    host.board.receive(Uint8Array.from({ length: 1_500 }, () => 0xf0));
    host.board.receive(Uint8Array.from([0xf0, ...Array.from({ length: 600 }, () => 0x11)]));
    host.board.receive(Uint8Array.from({ length: 600 }, (_, index) => [0xf0, 0x6b, 0xf7][index % 3] ?? 0));
    host.board.press(7, { heldMs: 120 });
    host.advance(5_000);
    expect(host.board.starts()).toBe(1);
    expect(statusOf(host).receiveOverruns).toBeGreaterThan(100);
    host.advance(100);
    expect(host.events.map(({ key }) => key)).toContain(7);
    expect(host.ask(COMMAND.identity, [1]).payload[0]).toBe(1);
  });

  it('a wrong check, an unknown command, a wrong length and a frame too long are told and counted', () => {
    const host = started();
    host.board.receive(Uint8Array.from([0xf0, COMMAND.ack, 4, 1, 0, 0, 0, 0, 1, 1, 0xf7]));
    host.advance(20);
    host.board.receive(Uint8Array.from([0xf0, 1, ...Array.from({ length: 120 }, () => 2), 0xf7]));
    host.advance(60);
    expect(host.heard.filter(({ command }) => command === COMMAND.error).map(({ payload }) => payload)).toEqual([
      [0, FAULT.check],
      [0, FAULT.tooLong],
    ]);
    expect(statusOf(host).framesDropped).toBe(2);
    expect(host.ask(0x0d).payload).toEqual([0x0d, FAULT.unknownCommand]);
    expect(host.ask(COMMAND.ack, [1]).payload).toEqual([COMMAND.ack, FAULT.length]);
  });
});
