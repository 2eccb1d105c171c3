// A TypeScript program of this repository on this terminal: signals are handed on, and its end is ours.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './set-up.mjs';

/** Starts `path` (below the repository) with tsx; the exit code of this process becomes that of the program. */
export function runInForeground(path, args, options = {}) {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), join(ROOT, path), ...args], {
    stdio: 'inherit',
    ...options,
  });
  // A terminal gives Ctrl-C to the whole group; handing it on as well would be a second one, which means "at once".
  const fromTerminal = process.stdin.isTTY ? ['SIGINT', 'SIGHUP'] : [];
  for (const signal of fromTerminal) process.on(signal, () => undefined);
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'].filter((name) => !fromTerminal.includes(name))) {
    process.once(signal, () => child.kill(signal));
  }
  child.on('close', (code) => (process.exitCode = code ?? 1));
}
