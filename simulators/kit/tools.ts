/**
 * Programs from Debian that tests hold the gateway against: brokers, terminals, certificates, another MQTT client.
 * On a machine without one the test is skipped aloud; under CI a missing tool is a failure, never a silent skip.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import packages from './debian-packages.json' with { type: 'json' };

export type Tool = keyof typeof packages.executables;
export type PythonModule = keyof typeof packages.pythonModules;

/** Debian keeps servers here, outside an ordinary user's PATH. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

const announced = new Set<string>();

/**
 * Path of an executable, or undefined when it is not installed: `describe.skipIf(!requireTool('socat'))`.
 *
 * @throws Error under `CI=true` when it is missing.
 */
export function requireTool(name: Tool): string | undefined {
  return executable(name) ?? missing(name, packages.executables[name]);
}

/**
 * Path of a Python 3 that can import `module`, or undefined when there is none.
 *
 * @throws Error under `CI=true` when there is none.
 */
export function requirePythonModule(module: PythonModule): string | undefined {
  const candidates = [executable('python3'), '/usr/bin/python3'];
  return (
    candidates.find((python) => python !== undefined && canImport(python, module)) ??
    missing(module, packages.pythonModules[module])
  );
}

function executable(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean), ...SYSTEM_FOLDERS];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function canImport(python: string, module: string): boolean {
  try {
    execFileSync(python, ['-c', `import ${module}`], { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

function missing(what: string, debianPackage: string): string | undefined {
  const reason = `${what} (Debian package ${debianPackage} is not installed)`;
  if (process.env['CI'] === 'true') throw new Error(`missing tool under CI: ${reason}`);
  if (!announced.has(what)) process.stderr.write(`skipped: ${reason}\n`);
  announced.add(what);
  return undefined;
}
