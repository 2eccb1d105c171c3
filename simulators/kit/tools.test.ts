import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { requirePythonModule, requireTool } from './tools.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** A machine on which nothing can be found, because the only folder of the PATH does not exist. */
function onABareMachine(ci: string): string[] {
  vi.stubEnv('PATH', '/nowhere');
  vi.stubEnv('CI', ci);
  const said: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  return said;
}

describe('a test that needs a Debian tool', () => {
  it('gets the path of one that is installed', () => {
    expect(requireTool('stty')).toMatch(/\/stty$/);
  });

  it('skips aloud, once, naming the package to install', () => {
    const said = onABareMachine('');
    expect([requireTool('socat'), requireTool('socat')]).toEqual([undefined, undefined]);
    expect(said).toEqual(['skipped: socat (Debian package socat is not installed)\n']);
  });

  it('fails under CI instead of skipping', () => {
    onABareMachine('true');
    expect(() => requireTool('socat')).toThrow('socat (Debian package socat is not installed)');
  });

  it('gets a Python that can import the module, or hears which package brings it', () => {
    const said = onABareMachine('');
    const python = requirePythonModule('paho.mqtt.client');
    if (python === undefined) expect(said.join('')).toContain('python3-paho-mqtt');
    else expect(execFileSync(python, ['-c', 'import paho.mqtt.client; print(1)'], { encoding: 'utf8' })).toBe('1\n');
  });
});
