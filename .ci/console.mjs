// What a person sees while the house works: one line a step with its time, a sign of life every ten seconds, and the
// output of a step only when it failed.
import { spawn } from 'node:child_process';

const SIGN_OF_LIFE_MS = 10_000;

/** One line for the person at the screen. */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** The one of two texts that the person at the screen reads; an empty variable counts as unset. */
export function inLanguage(en, zh, { LC_ALL, LC_MESSAGES, LANG } = process.env) {
  return /^zh/i.test(LC_ALL || LC_MESSAGES || LANG || '') ? zh : en;
}

/**
 * Runs a program and shows one line when it ends. Its output is kept and shown only if it failed.
 * Resolves to `{ code, output }`; never rejects, a program that cannot be started has code 127.
 */
export async function step(name, command, args, options = {}) {
  const startedMs = performance.now();
  const life = setInterval(() => say(`  … ${name}: ${seconds(startedMs)}`), SIGN_OF_LIFE_MS);
  const { code, output } = await captured(command, args, options);
  clearInterval(life);
  say(`${code === 0 ? '✓' : '✗'} ${name} (${seconds(startedMs)})`);
  if (code !== 0) say(output.trimEnd());
  return { code, output };
}

/** Runs a program on this terminal and resolves to its exit code; a signal counts as 1. */
export function onTerminal(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
    child.on('error', () => resolve(127));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

function captured(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}\n` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function seconds(startedMs) {
  return `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
}
