/**
 * `npm start`: the real gateway with a simulated hall on real sockets and a pseudo-terminal, and a simulated centre that
 * judges what arrives. One calm screen; Ctrl-C stops in order.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verdictText } from '../central/verdict-text.ts';
import { compareText } from './compare-text.ts';
import { parseDemoOptions, type DemoOptions } from './demo-options.ts';
import { startDemo, type Demo } from './demo-run.ts';
import { demoTexts, plainLine, type DemoTexts } from './demo-texts.ts';
import { renderScreen } from './screen.ts';
import { openTerminal, type Terminal } from './terminal.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const REDRAW_MS = 500;
/** Where there is no terminal: a line now and then. */
const PLAIN_EVERY_MS = 10_000;
const CTRL_C = '\u0003';
const SAME_REQUEST_MS = 500;
/** As shells say it: 128 and SIGINT. */
const EXIT_INTERRUPTED = 130;

const parsed = parseDemoOptions(process.argv.slice(2), process.env, ROOT);
if (parsed.kind === 'say') {
  process.stdout.write(`${parsed.text}\n`);
  process.exitCode = parsed.exitCode;
} else {
  process.exitCode = await run(parsed.options);
}

/** Resolves with the exit code: 0 when every record arrived once and in order. */
async function run(options: DemoOptions): Promise<number> {
  const texts = demoTexts(options.language);
  const stop = new AbortController();
  const interrupt = interruption(stop, texts);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  process.stdout.write(`${texts.starting}\n`);
  let gatewayEnded: string | undefined;
  const demo = await startDemo(options, join(ROOT, 'dist', 'hall-gateway.mjs'), {
    signal: stop.signal,
    onGatewayEnd(why) {
      gatewayEnded = why;
      stop.abort();
    },
  });
  if ('refusal' in demo) {
    process.stderr.write(`${demo.refusal}\n`);
    return 1;
  }
  if (!stop.signal.aborted) await show(demo, options, stop, interrupt);
  if (gatewayEnded !== undefined) process.stderr.write(`${gatewayEnded}\n`);
  process.stdout.write(`${texts.stopping}\n`);
  const end = await demo.stop();
  process.stdout.write(`${verdictText(end.verdict, options.language)}\n${compareText(end.truth, options.language)}\n`);
  return end.ok ? 0 : 1;
}

/** The first call stops in order; one that comes clearly later (npm and the terminal may both tell) stops at once. */
function interruption(stop: AbortController, texts: DemoTexts): () => void {
  let askedMs = Infinity;
  return () => {
    if (performance.now() - askedMs > SAME_REQUEST_MS) {
      process.stderr.write(`${texts.stoppedAtOnce}\n`);
      process.exit(EXIT_INTERRUPTED);
    }
    askedMs = Math.min(askedMs, performance.now());
    stop.abort();
  };
}

/** The screen, or a line now and then, until somebody stops the demo. */
async function show(demo: Demo, options: DemoOptions, stop: AbortController, interrupt: () => void): Promise<void> {
  const terminal = openTerminal(process.stdout, process.stdin);
  terminal.onKey((key) => {
    if (key === CTRL_C || key === 'q') interrupt();
    else if (key === 'p') demo.troubles.toggleUplink(options.pullUplinkForSeconds * 1_000);
    else if (key === 'k') demo.troubles.killGateway();
  });
  const timers = schedule(demo, options, stop);
  const redraw = setInterval(() => draw(demo, terminal), REDRAW_MS);
  const plain = terminal.live ? undefined : setInterval(() => terminal.say(plainLine(demo.view())), PLAIN_EVERY_MS);
  if (!terminal.live) sayAddresses(demo, terminal);

  await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }));
  timers.forEach(clearTimeout);
  clearInterval(redraw);
  clearInterval(plain);
  terminal.close();
}

/** What the command line asks for at certain times. */
function schedule(demo: Demo, options: DemoOptions, stop: AbortController): NodeJS.Timeout[] {
  const { pullUplinkAfterSeconds, pullUplinkForSeconds, killAfterSeconds, stopAfterSeconds } = options;
  const at = (seconds: number | undefined, act: () => void) =>
    seconds === undefined ? [] : [setTimeout(act, seconds * 1_000)];
  return [
    ...at(pullUplinkAfterSeconds, () => demo.troubles.pullUplink(pullUplinkForSeconds * 1_000)),
    ...at(killAfterSeconds, () => demo.troubles.killGateway()),
    ...at(stopAfterSeconds, () => stop.abort()),
  ];
}

function draw(demo: Demo, terminal: Terminal): void {
  terminal.draw(renderScreen(demo.view(), terminal.columns, terminal.rows, true));
}

function sayAddresses(demo: Demo, terminal: Terminal): void {
  for (const { what, address } of demo.view().addresses) terminal.say(`${what}: ${address}`);
}
