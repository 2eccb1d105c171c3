/**
 * Secrets that hall.yaml refers to: read from the environment or from files that nobody else may read.
 */
import { readFileSync, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { Secret } from '../kernel/secret.ts';
import type { SecretReference } from '../kernel/secret-field.ts';
import type { Bilingual, Finding, SettingsPath } from './mistake.ts';

/** What was found in a secret's file, or why not. */
export type SecretFile =
  | { kind: 'text'; text: string }
  | { kind: 'absent'; why: string }
  | { kind: 'unprotected'; mode: string }
  | { kind: 'foreign'; owner: number };

/** Reads the file of a secret; never throws. */
export type ReadSecretFile = (path: string) => SecretFile;

export interface SecretSources {
  env: Readonly<Record<string, string | undefined>>;
  readSecretFile: ReadSecretFile;
}

/** Bits that let the group or others in. */
const OTHERS_MASK = 0o077;
const SECRET_BYTES_MAX = 65_536;

/**
 * The machine's own files: owned by this user or by root, and closed to everybody else; root may check for others. What
 * systemd hands over with LoadCredential= is guarded by its folder, and carries an access list that looks like 0440.
 */
export function protectedFiles(env: SecretSources['env']): ReadSecretFile {
  const handedOver = env['CREDENTIALS_DIRECTORY'];
  return (path) => {
    try {
      const status = statSync(path);
      if (status.size > SECRET_BYTES_MAX) return { kind: 'absent', why: `more than ${SECRET_BYTES_MAX} bytes` };
      const trusted = handedOver !== undefined && dirname(path) === handedOver;
      return (trusted ? undefined : exposure(status)) ?? { kind: 'text', text: readFileSync(path, 'utf8') };
    } catch (thrown) {
      return { kind: 'absent', why: systemCode(thrown) };
    }
  };
}

function exposure({ mode, uid }: Stats): SecretFile | undefined {
  const user = process.getuid?.() ?? 0;
  if ((mode & OTHERS_MASK) !== 0) return { kind: 'unprotected', mode: (mode & 0o777).toString(8) };
  return user !== 0 && uid !== 0 && uid !== user ? { kind: 'foreign', owner: uid } : undefined;
}

/** The secret behind a reference, or the finding that tells why there is none. */
export function resolveSecret(reference: SecretReference, path: SettingsPath, from: SecretSources): Secret | Finding {
  return 'env' in reference
    ? fromEnvironment(reference.env, path, from.env)
    : fromFile(reference.file, path, from.readSecretFile(reference.file));
}

function fromEnvironment(name: string, path: SettingsPath, env: SecretSources['env']): Secret | Finding {
  const value = env[name];
  if (value) return new Secret(value);
  return absent(
    path,
    { en: `The environment variable ${name} is not set.`, zh: `环境变量 ${name} 没有设置。` },
    {
      en: `Write ${name}='...' into /etc/hall-gateway/hall-gateway.env; "check" sees it as docs/installing.md, step 5, shows.`,
      zh: `请在 /etc/hall-gateway/hall-gateway.env 中写入 ${name}='...'；检查时按 docs/installing.md 第 5 步读入该文件。`,
    },
  );
}

function fromFile(file: string, path: SettingsPath, found: SecretFile): Secret | Finding {
  switch (found.kind) {
    case 'text': {
      const text = found.text.replace(/\r?\n$/, '');
      if (text !== '') return new Secret(text);
      return absent(
        path,
        { en: `${file} is empty.`, zh: `${file} 是空文件。` },
        { en: 'Write the secret into it.', zh: '请把密码写入该文件。' },
      );
    }
    case 'absent':
      return absent(
        path,
        { en: `${file} cannot be read (${found.why}).`, zh: `无法读取 ${file}（${found.why}）。` },
        {
          en: `Create it: install -m 600 /dev/null ${file}, then write the secret into it.`,
          zh: `请创建该文件：install -m 600 /dev/null ${file}，再写入密码。`,
        },
      );
    case 'unprotected':
      return exposed(
        path,
        {
          en: `${file} is open to other users (mode ${found.mode}).`,
          zh: `其他用户可以访问 ${file}（权限 ${found.mode}）。`,
        },
        `sudo chmod 600 ${file}`,
      );
    case 'foreign':
      return exposed(
        path,
        {
          en: `${file} belongs to another user (number ${found.owner}).`,
          zh: `${file} 属于其他用户（编号 ${found.owner}）。`,
        },
        `sudo chown "$(id -un)" ${file}`,
      );
  }
}

function absent(path: SettingsPath, reason: Bilingual, hint: Bilingual): Finding {
  return { path, at: 'value', code: 'settings.secret-missing', reason, hint };
}

function exposed(path: SettingsPath, reason: Bilingual, command: string): Finding {
  const hint = { en: `Type: ${command}`, zh: `请执行：${command}` };
  return { path, at: 'value', code: 'settings.secret-unprotected', reason, hint };
}

function systemCode(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unreadable';
}
