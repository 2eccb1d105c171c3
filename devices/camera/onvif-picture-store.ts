/**
 * Pictures of one camera on disk: one file each, named by time, so that order of names is order of age. Before a picture
 * is kept, the oldest ones go until it fits; a picture appears under its name only when it is whole.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HallError, textOf } from '../../gateway/kernel/errors.ts';

export interface KeptPicture {
  snapshotId: string;
  path: string;
  contentType: 'image/jpeg' | 'image/png';
  bytes: number;
  sha256: string;
  takenAt: string;
}

export interface PictureStore {
  /**
   * @throws HallError `camera.picture-unusable` (no JPEG or PNG, or larger than the store), `camera.picture-not-kept`.
   */
  keep(picture: Buffer): Promise<KeptPicture>;
}

export interface PictureStoreOptions {
  folder: string;
  bytesMax: number;
  ageMaxMs: number;
  now(): number;
}

const PICTURE_NAME = /^\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{6}\.(?:jpg|png)$/;
const PARTIAL = '.part';

export function pictureStore(options: PictureStoreOptions): PictureStore {
  return {
    async keep(picture) {
      const contentType = typeOf(picture);
      if (picture.length > options.bytesMax) throw unusable(`${picture.length} bytes do not fit into the store`);
      const takenMs = options.now();
      const takenAt = new Date(takenMs).toISOString();
      const snapshotId = `${takenAt.replace(/[-:]/g, '')}-${randomBytes(3).toString('hex')}`;
      const path = join(options.folder, `${snapshotId}.${contentType === 'image/png' ? 'png' : 'jpg'}`);
      try {
        await mkdir(options.folder, { recursive: true, mode: 0o750 });
        await makeRoom(options, picture.length, takenMs);
        await writeWhole(path, picture);
      } catch (cause) {
        throw new HallError('camera.picture-not-kept', {
          message: `A picture could not be written to ${options.folder} (${textOf(cause)}).`,
          cause,
          facts: { folder: options.folder },
        });
      }
      const sha256 = createHash('sha256').update(picture).digest('hex');
      return { snapshotId, path, contentType, bytes: picture.length, sha256, takenAt };
    },
  };
}

async function makeRoom(
  { folder, bytesMax, ageMaxMs }: PictureStoreOptions,
  bytes: number,
  nowMs: number,
): Promise<void> {
  const names = (await readdir(folder)).sort();
  for (const left of names.filter((name) => name.endsWith(PARTIAL))) await rm(join(folder, left), { force: true });
  const pictures = await Promise.all(
    names
      .filter((name) => PICTURE_NAME.test(name))
      .map(async (name) => ({ name, bytes: (await stat(join(folder, name))).size })),
  );
  const oldestAllowed = new Date(nowMs - ageMaxMs).toISOString().replace(/[-:]/g, '');
  let held = pictures.reduce((sum, picture) => sum + picture.bytes, 0);
  for (const picture of pictures) {
    if (held + bytes <= bytesMax && picture.name >= oldestAllowed) return;
    await rm(join(folder, picture.name), { force: true });
    held -= picture.bytes;
  }
}

async function writeWhole(path: string, picture: Buffer): Promise<void> {
  const partial = `${path}${PARTIAL}`;
  try {
    const file = await open(partial, 'wx', 0o640);
    try {
      await file.writeFile(picture);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (thrown) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw thrown;
  }
}

/** By its first and last bytes: what a camera calls it proves nothing, and half a JPEG lacks its end. */
function typeOf(picture: Buffer): KeptPicture['contentType'] {
  if (picture.subarray(0, 8).toString('hex') === '89504e470d0a1a0a') return 'image/png';
  if (picture.subarray(0, 3).toString('hex') !== 'ffd8ff') throw unusable('it is neither JPEG nor PNG');
  if (!picture.subarray(-64).includes(Buffer.from([0xff, 0xd9]))) throw unusable('the JPEG has no end');
  return 'image/jpeg';
}

function unusable(why: string): HallError {
  return new HallError('camera.picture-unusable', { message: `The camera's picture was refused: ${why}.` });
}
