/**
 * Certificates and keys that hall.yaml names by path and that are not there.
 */
import { at } from './mentions.ts';
import type { Finding, SettingsPath } from './mistake.ts';

const FILES: readonly SettingsPath[] = [
  ['uplink', 'tls', 'ca'],
  ['uplink', 'tls', 'cert'],
  ['uplink', 'tls', 'key'],
  ['broker', 'tls', 'cert'],
  ['broker', 'tls', 'key'],
];

/** A warning each and no mistake: the file may be laid down later, and a wrong CA never stops the hall. */
export function absentFiles(raw: unknown, exists: (path: string) => boolean): Finding[] {
  return FILES.flatMap((path): Finding[] => {
    const file = at(raw, path);
    if (typeof file !== 'string' || exists(file)) return [];
    return [
      {
        path,
        at: 'value',
        code: 'settings.reference-unknown',
        reason: { en: `There is no file ${file}.`, zh: `文件 ${file} 不存在。` },
        hint: { en: 'Correct the path, or put the file there.', zh: '请改正路径，或把文件放到该位置。' },
      },
    ];
  });
}
