import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { copyForTheBox } from './build.mjs';
import { filesBelow, ROOT, textOf } from './tree.ts';

/** A template's links are those of the page that is made of it. */
const pages = filesBelow('.', '.md').filter((path) => !path.endsWith('.template.md'));
const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(textOf('package.json')));

/** Targets of the links of a page that point into this repository, as paths from the root. */
function targetsOf(page: string): string[] {
  const links = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  const local = links.filter((link) => !/^(https?:|mailto:|#)/.test(link));
  return local.map((link) => join(dirname(page), decodeURI(link.split('#')[0] ?? '')));
}

describe('the documents', () => {
  it('link to nothing that is missing', () => {
    expect(pages).toContain('README.md');
    const dead = pages.flatMap((page) =>
      targetsOf(page)
        .filter((path) => !existsSync(join(ROOT, path)))
        .map((path) => `${page} -> ${path}`),
    );
    expect(dead).toEqual([]);
  });

  it('name no npm script that does not exist', () => {
    const builtin = new Set(['ci', 'install']);
    const named = pages.flatMap((page) =>
      [...textOf(page).matchAll(/(?:^|`)npm (?:run )?([a-z]+)/gm)].map((match) => match[1] ?? ''),
    );
    expect(named.filter((name) => !builtin.has(name) && !(name in scripts))).toEqual([]);
  });

  it.each(['README.md', 'README.zh-CN.md'])('begin, in %s, with the two commands that a newcomer needs', (page) => {
    expect(textOf(page)).toMatch(/^npm start$/m);
    expect(textOf(page)).toMatch(/^npm test$/m);
  });

  it("find on a box what a technician's pages link to and what messages of the gateway name", () => {
    const box = mkdtempSync(join(tmpdir(), 'box-'));
    onTestFinished(() => rmSync(box, { recursive: true }));
    copyForTheBox(box);
    const technicians = pages.filter((page) => /^docs\/(?:installing|errors|devices\/.*)\.md$/.test(page));
    const wanted = [...technicians.flatMap(targetsOf), 'config/hall.example.yaml', 'config/hall-gateway.service'];
    expect(technicians.length).toBeGreaterThanOrEqual(4);
    expect(wanted.filter((path) => !existsSync(join(box, path)))).toEqual([]);
  });
});
