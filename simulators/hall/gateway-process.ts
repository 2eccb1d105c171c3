/**
 * The gateway as the demo runs it: the real program in a process of its own, killed and started again at will.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';

export interface GatewayProcess {
  readonly running: boolean;
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
  logFile: string;
  /** The gateway ended by itself although nobody asked it to. */
  onUnexpectedExit(code: number | null, lastLines: string): void;
}

const TAIL_CHARACTERS = 4_000;

export function runGateway(options: GatewayProcessOptions): GatewayProcess {
  const log = createWriteStream(options.logFile, { flags: 'a' });
  let child: ChildProcess | undefined;
  let restart: NodeJS.Timeout | undefined;
  let wanted: 'running' | 'killed' | 'stopped' = 'running';
  let starts = 0;
  let tail = '';

  const start = () => {
    starts += 1;
    wanted = 'running';
    const started = spawn(process.execPath, [...options.command], { stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    for (const stream of [started.stdout, started.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        log.write(chunk);
        tail = (tail + chunk.toString('utf8')).slice(-TAIL_CHARACTERS);
      });
    }
    started.on('exit', (code) => {
      child = undefined;
      if (wanted === 'running') options.onUnexpectedExit(code, tail);
    });
  };
  start();

  return {
    get running() {
      return child !== undefined;
    },
    get starts() {
      return starts;
    },
    get pid() {
      return child?.pid;
    },
    kill(downMs) {
      if (!child) return;
      wanted = 'killed';
      child.kill('SIGKILL');
      restart = setTimeout(start, downMs);
    },
    stop(withinMs) {
      wanted = 'stopped';
      clearTimeout(restart);
      const last = child;
      if (!last) return Promise.resolve(0);
      return new Promise((resolve) => {
        const timer = setTimeout(() => last.kill('SIGKILL'), withinMs);
        last.on('exit', (code) => {
          clearTimeout(timer);
          log.end();
          resolve(code);
        });
        last.kill('SIGTERM');
      });
    },
  };
}
