/**
 * `npm start`: the real gateway with a simulated hall on real sockets and a pseudo-terminal, and a simulated centre that
 * judges what arrives. One calm screen; Ctrl-C stops in order.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verdictText } from '../central/verdict-text.ts';
import { parseDemoOptions, type DemoOptions } from './demo-options.ts';
import { startDemo, type Demo } from './demo-run.ts';
import { renderScreen } from './screen.ts';
import { openTerminal, type Terminal } from './terminal.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const REDRAW_MS = 500;
/** Where there is no terminal: a line now and then. */
const PLAIN_EVERY_MS = 10_000;
const CTRL_C = '\u0003';

const parsed = parseDemoOptions(process.argv.slice(2), process.env, ROOT);
if (parsed.kind === 'say') {
  process.stdout.write(`${parsed.text}\n`);
  process.exitCode = parsed.exitCode;
} else {
  process.exitCode = await run(parsed.options);
}

/** Resolves with the exit code: 0 when every record arrived once and in order. */
async function run(options: DemoOptions): Promise<number> {
  const stop = new AbortController();
  const demo = await startDemo(options, join(ROOT, 'dist', 'hall-gateway.mjs'), (why) => stop.abort(why));
  if ('refusal' in demo) {
    process.stderr.write(`${demo.refusal}\n`);
    return 1;
  }
  const terminal = openTerminal(process.stdout, process.stdin);
  terminal.onKey((key) => press(key, demo, options, stop));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  const timers = schedule(demo, options, stop);
  const redraw = setInterval(() => draw(demo, terminal), REDRAW_MS);
  const plain = terminal.live ? undefined : setInterval(() => terminal.say(plainLine(demo)), PLAIN_EVERY_MS);
  if (!terminal.live) sayAddresses(demo, terminal);

  await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }));
  timers.forEach(clearTimeout);
  clearInterval(redraw);
  clearInterval(plain);
  terminal.close();
  terminal.say(options.language === 'zh' ? '正在依次停止……' : 'stopping in order ...');
  const end = await demo.stop();
  terminal.say(verdictText(end.verdict, options.language));
  terminal.say(end.truthText);
  return end.ok ? 0 : 1;
}

function press(key: string, demo: Demo, options: DemoOptions, stop: AbortController): void {
  if (key === CTRL_C || key === 'q') stop.abort();
  else if (key === 'p') demo.troubles.pullUplink(options.pullUplinkForSeconds * 1_000);
  else if (key === 'k') demo.troubles.killGateway();
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

function plainLine(demo: Demo): string {
  const { link, waiting, head, centre, truth } = demo.view();
  return `link ${link}, ${waiting} waiting, durable up to ${head}, centre ${centre.events} events, ${centre.gaps} missing, truth ${truth.arrived}/${truth.made}`;
}
