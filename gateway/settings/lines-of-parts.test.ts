// A part of a device may hang on a line of its own: hall.yaml is checked for it as for the device.
import { describe, expect, it } from 'vitest';
import { changed, read } from './read-settings.fixture.ts';

const EAR = 'line: bus-a, address: 5, ear: {line: bus-b}';
const WITH_EAR = changed('line: bus-a, address: 5', EAR);
const WITH_BOTH = WITH_EAR.replace('devices:', '  bus-b: {type: tcp, host: 10.0.0.9, port: 4001}\ndevices:');

describe('a part of a device', () => {
  it('on a line that is not in hall.yaml is a mistake at that place', () => {
    const result = read(WITH_EAR);
    expect(!result.ok && result.mistakes.map(({ line, code }) => ({ line, code }))).toEqual([
      { line: 12, code: 'settings.reference-unknown' },
    ]);
  });

  it('uses its line, so nobody is told that the line is unused', () => {
    const result = read(WITH_BOTH);
    expect(result).toMatchObject({ ok: true, warnings: [] });
  });
});
