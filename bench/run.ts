/**
 * `npm run bench [-- [NAME...] [--quick] [--runs N]]`: measures the budgets, prints the table, writes results.json and results.md.
 */
import { fork } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { BENCHMARKS, isBenchmark, type BenchmarkName } from './benchmarks.ts';
import { figuresOf, measurementSchema, type Figure, type Measurement, type Size } from './figure.ts';
import { machineFacts, machineText } from './machine.ts';
import { mergedResults, resultsPage, type Results } from './results.ts';
import { textTable } from './table.ts';

const SIGN_OF_LIFE_MS = 10_000;
const RESULTS = {
  json: fileBeside('results.json'),
  page: fileBeside('results.md'),
  findings: fileBeside('findings.md'),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, runs: { type: 'string', default: '1' } },
});
const unknown = positionals.filter((name) => !isBenchmark(name));
const runs = Number(values.runs);
if (unknown.length > 0 || !Number.isInteger(runs) || runs < 1) {
  console.error(`npm run bench -- [${Object.keys(BENCHMARKS).join('|')}]... [--quick] [--runs N]`);
  process.exit(2);
}
await measure(positionals.length > 0 ? positionals : Object.keys(BENCHMARKS), values.quick ? 'quick' : 'full', runs);

async function measure(names: readonly string[], size: Size, runsCount: number): Promise<void> {
  const machine = await machineFacts();
  console.log(machineText(machine));
  const benchmarks: Results['benchmarks'] = {};
  for (const name of names.filter(isBenchmark)) {
    benchmarks[name] = {
      measuredOn: new Date().toISOString().slice(0, 10),
      figures: await figuresFor(name, size, runsCount),
    };
  }
  const figures = Object.values(benchmarks).flatMap((benchmark) => benchmark.figures);
  console.log(`\n${textTable(figures)}\n`);
  if (size === 'quick')
    console.log('--quick: the sizes are too small for the figures to mean anything; nothing was written.');
  else await store({ machine, benchmarks });
}

async function figuresFor(name: BenchmarkName, size: Size, runsCount: number): Promise<Figure[]> {
  const found: Measurement[][] = [];
  for (let run = 1; run <= runsCount; run += 1) {
    const title = `${name}: ${BENCHMARKS[name].title}${runsCount > 1 ? ` (run ${run} of ${runsCount})` : ''}`;
    found.push(await withSignsOfLife(title, () => oneRun(name, size)));
  }
  return figuresOf(found);
}

/** Rejects when the benchmark fails; what it said is on the terminal already. */
function oneRun(name: BenchmarkName, size: Size): Promise<Measurement[]> {
  const worker = fork(new URL('./worker.ts', import.meta.url), [name, size]);
  let found: unknown;
  worker.on('message', (message) => (found = message));
  return new Promise((resolve, reject) => {
    worker.once('exit', (code) => {
      if (code === 0) resolve(z.array(measurementSchema).parse(found));
      else reject(new Error(`the benchmark "${name}" ended with ${code ?? 'a signal'}`));
    });
  });
}

async function withSignsOfLife<T>(title: string, work: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  const seconds = () => `${((performance.now() - startedMs) / 1_000).toFixed(0)} s`;
  const life = setInterval(() => console.log(`  … ${title}: ${seconds()}`), SIGN_OF_LIFE_MS);
  try {
    const result = await work();
    console.log(`✓ ${title} (${seconds()})`);
    return result;
  } finally {
    clearInterval(life);
  }
}

async function store(fresh: Results): Promise<void> {
  const stored = await readFile(RESULTS.json, 'utf8').catch(() => undefined);
  const results = mergedResults(stored, fresh);
  await writeFile(RESULTS.json, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(RESULTS.page, resultsPage(results, await readFile(RESULTS.findings, 'utf8')));
  console.log('written: bench/results.json, bench/results.md');
}

function fileBeside(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
