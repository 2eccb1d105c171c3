import { expect, test } from 'vitest';
import { parseDemoOptions } from './demo-options.ts';

test('without arguments the demo runs until Ctrl-C and nothing is broken on purpose', () => {
  const parsed = parseDemoOptions([], {}, '/clone');
  expect(parsed).toMatchObject({
    kind: 'run',
    options: { language: 'en', hall: 'small', portBase: 18_830, directory: '/clone/.cache/demo', speed: 30, seed: 1 },
  });
  expect(parsed.kind === 'run' && parsed.options.killAfterSeconds).toBeUndefined();
});

test('the promise can be tried from the command line', () => {
  const parsed = parseDemoOptions(['--pull-uplink-after', '20', '--kill-after=30'], {}, '/clone');
  expect(parsed).toMatchObject({
    kind: 'run',
    options: { pullUplinkAfterSeconds: 20, pullUplinkForSeconds: 60, killAfterSeconds: 30 },
  });
});

test('the reference hall has more visitors, and a folder of its own', () => {
  const parsed = parseDemoOptions(['--hall', 'reference', '--faults', '--record', 'truth.jsonl'], {}, '/clone');
  expect(parsed).toMatchObject({
    kind: 'run',
    options: { hall: 'reference', visitsPerDay: 2_500, faults: true, record: 'truth.jsonl' },
  });
  expect(parsed.kind === 'run' && parsed.options.directory).toBe('/clone/.cache/demo-reference');
});

test.each([
  ['--hall', 'large'],
  ['--speed', '0'],
  ['--port-base', '80'],
  ['--port-base', 'x'],
  ['--seed', '-1'],
  ['--lang', 'fr'],
  ['--unknown', '1'],
])('%s %s is refused with the reason and the usage, exit code 2', (...args) => {
  const parsed = parseDemoOptions(args, { LANG: 'zh_CN.UTF-8' }, '/clone');
  expect(parsed).toMatchObject({ kind: 'say', exitCode: 2 });
  expect(parsed.kind === 'say' && parsed.text).toMatch(/选项/);
});

test('--help says everything in the asked language', () => {
  expect(parseDemoOptions(['--help', '--lang', 'zh'], {}, '/')).toMatchObject({ kind: 'say', exitCode: 0 });
});
