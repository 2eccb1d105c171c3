import { describe, expect, it } from 'vitest';
import type { Figure } from './figure.ts';
import { fileSystemOf, type MachineFacts } from './machine.ts';
import { mergedResults, resultsPage, type Results } from './results.ts';
import { markdownTable, numberText, textTable } from './table.ts';

const MACHINE: MachineFacts = {
  ...{ cpu: 'Small CPU', cores: 2, memoryGiB: 4, node: 'v20.19.0', kernel: 'Linux 6.1', fileSystem: 'ext4' },
  syncedWriteMs: 0.4,
  loadAverage: 0.1,
};
const DRAIN: Figure = {
  ...{ name: 'drain', value: 41_234.5, unit: 'events/s', budget: { of: 'ratio', atLeast: 1 } },
  ...{ peer: { name: 'bridge', value: 50_000 }, ratio: 0.82469, holds: false, runs: [41_234.5] },
  note: '200 rows',
};
const PRESS: Figure = {
  ...{ name: 'p50', value: 2.8349, unit: 'ms', budget: { of: 'value', atMost: 10 }, holds: true, runs: [2.8349] },
};
const MEMORY: Figure = { name: 'memory', value: 101, unit: 'MB RSS', runs: [101] };

function results(name: string, figures: Figure[], machine = MACHINE): Results {
  return { machine, benchmarks: { [name]: { measuredOn: '2026-01-02', figures } } };
}

describe('the table', () => {
  it('stands in columns, says against whom and which budget, and shouts when one does not hold', () => {
    expect(textTable([DRAIN, PRESS, MEMORY])).toBe(
      [
        'figure  measured  unit      peer            ratio  budget       holds',
        '------  --------  --------  --------------  -----  -----------  -----',
        'drain     41,235  events/s  bridge: 50,000   0.82  >= 1 x peer  NO',
        'p50         2.83  ms                               <= 10 ms     yes',
        'memory       101  MB RSS',
      ].join('\n'),
    );
  });

  it('is the same in Markdown', () => {
    const [headings, dashes, drain] = markdownTable([DRAIN, PRESS]).split('\n');
    expect(headings).toMatch(/^\| figure \| measured \| unit /);
    expect(dashes).toMatch(/^\| -+ \| -+: \| -+ \| -+ \| -+: \| -+ \| -+ \|$/);
    expect(drain?.split('|').map((cell) => cell.trim())).toEqual([
      '',
      'drain',
      '41,235',
      'events/s',
      'bridge: 50,000',
      '0.82',
      '>= 1 x peer',
      'NO',
      '',
    ]);
  });

  it.each([
    [0.0123, '0.0123'],
    [9.996, '10'],
    [99.94, '99.9'],
    [1_234_567.8, '1,234,568'],
  ])('writes %d as %s', (value, text) => {
    expect(numberText(value)).toBe(text);
  });
});

describe('the results', () => {
  it('keep what other benchmarks found on the same machine', () => {
    const stored = JSON.stringify(results('uplink', [DRAIN]));
    const merged = mergedResults(stored, results('latency', [PRESS]));
    expect(merged.benchmarks).toEqual({
      ...results('uplink', [DRAIN]).benchmarks,
      ...results('latency', [PRESS]).benchmarks,
    });
  });

  it('replace what the same benchmark found before', () => {
    const stored = JSON.stringify(results('uplink', [DRAIN]));
    expect(mergedResults(stored, results('uplink', [MEMORY])).benchmarks['uplink']?.figures).toEqual([MEMORY]);
  });

  it('forget what was found on another machine', () => {
    const stored = JSON.stringify(results('uplink', [DRAIN], { ...MACHINE, cores: 64 }));
    expect(mergedResults(stored, results('latency', [PRESS]))).toEqual(results('latency', [PRESS]));
  });

  it('say where the time goes for each figure that falls short, and for no other', () => {
    const findings = '# Where the time goes\n\n## drain\n\nHalf of it is the codec.\n\n## p50\n\nFast enough.\n';
    const page = resultsPage(results('uplink', [DRAIN, PRESS]), findings);
    expect(page).toContain('### drain\n\nHalf of it is the codec.\n');
    expect(page).not.toContain('Fast enough');
    expect(page).toContain('- drain: 200 rows.');
  });

  it('say so when nobody has looked into a figure that falls short', () => {
    expect(resultsPage(results('uplink', [DRAIN]), '# Where the time goes\n')).toContain(
      'Nobody has looked into this yet',
    );
  });

  it('have no such chapter when every budget holds', () => {
    expect(resultsPage(results('latency', [PRESS]), '')).not.toContain('falls short');
  });
});

describe('the machine', () => {
  it('is told with the file system that the files lie on, not with one whose name begins the same', () => {
    const mounts = '/dev/sda1 / ext4 rw 0 0\ntmpfs /home/me/bench-ram tmpfs rw 0 0\n/dev/sdb1 /home/me xfs rw 0 0\n';
    expect(fileSystemOf('/home/me/bench', mounts)).toBe('xfs');
    expect(fileSystemOf('/home/me/bench-ram/x', mounts)).toBe('tmpfs');
    expect(fileSystemOf('/var', mounts)).toBe('ext4');
  });
});
