import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { filesBelow, ROOT } from './tree.ts';

const reportSchema = z.object({
  modules: z.array(z.object({ source: z.string() })),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

/** What dependency-cruiser sees in a folder with the rules of this repository. */
function cruise(folder: string): z.output<typeof reportSchema> {
  const config = join(ROOT, '.dependency-cruiser.cjs');
  const { stdout } = spawnSync(
    join(ROOT, 'node_modules', '.bin', 'depcruise'),
    ['--config', config, '-T', 'json', '.'],
    {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
    },
  );
  return reportSchema.parse(JSON.parse(stdout));
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A small repository with the given files, and the packages of this one. */
function repository(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'imports-'));
  folders.push(folder);
  const standing = {
    'package.json': JSON.stringify({
      type: 'module',
      dependencies: { sqlite3: '*' },
      devDependencies: { vitest: '*' },
    }),
    'tsconfig.json':
      '{ "compilerOptions": { "module": "NodeNext", "allowImportingTsExtensions": true, "noEmit": true } }',
  };
  for (const [path, text] of Object.entries({ ...standing, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** One forbidden import a rule: who imports, and what. */
const FORBIDDEN: [rule: string, from: string, to: string][] = [
  ['no-cycles', 'gateway/health/a.ts', './z.ts'],
  ['kernel-imports-nothing-of-ours', 'gateway/kernel/a.ts', '../health/b.ts'],
  ['firmware-bridge-imports-kernel-only', 'firmware-bridge/lines/a.ts', '../../gateway/health/b.ts'],
  ['device-imports-no-other-kind', 'devices/evaluator/a.ts', '../camera/b.ts'],
  ['device-list-imports-drivers-only', 'devices/index.ts', '../firmware-bridge/lines/b.ts'],
  ['only-composition-sees-devices', 'gateway/supervisor/a.ts', '../../devices/camera/b.ts'],
  ['gateway-imports-no-simulator', 'gateway/compose.ts', '../simulators/kit/b.ts'],
  ['nobody-imports-composition', 'gateway/broker/a.ts', '../compose.ts'],
  ['simulator-shares-data-only', 'simulators/camera/a.ts', '../../devices/camera/b.ts'],
  ['only-the-spool-knows-sql', 'gateway/uplink/a.ts', 'sqlite3'],
  ['product-imports-no-dev-dependency', 'gateway/uplink/b.ts', 'vitest'],
  ['product-imports-no-test', 'gateway/uplink/c.ts', './c.test.ts'],
  ['every-package-is-named', 'gateway/uplink/e.ts', 'fast-check'],
  ['every-import-is-found', 'gateway/uplink/d.ts', './nowhere.ts'],
];

describe('the rules of imports', () => {
  it('hold over every TypeScript file of the repository', { timeout: 120_000 }, () => {
    const { modules, summary } = cruise(ROOT);
    const seen = new Set(modules.map((module) => module.source));
    const files = filesBelow('.', '.ts');
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((file) => !seen.has(file))).toEqual([]);
    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
  });

  it('catch one forbidden import each', { timeout: 60_000 }, () => {
    const files: Record<string, string> = {
      'gateway/health/b.ts': '',
      'devices/camera/b.ts': '',
      'firmware-bridge/lines/b.ts': '',
      'simulators/kit/b.ts': '',
      'gateway/uplink/c.test.ts': '',
      'gateway/health/z.ts': "import './a.ts';",
    };
    for (const [, from, to] of FORBIDDEN) files[from] = `import '${to}';`;
    const { violations } = cruise(repository(files)).summary;
    const caught = violations.map(({ rule, from }) => `${rule.name}: ${from}`);
    expect(caught).toEqual(expect.arrayContaining(FORBIDDEN.map(([rule, from]) => `${rule}: ${from}`)));
  });

  it('see an import of a type alone', { timeout: 60_000 }, () => {
    const folder = repository({
      'gateway/kernel/a.ts': "import type { B } from '../health/b.ts'; export type A = B;",
      'gateway/health/b.ts': 'export interface B { b: 1 }',
    });
    const { violations } = cruise(folder).summary;
    expect(violations.map(({ rule }) => rule.name)).toContain('kernel-imports-nothing-of-ours');
  });

  it('let a simulator read the sample frames of its kind', { timeout: 60_000 }, () => {
    const folder = repository({
      'simulators/camera/a.ts':
        "import frames from '../../devices/camera/frames.json' with { type: 'json' }; export default frames;",
      'devices/camera/frames.json': '[]',
    });
    expect(cruise(folder).summary.violations).toEqual([]);
  });
});
