/**
 * What a disk may hold after a power cut. Synced bytes are there. Of what was written since the last sync, each sector is
 * there, or not, or torn in the middle; names change in order, up to some point, unless the folder was synced.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation } from './record.ts';

const SECTOR_BYTES = 512;

type Content = { kind: 'write'; position: number; data: Buffer } | { kind: 'truncate'; position: number };
interface File {
  synced: Buffer;
  since: Content[];
}
type NameChange = { kind: 'set'; name: string; file: File } | { kind: 'remove'; name: string };

export interface Disk {
  apply(operation: Operation): void;
  /** Writes one of the states that a cut at this moment can leave. `random` gives numbers in [0, 1). */
  cutInto(folder: string, random: () => number): void;
}

export function disk(): Disk {
  const now = new Map<string, File>();
  const synced = new Map<string, File>();
  let since: NameChange[] = [];

  const setName = (name: string, file: File) => {
    now.set(name, file);
    since.push({ kind: 'set', name, file });
  };
  const removeName = (name: string) => {
    now.delete(name);
    since.push({ kind: 'remove', name });
  };
  const fileOf = (name: string): File => {
    const file = now.get(name);
    if (!file) throw new Error(`the record speaks of ${name} before it was made`);
    return file;
  };
  const syncFile = (file: File) => {
    for (const change of file.since.splice(0)) file.synced = changed(file.synced, change, () => 'whole');
  };

  return {
    apply({ kind, name, position, data }) {
      switch (kind) {
        case 'create': {
          setName(name, { synced: Buffer.alloc(0), since: [] });
          return;
        }
        case 'write':
          return void fileOf(name).since.push({ kind, position, data });
        case 'truncate':
          return void fileOf(name).since.push({ kind, position });
        case 'sync':
          if (name !== '') {
            syncFile(fileOf(name));
            return;
          }
          for (const change of since) rename(synced, change);
          since = [];
          return;
        case 'unlink': {
          removeName(name);
          return;
        }
        case 'rename': {
          const file = fileOf(name);
          removeName(name);
          setName(data.toString('utf8').split('/').at(-1) ?? '', file);
          return;
        }
      }
    },
    cutInto(folder, random) {
      const names = new Map(synced);
      for (const change of since.slice(0, Math.floor(random() * (since.length + 1)))) rename(names, change);
      const kept = random();
      const fate = (): Fate => (random() < kept ? 'whole' : random() < 0.2 ? 'torn' : 'gone');
      mkdirSync(folder, { recursive: true });
      for (const [name, file] of names) {
        writeFileSync(
          join(folder, name),
          file.since.reduce((bytes, change) => changed(bytes, change, fate), file.synced),
        );
      }
    },
  };
}

type Fate = 'whole' | 'torn' | 'gone';

function rename(names: Map<string, File>, change: NameChange): void {
  if (change.kind === 'set') names.set(change.name, change.file);
  else names.delete(change.name);
}

/** The bytes after a change of which each sector meets its own fate. */
function changed(bytes: Buffer, change: Content, fate: () => Fate): Buffer {
  const { position } = change;
  if (change.kind === 'truncate') {
    if (fate() === 'gone') return bytes;
    return Buffer.concat([bytes.subarray(0, position), Buffer.alloc(Math.max(0, position - bytes.length))]);
  }
  const result = Buffer.concat([bytes, Buffer.alloc(Math.max(0, position + change.data.length - bytes.length))]);
  for (let start = 0; start < change.data.length;) {
    const length = Math.min(SECTOR_BYTES - ((position + start) % SECTOR_BYTES), change.data.length - start);
    const outcome = fate();
    const written = outcome === 'whole' ? length : outcome === 'torn' ? Math.floor(length / 2) : 0;
    change.data.copy(result, position + start, start, start + written);
    start += length;
  }
  return result;
}
