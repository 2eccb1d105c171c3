/**
 * Starts a runner where it belongs: as a child process for serial ports, as a thread for lines over the network.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ToRunner } from './runner-messages.ts';

export type RunnerPlace = 'process' | 'thread';

export interface Runner {
  post(message: ToRunner): void;
  /** Ends it at once, whatever it is doing; leads to `onGone`. */
  kill(): void;
}

export interface RunnerEvents {
  onMessage: (message: unknown) => void;
  /** Called once, with what ended it as far as that is known. */
  onGone: (cause: string) => void;
}

export type RunnerStarter = (place: RunnerPlace, events: RunnerEvents) => Runner;

const BESIDE_THE_BUNDLE = './board-runner.mjs';

/** In the source tree the runner is translated first; beside the bundle stands a bundle of its own. */
function program(): URL {
  if (import.meta.url.endsWith('.ts')) return new URL('./runner-development.mjs', import.meta.url);
  return new URL(BESIDE_THE_BUNDLE, import.meta.url);
}

export const startRunner: RunnerStarter = (place, events) =>
  place === 'process' ? startProcess(events) : startThread(events);

function startProcess({ onMessage, onGone }: RunnerEvents): Runner {
  // Out of the terminal's group: Ctrl-C stops the gateway, which closes its runners in its own order.
  const child = fork(fileURLToPath(program()), [], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
    detached: true,
  });
  const gone = onlyOnce(onGone);
  child.on('message', onMessage);
  child.on('error', (error) => gone(error.message));
  child.on('exit', (code, signal) => gone(signal ?? `exit code ${code ?? 'unknown'}`));
  return {
    post(message) {
      // The callback takes what goes wrong when the process is gone already; `exit` tells it.
      if (child.connected) child.send(message, () => undefined);
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

function startThread({ onMessage, onGone }: RunnerEvents): Runner {
  const worker = new Worker(program(), { stdout: true, execArgv: [] });
  const gone = onlyOnce(onGone);
  worker.stdout.resume();
  worker.on('message', onMessage);
  worker.on('error', (error) => gone(String(error)));
  worker.on('exit', (code) => gone(`exit code ${code}`));
  return { post: (message) => worker.postMessage(message), kill: () => void worker.terminate() };
}

function onlyOnce(tell: (cause: string) => void): (cause: string) => void {
  let told = false;
  return (cause) => {
    if (!told) tell(cause);
    told = true;
  };
}
