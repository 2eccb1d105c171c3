/**
 * Builds the recorder, runs a program under it, and reads what it recorded.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const OPERATIONS = ['create', 'write', 'truncate', 'sync', 'unlink', 'rename'] as const;
const HEAD_BYTES = 24;

export interface Operation {
  kind: (typeof OPERATIONS)[number];
  /** Name within the recorded folder; empty for the folder itself. */
  name: string;
  position: number;
  data: Buffer;
}

/** Compiles `recorder.c` into `folder`; undefined when this machine has no C compiler. */
export function buildRecorder(folder: string): string | undefined {
  const library = join(folder, 'recorder.so');
  try {
    const source = join(import.meta.dirname, 'recorder.c');
    execFileSync('gcc', ['-shared', '-fPIC', '-O1', '-w', '-o', library, source, '-ldl', '-lpthread']);
    return library;
  } catch (thrown) {
    if (process.env['CI']) throw thrown;
    return undefined;
  }
}

export interface Recording {
  recorder: string;
  /** Folder whose files are recorded. */
  folder: string;
  record: string;
  program: string;
  programArguments: readonly string[];
}

/** Runs a TypeScript program to its end under the recorder. */
export async function recordProgram({
  recorder,
  folder,
  record,
  program,
  programArguments,
}: Recording): Promise<Operation[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...programArguments], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, LD_PRELOAD: recorder, POWER_FOLDER: folder, POWER_RECORD: record },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${basename(program)} ended with ${String(code)} under the recorder`);
  return parseRecord(readFileSync(record), folder);
}

function parseRecord(bytes: Buffer, folder: string): Operation[] {
  const operations: Operation[] = [];
  let at = 0;
  while (at < bytes.length) {
    const kind = OPERATIONS[bytes.readUInt32LE(at) - 1];
    if (!kind) throw new Error(`no operation at byte ${at} of the record`);
    const nameEnd = at + HEAD_BYTES + bytes.readUInt32LE(at + 4);
    const end = nameEnd + Number(bytes.readBigUInt64LE(at + 16));
    const path = bytes.toString('utf8', at + HEAD_BYTES, nameEnd);
    operations.push({
      kind,
      name: path.slice(folder.length + 1),
      position: Number(bytes.readBigUInt64LE(at + 8)),
      data: bytes.subarray(nameEnd, end),
    });
    at = end;
  }
  return operations;
}
