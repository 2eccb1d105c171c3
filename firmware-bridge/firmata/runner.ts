/**
 * The program of a runner: a child process (serial ports: native code that crashes takes its process along) or a worker thread
 * (TCP). It ends when the gateway does. In the bundle it is a file of its own, so that johnny-five is loaded here only.
 */
import { parentPort } from 'node:worker_threads';
import { boardMaker } from './board-handle.ts';
import { runnerBoards } from './runner-boards.ts';
import type { FromRunner, ToRunner } from './runner-messages.ts';

const say = (message: FromRunner) => {
  if (parentPort) parentPort.postMessage(message);
  else process.send?.(message);
};
const take = runnerBoards(boardMaker(), say);

// Both ends are of one version and one build: what arrives is what `ToRunner` says.
if (parentPort) parentPort.on('message', (message: ToRunner) => take(message));
else {
  process.on('message', (message: ToRunner) => take(message));
  process.on('disconnect', () => process.exit());
  // Ctrl-C at a terminal reaches the whole group; the gateway closes its runners in its own order.
  process.on('SIGINT', () => undefined);
}
