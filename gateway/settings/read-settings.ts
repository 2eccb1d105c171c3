/**
 * Reads hall.yaml into typed settings, or into every mistake at once, sorted by line.
 */
import { readFileSync, statSync } from 'node:fs';
import type { z } from 'zod';
import type { AnyDriver } from '../kernel/driver.ts';
import { textOf } from '../kernel/errors.ts';
import { crossFindings, crossWarnings } from './cross-checks.ts';
import { parseDevices } from './device-entries.ts';
import { readDocument, SETTINGS_BYTES_MAX, type HallDocument } from './hall-document.ts';
import { unknownKey } from './issues.ts';
import { wrongType } from './issue-texts.ts';
import type { Finding, Mistake } from './mistake.ts';
import { parsePart } from './parse-part.ts';
import { protectedFiles, type ReadSecretFile, type SecretSources } from './secrets.ts';
import { sections, type Settings } from './settings.ts';

export interface SettingsOptions {
  drivers: readonly AnyDriver[];
  /** The process's environment, for `{env: NAME}`. */
  env: Readonly<Record<string, string | undefined>>;
  /** For `{file: /path}`; by default real files that nobody else may read. */
  readSecretFile?: ReadSecretFile;
}

export type SettingsResult =
  { ok: true; settings: Settings; warnings: Mistake[] } | { ok: false; mistakes: Mistake[]; warnings: Mistake[] };

/** Reads and checks the file; an absent or unreadable file is a mistake like others. */
export function readSettings({ path, ...options }: SettingsOptions & { path: string }): SettingsResult {
  let text: string;
  try {
    const { size } = statSync(path);
    text = size > SETTINGS_BYTES_MAX ? ' '.repeat(SETTINGS_BYTES_MAX + 1) : readFileSync(path, 'utf8');
  } catch (thrown) {
    return { ok: false, mistakes: [unreadable(path, thrown)], warnings: [] };
  }
  return parseSettings(text, options);
}

/** Checks the text of hall.yaml. Never throws, whatever the text. */
export function parseSettings(text: string, options: SettingsOptions): SettingsResult {
  const document = readDocument(text);
  if (document.syntax.length > 0) return { ok: false, mistakes: byLine(document.syntax), warnings: [] };
  const tree = document.value;
  if (!isTree(tree)) {
    const finding: Finding = { path: [], at: 'value', ...wrongType(['object'], tree) };
    return { ok: false, mistakes: document.place([finding]), warnings: [] };
  }
  return checkTree(tree, document, options);
}

function checkTree(tree: Tree, document: HallDocument, { drivers, ...from }: SettingsOptions): SettingsResult {
  const sources = { env: from.env, readSecretFile: from.readSecretFile ?? protectedFiles(from.env) };
  const { parts, findings } = parseSections(tree, sources);
  const entries = parseDevices(tree['devices'], drivers, sources);
  const all = [...unknownSections(tree), ...findings, ...entries.findings, ...crossFindings(tree, entries)];
  const warnings = byLine(document.place(crossWarnings(tree)));
  if (all.length > 0 || !parts) return { ok: false, mistakes: byLine(document.place(all)), warnings };
  return { ok: true, settings: { ...parts, devices: entries.devices.map(({ settings }) => settings) }, warnings };
}

type Tree = Record<string, unknown>;

/** Each section by itself, so that a mistake in one hides none in another. */
function parseSections(tree: Tree, sources: SecretSources) {
  const parse = <S extends z.ZodType>(name: string, schema: S) => parsePart(schema, tree[name], [name], sources);
  const hall = parse('hall', sections.hall);
  const gateway = parse('gateway', sections.gateway);
  const spool = parse('spool', sections.spool);
  const broker = parse('broker', sections.broker);
  const uplink = parse('uplink', sections.uplink);
  const lines = parse('lines', sections.lines);
  const findings = [hall, gateway, spool, broker, uplink, lines].flatMap((part) => part.findings);
  if (!hall.value || !gateway.value || !spool.value || !broker.value || !lines.value)
    return { parts: undefined, findings };
  const parts = {
    hall: hall.value,
    gateway: gateway.value,
    spool: spool.value,
    broker: broker.value,
    uplink: uplink.value,
    lines: lines.value,
  };
  return { parts, findings };
}

function unknownSections(tree: Tree): Finding[] {
  const known = [...Object.keys(sections), 'devices'];
  return Object.keys(tree)
    .filter((key) => !known.includes(key))
    .map((key) => unknownKey([key], key, known));
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function byLine(mistakes: readonly Mistake[]): Mistake[] {
  return [...mistakes].sort((a, b) => a.line - b.line || a.column - b.column);
}

function unreadable(path: string, thrown: unknown): Mistake {
  const why = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : textOf(thrown);
  return {
    line: 0,
    column: 0,
    path: '',
    code: 'settings.file-unreadable',
    reason: { en: `${path} cannot be read (${why}).`, zh: `无法读取 ${path}（${why}）。` },
    hint: { en: 'Check the path and the rights of the file.', zh: '请检查文件路径和读取权限。' },
    source: '',
  };
}
