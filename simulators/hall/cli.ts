/**
 * The command line of the hall simulator: arguments and calls, nothing else.
 */
import { readFile, writeFile, mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { DEFAULT_API_PORT } from './api.ts';
import { inputOf, numberOf, timeOfDay } from './cli-arguments.ts';
import { sayings } from './cli-sayings.ts';
import { hallTalk } from './cli-talk.ts';
import { cliTexts } from './cli-texts.ts';
import { runHall } from './hall-run.ts';
import { loopbackCopy } from './loopback-copy.ts';
import { languageOf, type Language } from './screen-texts.ts';

const DEFAULT_API = `http://127.0.0.1:${DEFAULT_API_PORT}`;
const SPEED = [0.1, 10_000] as const;
const SEED = [0, 4_294_967_295] as const;
const VISITS = [0, 100_000] as const;
const FAULTS = [0, 1_000] as const;
const PORT = [0, 65_535] as const;
const MS_PER_SECOND = 1_000;
const SAME_REQUEST_MS = 500;
/** As shells say it: 128 and SIGINT. */
const EXIT_INTERRUPTED = 130;

const language = wantedLanguage(process.argv.slice(2));
const texts = cliTexts(language);
const program = new Command('hall').description(texts.about).helpOption('-h, --help', texts.help);
program.option('--lang <zh|en>', texts.lang).option('--api <url>', texts.api, DEFAULT_API);
program.helpCommand(false);
const talk = () => hallTalk(program.opts<{ api: string }>().api, texts);

program
  .command('run')
  .description(texts.run)
  .argument('<hall.yaml>', texts.hallFile)
  .option('--api-port <port>', texts.apiPort, number('--api-port', PORT), DEFAULT_API_PORT)
  .option('--record <file>', texts.record)
  .option('--speed <n>', texts.speed, number('--speed', SPEED), 1)
  .option('--seed <n>', texts.seed, number('--seed', SEED), 1)
  .option('--visits-per-day <n>', texts.visits, number('--visits-per-day', VISITS), 2_500)
  .option('--from <HH:MM>', texts.from, taken(timeOfDay), timeOfDay('9:00', texts))
  .option('--faults', texts.faults, false)
  .option('--faults-per-hour <n>', texts.faultsPerHour, number('--faults-per-hour', FAULTS), 12)
  .action(run);

program
  .command('rewrite')
  .description(texts.rewrite)
  .argument('<hall.yaml>', texts.hallFile)
  .argument('<copy.yaml>', texts.copy)
  .action(rewrite);

program
  .command('list')
  .description(texts.list)
  .action(async () => print(await talk().list(language)));

program
  .command('do')
  .description(texts.do)
  .argument('<device>')
  .argument('<hand>')
  .argument('[name=value...]')
  .action(async (device: string, hand: string, input: string[]) => {
    print(await talk().do(device, hand, inputOf(input, texts)));
  });

for (const hand of ['press', 'punch'] as const) {
  program
    .command(hand)
    .description(texts[hand])
    .argument('<device>')
    .argument('[name=value...]')
    .action(async (device: string, input: string[]) => print(await talk().do(device, hand, inputOf(input, texts))));
}

for (const deed of ['pull', 'plug'] as const) {
  program
    .command(deed)
    .description(texts[deed])
    .argument('<device>')
    .action(async (device: string) => print(await talk().cable(device, deed)));
}

program
  .command('show')
  .description(texts.show)
  .argument('<device>')
  .option('--png <file>', texts.png)
  .action(async (device: string, { png }: { png?: string }) => {
    if (png === undefined) print(await talk().show(device, process.stdout.isTTY));
    else {
      await talk().png(device, png);
      print(texts.written(png));
    }
  });

program
  .command('truth')
  .description(texts.truth)
  .option('--since <n>', texts.since, number('--since', [0, Number.MAX_SAFE_INTEGER]), 0)
  .action(async ({ since }: { since: number }) => print(await talk().truth(since)));

try {
  await program.parseAsync();
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
}

interface RunOptions {
  apiPort: number;
  record?: string;
  speed: number;
  seed: number;
  visitsPerDay: number;
  from: number;
  faults: boolean;
  faultsPerHour: number;
}

async function run(path: string, { record, from, faults, faultsPerHour, ...rest }: RunOptions): Promise<void> {
  const stop = new AbortController();
  const interrupt = interruption(stop);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  const { counts, happenings, dayOver } = await runHall({
    ...{ path, env: process.env, record, fromMs: from, signal: stop.signal, say: sayings(texts, print), ...rest },
    faultsPerHour: faults ? faultsPerHour : 0,
  });
  for (const [what, count] of counts.refused) print(`${texts.refused} ${what} × ${count}`);
  print(texts.counts(counts.done, happenings, Math.round(counts.lagMs / MS_PER_SECOND)));
  print(dayOver ? texts.dayOver : texts.stopped);
}

/** The first call stops in order; one that comes clearly later (npm and the terminal may both tell) stops at once. */
function interruption(stop: AbortController): () => void {
  let askedMs = Infinity;
  return () => {
    if (performance.now() - askedMs > SAME_REQUEST_MS) process.exit(EXIT_INTERRUPTED);
    if (!stop.signal.aborted) print(texts.stopping);
    askedMs = Math.min(askedMs, performance.now());
    stop.abort();
  };
}

/** Pseudo-terminals and records of the copy go into a folder beside it. */
async function rewrite(path: string, copy: string): Promise<void> {
  const folder = `${resolve(copy).replace(/\.ya?ml$/, '')}.d`;
  const { text, changes } = loopbackCopy(await readFile(path, 'utf8'), folder);
  await mkdir(folder, { recursive: true });
  await mkdir(dirname(resolve(copy)), { recursive: true });
  await writeFile(copy, text);
  for (const { where, from, to } of changes) print(`  ${where}: ${from} → ${to}`);
  print(texts.changed(changes.length, copy));
  if (changes.some(({ where }) => where === 'uplink.url')) print(texts.ownCentre);
}

function print(line: string): void {
  if (line !== '') process.stdout.write(`${line}\n`);
}

/** An option's text as a number; its mistake is told by the command line. */
function number(name: string, limits: readonly [number, number]): (text: string) => number {
  return taken((text) => numberOf(name, text, limits, texts));
}

function taken<T>(read: (text: string, words: typeof texts) => T): (text: string) => T {
  return (text) => {
    try {
      return read(text, texts);
    } catch (thrown) {
      throw new InvalidArgumentError(thrown instanceof Error ? thrown.message : String(thrown));
    }
  };
}

/** Wanted before the command line is read, because its help is in that language. */
function wantedLanguage(args: readonly string[]): Language {
  const at = args.findLastIndex((text) => text === '--lang' || text.startsWith('--lang='));
  const wanted = at < 0 ? undefined : (args[at]?.split('=')[1] ?? args[at + 1]);
  return languageOf(wanted === undefined ? process.env : { LANG: wanted });
}
