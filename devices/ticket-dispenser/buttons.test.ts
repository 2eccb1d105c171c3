// The button panel of a kiosk: one press is one wish, whatever the panel sends.
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../gateway/kernel/clock.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import { lineSettingsSchema } from '../../gateway/kernel/line-settings.ts';
import { collectingLog } from '../../gateway/kernel/log.ts';
import type { LinePort } from '../../simulators/kit/line-peer.ts';
import { until } from '../../simulators/kit/until.ts';
import { startButtonPanel } from '../../simulators/ticket-dispenser/buttons.ts';
import { lineDecoder, sequenceDecoder, type Heard, type PanelDecoder } from './buttons-codec.ts';
import { buttonsConfig, runButtons, type ButtonsState } from './buttons.ts';

const BYTES = {
  line: 'panel',
  buttons: [
    { sends: '01', code: 'SS01', name: '社保业务' },
    { sends: 'A5025A', code: 'TX01', name: '税务业务' },
  ],
};
const LINES = {
  line: 'panel',
  codes: 'lines',
  buttons: [
    { sends: 'B1', code: 'SS01', name: '社保业务' },
    { sends: 'B12', code: 'TX01', name: '税务业务' },
  ],
};
const SENT = {
  bytes: { social: Buffer.from('01', 'hex'), tax: Buffer.from('a5025a', 'hex') },
  lines: { social: Buffer.from('B1\r\n'), tax: Buffer.from('B12\n') },
};

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function panelAndDriver(settings: object = BYTES, sent = SENT.bytes, port: LinePort = { type: 'tcp' }) {
  const panel = await startButtonPanel({ port, buttons: sent });
  closing.push(() => panel.close());
  const stopping = new AbortController();
  const { lines, ...log } = collectingLog();
  const wishes: string[] = [];
  const states: ButtonsState[] = [];
  const line = () => lineSettingsSchema.parse(panel.line);
  const hall = { line, signal: stopping.signal, log, clock: systemClock() };
  const ended = runButtons(buttonsConfig.parse(settings), hall, {
    onBusiness: ({ code }) => void wishes.push(code),
    onState: (state) => void states.push(state),
  });
  closing.push(() => {
    stopping.abort(new HallError('device.stopped'));
    return ended;
  });
  await until('the panel is present', () => states.at(-1)?.part === 'present');
  return { panel, wishes, states, log: lines };
}

const untilWishes = (wishes: string[], count: number) =>
  until(`${count} wishes came`, () => (wishes.length >= count ? wishes : undefined));

describe('a press', () => {
  it.each([
    ['bytes', BYTES, SENT.bytes],
    ['lines', LINES, SENT.lines],
  ])('is the wish for its business (%s)', async (_codes, settings, sent) => {
    const { panel, wishes } = await panelAndDriver(settings, sent);
    await panel.press('social');
    await panel.press('tax');
    expect(await untilWishes(wishes, 2)).toEqual(['SS01', 'TX01']);
  });

  it('is one wish when the button bounces or is held down', async () => {
    const { panel, wishes } = await panelAndDriver();
    await panel.press('social', 20);
    await panel.press('tax');
    expect(await untilWishes(wishes, 2)).toEqual(['SS01', 'TX01']);
  });

  it('is a second wish after the repeat window', async () => {
    const { panel, wishes } = await panelAndDriver({ ...BYTES, repeatWindowMs: 0 });
    await panel.press('social', 1, 1);
    expect(await untilWishes(wishes, 2)).toEqual(['SS01', 'SS01']);
  });

  it.each(['every-byte', 'random'] as const)('may come in pieces (%s)', async (split) => {
    const { panel, wishes } = await panelAndDriver();
    panel.faults.split = split;
    await panel.press('tax');
    await panel.press('social');
    expect(await untilWishes(wishes, 2)).toEqual(['TX01', 'SS01']);
  });

  it('comes through a serial port too, also after its cable was pulled', async () => {
    const { panel, wishes, states } = await panelAndDriver(BYTES, SENT.bytes, { type: 'pty' });
    await panel.press('social');
    await untilWishes(wishes, 1);
    await panel.pullCable();
    await until('the panel is absent', () => states.at(-1)?.part === 'absent');
    await panel.plugIn();
    await until('the panel is back', () => states.at(-1)?.part === 'present');
    await panel.press('tax');
    expect(await untilWishes(wishes, 2)).toEqual(['SS01', 'TX01']);
  });

  it('of a button that nobody knows is logged once and is no wish', async () => {
    const { panel, wishes, log } = await panelAndDriver();
    for (let time = 0; time < 3; time += 1) {
      panel.send(Buffer.from('77'));
      await panel.press('social');
    }
    panel.send(Uint8Array.of(0x99));
    await until('both were reported', () => log.filter(({ event }) => event === 'button.unknown').length === 2);
    expect(log.map(({ facts }) => facts['head']).filter(Boolean)).toEqual(['3737', '99']);
    expect(wishes).toEqual(['SS01']);
  });

  it('is heard although half a code hangs before it', async () => {
    const { panel, wishes, log } = await panelAndDriver();
    panel.send(Buffer.from('a502', 'hex'));
    await until('it was given up', () => log.some(({ event }) => event === 'button.unknown'));
    await panel.press('tax');
    expect(await untilWishes(wishes, 1)).toEqual(['TX01']);
  });
});

