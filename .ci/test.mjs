// `npm test`: set-up, the static checks, then every test. All of it runs even if something fails; the last line is the
// count. Arguments go to vitest: `npm test -- spool`.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onTerminal, say, step } from './console.mjs';
import { ROOT, setUp } from './set-up.mjs';

const RESULTS = join(ROOT, '.cache', 'vitest.json');
const CHECKS = [
  { name: 'types (tsc)', tool: 'tsc', args: ['-p', '.'] },
  { name: 'lint (eslint)', tool: 'eslint', args: ['.', '--max-warnings=0'] },
  { name: 'format (prettier)', tool: 'prettier', args: ['--check', '--log-level=warn', '.'] },
  { name: 'imports (dependency-cruiser)', tool: 'depcruise', args: ['--config', '.dependency-cruiser.cjs', '.'] },
  { name: 'unused code (knip)', tool: 'knip', args: [] },
];

await setUp({ for: 'test' });
const failedChecks = await staticChecks();
const vitestCode = await runVitest(process.argv.slice(2));
const count = report();
if (failedChecks.length > 0) say(`failed checks: ${failedChecks.join(', ')}`);
process.exitCode = failedChecks.length === 0 && vitestCode === 0 && count.failed === 0 && count.passed > 0 ? 0 : 1;
say(`${count.passed} passed, ${count.failed} failed${count.skipped === 0 ? '' : `, ${count.skipped} skipped`}`);

/** Names of the checks that failed. */
async function staticChecks() {
  const failed = [];
  for (const { name, tool, args } of CHECKS) {
    const { code } = await step(name, bin(tool), args, { cwd: ROOT });
    if (code !== 0) failed.push(name);
  }
  return failed;
}

function runVitest(filters) {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  rmSync(RESULTS, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${RESULTS}`];
  return onTerminal(bin('vitest'), ['run', ...reporters, ...filters], { cwd: ROOT });
}

/** Counts the tests and names the skipped ones; a file that could not even be loaded is one failure. */
function report() {
  const files = readResults();
  const tests = files.flatMap((file) => file.assertionResults);
  const skipped = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed');
  const unloadable = files.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  for (const test of skipped) say(`skipped: ${test.fullName}`);
  for (const file of unloadable) say(`could not be loaded: ${file.name}`);
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    failed: tests.filter((test) => test.status === 'failed').length + unloadable.length,
    skipped: skipped.length,
  };
}

function readResults() {
  try {
    return JSON.parse(readFileSync(RESULTS, 'utf8')).testResults;
  } catch {
    say('vitest left no results');
    return [];
  }
}

function bin(tool) {
  return join(ROOT, 'node_modules', '.bin', tool);
}
