import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { drivers, kinds } from '../devices/index.ts';
import { filesBelow, ROOT, textOf } from './tree.ts';

const kindNames = kinds.map((kind) => kind.name).sort();
const hallSchema = z.object({ devices: z.array(z.object({ kind: z.string(), wire: z.string() })) });
/** Folders below simulators/ that stand for no device. */
const NOT_A_DEVICE = new Set(['kit', 'hall', 'central', 'board']);

function foldersOf(path: string): string[] {
  const entries = readdirSync(join(ROOT, path), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

describe('the mirrors of the list of drivers', () => {
  it('begin with a list that is not empty', () => {
    expect(drivers.length).toBeGreaterThan(0);
  });

  it('are one folder a kind, and no folder of a kind that nobody drives', () => {
    expect(foldersOf('devices').sort()).toEqual(kindNames);
  });

  it('are one simulator a kind, and no simulator of anything else', () => {
    const simulated = foldersOf('simulators').filter((folder) => !NOT_A_DEVICE.has(folder));
    expect(simulated.sort()).toEqual(kindNames);
    for (const kind of kindNames) expect(filesBelow(`simulators/${kind}`, '.ts')).not.toEqual([]);
  });

  it('are sample frames with their source, for every kind', () => {
    const missing = kindNames.filter((kind) => !existsSync(join(ROOT, 'devices', kind, 'frames.json')));
    expect(missing).toEqual([]);
    for (const kind of kindNames) expect(textOf(`devices/${kind}/frames.json`)).toContain('"source"');
  });

  it('are a test of every driver beside it', () => {
    const tested = drivers.filter(({ kind, wire }) =>
      filesBelow(`devices/${kind.name}`, '.test.ts').some((path) => textOf(path).includes(`./${wire}.ts`)),
    );
    expect(tested.map(nameOf)).toEqual(drivers.map(nameOf));
  });

  it('are an entry of every driver in the example hall', () => {
    const { devices } = hallSchema.parse(parse(textOf('config/hall.example.yaml')));
    const shown = new Set(devices.map(({ kind, wire }) => `${kind}/${wire}`));
    expect(drivers.map(nameOf).filter((name) => !shown.has(name))).toEqual([]);
  });

  it('are a page for the technician, for every kind', () => {
    expect(kindNames.filter((kind) => !existsSync(join(ROOT, 'docs', 'devices', `${kind}.md`)))).toEqual([]);
  });

  it('name every driver once', () => {
    expect(new Set(drivers.map(nameOf)).size).toBe(drivers.length);
  });
});

function nameOf({ kind, wire }: { kind: { name: string }; wire: string }): string {
  return `${kind.name}/${wire}`;
}
