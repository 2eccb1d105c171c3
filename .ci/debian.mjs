// Debian's tools (the compiler; for the tests brokers, terminals, certificates): installed when we may, otherwise left
// alone, and the tests that need them say aloud that they are skipped.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { say, step } from './console.mjs';

const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];
const APT_OPTIONS = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'];

/** Is there an executable of this name in the PATH or where Debian keeps servers? */
export function installed(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...SYSTEM_FOLDERS];
  return folders.some((folder) => isExecutable(join(folder, name)));
}

/**
 * Installs the Debian packages of what is missing, with apt-get as root or by sudo; without the right it does nothing.
 * Both arguments are tables of `{ name: Debian package }`.
 */
export async function installDebianTools(executables, pythonModules = {}) {
  const packages = missingPackages(executables, pythonModules);
  const apt = packages.length > 0 ? aptGet() : undefined;
  if (apt === undefined) return;
  const brokerIsNew = packages.includes('mosquitto');
  say(`  apt-get install ${packages.join(' ')}`);
  const done = (await install(apt, packages)) || ((await update(apt)) && (await install(apt, packages)));
  if (!done) say('  going on without them');
  if (done && brokerIsNew) stopBrokerService(apt);
}

function missingPackages(executables, pythonModules) {
  const names = [
    ...Object.entries(executables).filter(([name]) => !installed(name)),
    ...Object.entries(pythonModules).filter(([module]) => !pythonImports(module)),
  ].map(([, debianPackage]) => debianPackage);
  return [...new Set(names)];
}

/** The words before `apt-get`'s arguments, or undefined where it is absent or may not be used. */
function aptGet() {
  if (!installed('apt-get')) return undefined;
  const environment = ['env', 'DEBIAN_FRONTEND=noninteractive'];
  if (process.getuid?.() === 0) return environment;
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n', ...environment] : undefined;
}

async function install([command, ...before], packages) {
  return (
    (await step('apt-get install', command, [...before, 'apt-get', 'install', ...APT_OPTIONS, ...packages])).code === 0
  );
}

async function update([command, ...before]) {
  return (await step('apt-get update', command, [...before, 'apt-get', 'update'])).code === 0;
}

/** Debian starts Mosquitto on port 1883 when it installs it; we wanted the program, not the service. */
function stopBrokerService([command, ...before]) {
  if (installed('systemctl')) spawnSync(command, [...before, 'systemctl', 'disable', '--now', 'mosquitto']);
  else spawnSync(command, [...before, 'service', 'mosquitto', 'stop']);
}

function pythonImports(module) {
  return ['python3', '/usr/bin/python3'].some((python) => spawnSync(python, ['-c', `import ${module}`]).status === 0);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
