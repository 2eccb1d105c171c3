/**
 * The gateway as the demo runs it: the real program in a process of its own, killed and started again at will.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';

export interface GatewayProcess {
  readonly running: boolean;
  /** It ended although nobody asked it to, and stays away. */
  readonly failed: boolean;
  readonly starts: number;
  readonly pid: number | undefined;
  /** SIGKILL, as if the power had gone; it is started again after `downMs`. */
  kill(downMs: number): void;
  /** SIGTERM and wait: resolves with the exit code, or with null when it had to be killed after `withinMs`. */
  stop(withinMs: number): Promise<number | null>;
}

export interface GatewayProcessOptions {
  /** Program and arguments after node. */
  command: readonly string[];
  /** For the language of what it says; absent: this process's own. */
  env?: NodeJS.ProcessEnv;
  logFile: string;
  /** The gateway ended by itself although nobody asked it to; `lastWords` is the end of its standard error. */
  onUnexpectedExit(code: number | null, lastWords: string): void;
}

const LAST_WORDS_CHARACTERS = 2_000;

export function runGateway(options: GatewayProcessOptions): GatewayProcess {
  const log = createWriteStream(options.logFile, { flags: 'a' });
  let child: ChildProcess | undefined;
  let restart: NodeJS.Timeout | undefined;
  let wanted: 'running' | 'killed' | 'stopped' = 'running';
  let failed = false;
  let starts = 0;

  const start = () => {
    starts += 1;
    wanted = 'running';
    const started = spawn(process.execPath, [...options.command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: options.env ?? process.env,
      // Out of the terminal's group: Ctrl-C is for the demo, which stops the gateway when its turn comes.
      detached: true,
    });
    child = started;
    let lastWords = '';
    started.stdout.on('data', (chunk: Buffer) => log.write(chunk));
    started.stderr.on('data', (chunk: Buffer) => {
      log.write(chunk);
      lastWords = (lastWords + chunk.toString('utf8')).slice(-LAST_WORDS_CHARACTERS);
    });
    started.on('close', (code) => {
      child = undefined;
      failed = wanted === 'running';
      if (failed) options.onUnexpectedExit(code, lastWords.trimEnd());
    });
  };
  // Whoever ends this process at once takes the gateway along: it is in a group of its own.
  const takeAlong = () => child?.kill('SIGKILL');
  process.once('exit', takeAlong);
  start();

  return {
    get running() {
      return child !== undefined;
    },
    get failed() {
      return failed;
    },
    get starts() {
      return starts;
    },
    get pid() {
      return child?.pid;
    },
    kill(downMs) {
      if (!child || wanted !== 'running') return;
      wanted = 'killed';
      child.kill('SIGKILL');
      restart = setTimeout(start, downMs);
    },
    stop(withinMs) {
      wanted = 'stopped';
      clearTimeout(restart);
      const last = child;
      if (!last) {
        process.off('exit', takeAlong);
        return Promise.resolve(0);
      }
      return new Promise((resolve) => {
        const timer = setTimeout(() => last.kill('SIGKILL'), withinMs);
        last.on('close', (code) => {
          clearTimeout(timer);
          process.off('exit', takeAlong);
          log.end();
          resolve(code);
        });
        last.kill('SIGTERM');
      });
    },
  };
}
