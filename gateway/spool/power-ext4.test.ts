// The power fails under a real file system: ext4 is shut down in the middle of the work, and what was not synced is gone.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireTool } from '../../simulators/kit/tools.ts';
import { until } from '../../simulators/kit/until.ts';
import type { EngineName } from './power/engines.ts';
import { accountedFor, envelopeOf, freshFolder, openTestSpool, readAll, upTo } from './proving-ground.ts';

const CUTS = 5;
const IMAGE_BYTES = 64 * 1024 * 1024;
/** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: nothing more reaches the disk, as when the power fails. */
const CUT_THE_POWER =
  "import fcntl,os,struct,sys; fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', 2))";

const python = requireTool('python3');
const makeFileSystem = requireTool('mkfs.ext4');

/** A disk of its own: an ext4 file system in a file, mounted by a loop device. */
function makeDisk(place: string) {
  const [image, path] = [join(place, 'image'), join(place, 'disk')];
  mkdirSync(path);
  writeFileSync(image, '');
  truncateSync(image, IMAGE_BYTES);
  execFileSync(makeFileSystem ?? '', ['-q', image]);
  return {
    path,
    mount: () => execFileSync('mount', ['-o', 'loop', image, path], { stdio: 'ignore' }),
    unmount: () => execFileSync('umount', [path], { stdio: 'ignore' }),
    cutThePower: () => execFileSync(python ?? '', ['-c', CUT_THE_POWER, path]),
  };
}

/** Loop devices need rights that not every machine gives; without them this trial is not held, which is said aloud. */
const mayMount = process.getuid?.() === 0 && python !== undefined && makeFileSystem !== undefined && canMount();
if (!mayMount) console.warn('no right to mount: the power is not cut under ext4');

function canMount(): boolean {
  const probe = freshFolder();
  try {
    const disk = makeDisk(probe.path);
    disk.mount();
    disk.unmount();
    return true;
  } catch {
    return false;
  } finally {
    probe.remove();
  }
}

describe.skipIf(!mayMount)('after the power failed under ext4', () => {
  let folder: ReturnType<typeof freshFolder>;
  let disk: ReturnType<typeof makeDisk>;
  beforeEach(() => {
    folder = freshFolder();
    disk = makeDisk(folder.path);
    disk.mount();
  });
  afterEach(() => {
    disk.unmount();
    folder.remove();
  });

  /** Works on the disk until `events` are acknowledged, and cuts the power; resolves with what was acknowledged. */
  async function workUntilTheCut(engine: EngineName, events: number): Promise<Map<number, string>> {
    const program = [join(import.meta.dirname, 'victim.ts'), join(disk.path, 'spool'), engine];
    const victim = spawn(process.execPath, ['--import', 'tsx', ...program], { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    victim.stdout.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    const lines = () => text.split('\n').slice(0, -1);
    await until(`${events} events`, () => lines().length >= events, 30_000);
    disk.cutThePower();
    victim.kill('SIGKILL');
    await once(victim, 'close');
    disk.unmount();
    disk.mount();
    return new Map(lines().map((line): [number, string] => [Number(line.split(' ')[0]), line.split(' ')[1] ?? '']));
  }

  async function missingAfter(acknowledged: ReadonlyMap<number, string>): Promise<number[]> {
    const spool = await openTestSpool(join(disk.path, 'spool'));
    const events = await readAll(spool);
    const { confirmed, head } = spool.status();
    await spool.close();
    const found = new Map(events.map((event) => [event.sequence, envelopeOf(event).id]));
    expect(accountedFor(events)).toEqual(upTo(head, confirmed + 1));
    return [...acknowledged].filter(([at, id]) => at > confirmed && found.get(at) !== id).map(([at]) => at);
  }

  it(`every acknowledged event is there (${CUTS} cuts)`, { timeout: 120_000 }, async () => {
    for (let cut = 0; cut < CUTS; cut += 1) {
      const acknowledged = await workUntilTheCut('spool', 20 + cut * 60);
      expect(await missingAfter(acknowledged)).toEqual([]);
    }
  });

  it('a database that syncs less is caught losing events', { timeout: 60_000 }, async () => {
    expect(await missingAfter(await workUntilTheCut('normal', 150))).not.toEqual([]);
  });
});
