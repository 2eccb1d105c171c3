/**
 * Reads hall.yaml into typed settings, or into every mistake at once, sorted by line.
 */
import { isUtf8 } from 'node:buffer';
import { existsSync, readFileSync, statSync } from 'node:fs';
import type { z } from 'zod';
import type { AnyDriver } from '../kernel/driver.ts';
import { textOf } from '../kernel/errors.ts';
import { absentFiles } from './certificate-files.ts';
import { crossFindings, crossWarnings } from './cross-checks.ts';
import { parseDevices } from './device-entries.ts';
import { readDocument, SETTINGS_BYTES_MAX, type HallDocument } from './hall-document.ts';
import { unknownKey } from './issues.ts';
import { wrongType } from './issue-texts.ts';
import type { Bilingual, Finding, Mistake } from './mistake.ts';
import { parsePart } from './parse-part.ts';
import { protectedFiles, type ReadSecretFile, type SecretSources } from './secrets.ts';
import { sections, type Settings } from './settings.ts';

export interface SettingsOptions {
  drivers: readonly AnyDriver[];
  /** The process's environment, for `{env: NAME}`. */
  env: Readonly<Record<string, string | undefined>>;
  /** For `{file: /path}`; by default real files that nobody else may read. */
  readSecretFile?: ReadSecretFile;
  /** For certificates named by path; by default the disk is asked. */
  fileExists?: (path: string) => boolean;
}

export type SettingsResult =
  { ok: true; settings: Settings; warnings: Mistake[] } | { ok: false; mistakes: Mistake[]; warnings: Mistake[] };

/** Reads and checks the file; an absent or unreadable file is a mistake like others. */
export function readSettings({ path, ...options }: SettingsOptions & { path: string }): SettingsResult {
  const text = readText(path);
  return typeof text === 'string' ? parseSettings(text, options) : failed([text]);
}

export type BoxResult = { ok: true; box: Pick<Settings, 'hall' | 'gateway'> } | Extract<SettingsResult, { ok: false }>;

/** Reads only who the box is and where it keeps its data: for commands beside the running gateway, which need no secret. */
export function readBox(path: string): BoxResult {
  const text = readText(path);
  if (typeof text !== 'string') return failed([text]);
  const document = readDocument(text);
  if (document.syntax.length > 0) return failed(byLine(document.syntax));
  const tree = isTree(document.value) ? document.value : {};
  const noSecrets = { env: {}, readSecretFile: protectedFiles({}) };
  const hall = parsePart(sections.hall, tree['hall'], ['hall'], noSecrets);
  const gateway = parsePart(sections.gateway, tree['gateway'], ['gateway'], noSecrets);
  if (hall.value && gateway.value) return { ok: true, box: { hall: hall.value, gateway: gateway.value } };
  return failed(byLine(document.place([...hall.findings, ...gateway.findings])));
}

/** The text of the file, or why there is none. */
function readText(path: string): string | Mistake {
  try {
    const { size } = statSync(path);
    const bytes = size > SETTINGS_BYTES_MAX ? Buffer.alloc(SETTINGS_BYTES_MAX + 1, ' ') : readFileSync(path);
    return isUtf8(bytes) ? bytes.toString('utf8') : notUtf8(path);
  } catch (thrown) {
    return unreadable(path, thrown);
  }
}

function failed(mistakes: Mistake[]): Extract<SettingsResult, { ok: false }> {
  return { ok: false, mistakes, warnings: [] };
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
  const absent = absentFiles(tree, from.fileExists ?? existsSync);
  const warnings = byLine(document.place([...crossWarnings(tree), ...absent]));
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
  const whyChinese = why === 'ENOENT' ? '文件不存在' : why === 'EACCES' ? '没有读取权限' : why;
  const reason = { en: `${path} cannot be read (${why}).`, zh: `无法读取 ${path}（${whyChinese}）。` };
  return ofFile(reason, { en: 'Check the path and the rights of the file.', zh: '请检查文件路径和读取权限。' });
}

/** Editors on Chinese Windows store GBK unless they are told otherwise. */
function notUtf8(path: string): Mistake {
  return ofFile(
    { en: `${path} is not UTF-8 text.`, zh: `${path} 不是 UTF-8 编码。` },
    {
      en: `Save it as UTF-8 in the editor, or run: iconv -f GB18030 -t UTF-8 ${path} > new.yaml`,
      zh: `请在编辑器中另存为 UTF-8 编码，或执行：iconv -f GB18030 -t UTF-8 ${path} > new.yaml`,
    },
  );
}

function ofFile(reason: Bilingual, hint: Bilingual): Mistake {
  return { line: 0, column: 0, path: '', code: 'settings.file-unreadable', reason, hint, source: '' };
}
