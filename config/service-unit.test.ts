import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { requireTool } from '../simulators/kit/tools.ts';

const systemdAnalyze = requireTool('systemd-analyze');
const unit = readFileSync(fileURLToPath(new URL('hall-gateway.service', import.meta.url)), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'unit-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What systemd-analyze says about a unit; programs of this machine stand in for those of the box. */
function analyze(args: string[], text: string): string {
  const file = join(folder, 'hall-gateway.service');
  writeFileSync(file, text.replace('/usr/bin/node', process.execPath).replace(/^Documentation=.*$/m, ''));
  const { stdout, stderr } = spawnSync(systemdAnalyze ?? '', [...args, file], { encoding: 'utf8', timeout: 30_000 });
  return stdout + stderr;
}

function exposure(text: string): number {
  const report = analyze(['security', '--offline=true', '--no-pager'], text);
  return Number(/Overall exposure level for \S+: (\d+\.\d+)/.exec(report)?.[1]);
}

describe.skipIf(!systemdAnalyze)('the systemd unit', () => {
  it('is understood by systemd, key by key', () => {
    expect(analyze(['verify', '--man=no'], unit)).toBe('');
    expect(analyze(['verify', '--man=no'], unit.replace('RestartSec=', 'RestartSecs='))).toContain('RestartSecs');
  });

  it('exposes the box to 2.0 of 10 at most', () => {
    expect(exposure(unit)).toBeLessThanOrEqual(2);
    expect(exposure(unit.replace(/^(ProtectSystem|CapabilityBoundingSet|SystemCallFilter)=.*$/gm, ''))).toBeGreaterThan(
      2,
    );
  });
});

describe('the settings of the unit that Node needs', () => {
  it('leave the compiler of Node alone', () => {
    expect(unit).not.toMatch(/^MemoryDenyWriteExecute=/m);
  });

  it('let systemd-notify speak for the gateway, and watch it', () => {
    expect(unit).toMatch(/^Type=notify$/m);
    expect(unit).toMatch(/^NotifyAccess=all$/m);
    expect(unit).toMatch(/^WatchdogSec=\d+$/m);
  });

  it('let the gateway see which boot this is, so that monotonic times of one boot can be compared', () => {
    expect(unit).not.toMatch(/^ProcSubset=/m);
  });
});