describe('an ID number that somebody scans into the panel', () => {
  it('is neither a wish nor to be read in the log', async () => {
    const { panel, log } = await panelAndDriver(LINES, SENT.lines);
    panel.send(Buffer.from('11010519491231002X\r\n'));
    await until('it was reported', () => log.some(({ event }) => event === 'button.unknown'));
    const text = JSON.stringify(log);
    expect(text).not.toContain('11010519491231002X');
    expect(text).not.toContain(Buffer.from('1949123').toString('hex'));
  });
});

/** All codes that a decoder makes of the bytes, cut anywhere. */
function codesIn(decoder: PanelDecoder, bytes: Uint8Array, cuts: readonly number[]): string[] {
  const borders = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const heard: Heard[] = borders.slice(1).flatMap((end, index) => decoder.push(bytes.subarray(borders[index], end)));
  return [...heard, ...decoder.silence()].flatMap((each) => (each.kind === 'code' ? [each.code] : []));
}

describe('the decoders', () => {
  const cuts = fc.array(fc.nat(200), { maxLength: 10 });

  it('hear every sequence, however cut, between bytes that begin none', () => {
    const codes = ['01', 'a5025a', 'a503'];
    const noise = fc.constantFrom('', '77', '5a', 'ff00');
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, fc.constantFrom(...codes)), { maxLength: 10 }), cuts, (parts, at) => {
        const bytes = Buffer.from(parts.flat().join(''), 'hex');
        expect(codesIn(sequenceDecoder(codes), bytes, at)).toEqual(parts.map(([, code]) => code));
      }),
    );
  });

  it('hear every line, however cut and ended', () => {
    const codes = ['B1', 'B12', '社保'];
    const end = fc.constantFrom('\r', '\n', '\r\n', '\n\n');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...codes, 'x'), end), { maxLength: 10 }), cuts, (parts, at) => {
        const bytes = Buffer.from(parts.flat().join(''));
        const known = parts.map(([code]) => code).filter((code) => code !== 'x');
        expect(codesIn(lineDecoder(codes), bytes, at)).toEqual(known);
      }),
    );
  });

  it('take half a line for no press, and hear the next one', () => {
    const decoder = lineDecoder(['B1', 'B12']);
    expect([...decoder.push(Buffer.from('B1')), ...decoder.silence()]).toMatchObject([{ kind: 'unknown' }]);
    expect(decoder.push(Buffer.from('B12\n'))).toEqual([{ kind: 'code', code: 'B12' }]);
  });

  it('hold back a line of any length in a few bytes, and tell how long it was', () => {
    const decoder = lineDecoder(['B1']);
    for (let time = 0; time < 1_000; time += 1) expect(decoder.push(Buffer.alloc(1_000, 0x41))).toEqual([]);
    expect(decoder.push(Buffer.from('\n'))).toEqual([{ kind: 'unknown', bytes: 1_000_000, head: '41'.repeat(8) }]);
  });
});

describe('the settings of the panel', () => {
  const button = (sends: string) => ({ sends, code: 'SS01', name: '社保业务' });
  it.each([
    ['bytes', ['1'], 'buttons.0.sends'],
    ['bytes', ['0G'], 'buttons.0.sends'],
    ['bytes', ['a5', 'A5'], 'buttons.1.sends'],
    ['bytes', ['a5', 'a501'], 'buttons.0.sends'],
    ['lines', ['B1', 'B1'], 'buttons.1.sends'],
    ['lines', [' B1'], 'buttons.0.sends'],
  ])('are refused where a code cannot be told apart: %s %j', (codes, sends, path) => {
    const result = buttonsConfig.safeParse({ line: 'panel', codes, buttons: sends.map(button) });
    expect(result.error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
  });
});
