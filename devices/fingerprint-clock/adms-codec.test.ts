/**
 * The texts of the push protocol, read by the driver and written by the simulator, against the same sample frames.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { zoneTime } from '../../gateway/kernel/local-time.ts';
import { attendanceLine, bodyOf, userLine } from '../../simulators/fingerprint-clock/push-texts.ts';
import { decodeInfo, decodeOperation, decodeOptions, decodeOutcome, decodePunch } from './adms-codec.ts';
import { familyOf, introduction } from './adms-options.ts';
import { admsConfigSchema } from './adms-settings.ts';
import frames from './frames.json' with { type: 'json' };

function bytesOf(name: string): Buffer {
  const frame = frames.push.find((one) => one.name === name);
  if (!frame) throw new Error(`no sample "${name}"`);
  return Buffer.from(frame.hex, 'hex');
}
const sample = (name: string) => bytesOf(name).toString('latin1');
const EIGHT = { year: 2026, month: 6, day: 1, hour: 8, minute: 0, second: 0 };

describe('a line of the attendance log', () => {
  test('is read with all its fields, and without those that old firmware leaves away', () => {
    expect(decodePunch(sample('attlog'))).toEqual({ userId: '1001', time: EIGHT, punch: 0, verify: 1, workCode: 0 });
    const evening = { ...EIGHT, hour: 17, minute: 30, second: 5 };
    expect(decodePunch(sample('attlog-short'))).toEqual({ userId: '00042', time: evening, punch: 1, verify: 15 });
    expect(decodePunch(sample('attlog-work-code'))).toMatchObject({ punch: 255, verify: 4, workCode: 7 });
  });

  test.each(['', '1001', '1001\tyesterday\t0\t1', '\t2026-06-01 08:00:00\t0\t1', 'a b\t2026-06-01 08:00:00\t0\t1'])(
    'is none when it says %j',
    (line) => {
      expect(decodePunch(line)).toBeUndefined();
    },
  );

  test('is a punch of an unknown kind when only its codes cannot be read', () => {
    expect(decodePunch('1001\t2026-06-01 08:00:00\tin\t1')).toEqual({
      userId: '1001',
      time: EIGHT,
      punch: 255,
      verify: 1,
    });
    expect(decodePunch('1001\t2026-06-01 08:00:00\t-1\t0x0f')).toMatchObject({ punch: 255, verify: 255 });
  });

  test('never throws, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const line = Buffer.from(bytes).toString('latin1');
        decodePunch(line);
        decodeOperation(line, 'auto');
        decodeOptions(line);
        decodeInfo(line);
        decodeOutcome(line);
      }),
    );
  });

  test('is written by the simulator as the samples say', () => {
    const punch = { userId: '1001', time: '2026-06-01T08:00:00', punch: 0, verify: 1 };
    expect(attendanceLine(punch, 2)).toBe(sample('attlog'));
    const person = { uid: 1, userId: '1001', name: '张三', password: '71717171' };
    for (const encoding of ['gbk', 'utf8'] as const) {
      expect(bodyOf([userLine(person)], '\n', encoding)).toEqual(
        Buffer.concat([bytesOf(`user-${encoding}`), Buffer.from('\n')]),
      );
    }
  });
});

describe('a line of the operation log', () => {
  test.each([
    ['user-gbk', 'auto'],
    ['user-gbk', 'gbk'],
    ['user-utf8', 'auto'],
    ['user-utf8', 'utf8'],
  ] as const)('names a person (%s, read as %s), and no password', (name, encoding) => {
    expect(decodeOperation(sample(name), encoding)).toEqual({ kind: 'user', userId: '1001', name: '张三' });
  });

  test('is an alarm, an operation, a template, or nothing that anybody knows', () => {
    expect(decodeOperation(sample('oplog-tamper'), 'auto')).toMatchObject({ kind: 'alarm', alarm: 'tamper', code: 55 });
    expect(decodeOperation(sample('oplog-menu'), 'auto')).toEqual({ kind: 'operation' });
    expect(decodeOperation('OPLOG 3\t0\t2026-06-01 03:14:15\t50\t0\t0\t0', 'auto')).toEqual({ kind: 'operation' });
    expect(decodeOperation(sample('fp'), 'auto')).toEqual({ kind: 'biometric' });
    expect(decodeOperation('hello', 'auto')).toEqual({ kind: 'broken' });
  });
});

describe('what a clock says about itself', () => {
  test('is read from INFO, from its registration, and from the outcome of a command', () => {
    expect(decodeInfo(sample('info'))).toEqual({ firmware: 'Ver 8.0.1.3-20151229', users: 312, records: 48210 });
    expect(decodeOptions(sample('registry'))).toEqual({
      model: 'SpeedFace-V5L',
      firmware: 'ZAM180-NF-Ver1.4',
      users: 12,
      records: 340,
    });
    expect(decodeOutcome(sample('devicecmd'))).toEqual({ id: '123456789', code: 0 });
    expect(decodeOutcome(sample('devicecmd-refused'))).toEqual({ id: '123456789', code: -1002 });
  });

  test.each([
    [undefined, '2'],
    ['2.4.1', '2'],
    ['3.1.2', '3'],
    ['30', '2'],
  ])('pushver %j means family %s', (version, family) => {
    expect(familyOf(version)).toBe(family);
  });
});

describe('what a clock is told when it introduces itself', () => {
  const optionsOf = (timeZone: string, family: '2' | '3', settings: object = {}) => {
    const config = admsConfigSchema.parse({ listen: '10.0.0.5:8081', serial: 'A1', ...settings });
    const stamps = { ATTLOG: '17' };
    const text = introduction({
      serial: 'A1',
      family,
      stamps,
      config,
      zone: zoneTime(timeZone),
      nowMs: Date.UTC(2026, 0, 5),
    });
    return text.split('\n');
  };

  test.each([
    ['Asia/Shanghai', 'TimeZone=8', 'TimeZone=+08:00'],
    ['Asia/Kolkata', 'TimeZone=330', 'TimeZone=+05:30'],
    ['America/St_Johns', 'TimeZone=-210', 'TimeZone=-03:30'],
    ['UTC', 'TimeZone=0', 'TimeZone=+00:00'],
  ])('is the time zone of %s', (timeZone, two, three) => {
    expect(optionsOf(timeZone, '2')).toContain(two);
    expect(optionsOf(timeZone, '3')).toContain(three);
    expect(optionsOf(timeZone, '2', { sendTimeZone: false }).join()).not.toContain('TimeZone');
  });

  test('is where to go on, and never a table with templates or photos', () => {
    const lines = optionsOf('Asia/Shanghai', '2', { transTimes: ['07:30', '19:00'] });
    expect(lines[0]).toBe('GET OPTION FROM: A1');
    expect(lines).toContain('ATTLOGStamp=17');
    expect(lines).toContain('OPERLOGStamp=0');
    expect(lines).toContain('TransTimes=07:30;19:00');
    expect(lines.find((line) => line.startsWith('TransFlag='))).toBe(
      'TransFlag=TransData AttLog\tOpLog\tEnrollUser\tChgUser',
    );
  });
});
