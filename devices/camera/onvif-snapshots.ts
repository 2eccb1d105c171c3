/**
 * Taking a picture: fetched whole, kept, recorded by reference, and only then said. One at a time for each camera.
 */
import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import type { Hall } from '../../gateway/kernel/driver.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import type { Camera, SignalName } from './kind.ts';
import type { Acquaintance } from './onvif-introduction.ts';
import type { CameraLink } from './onvif-link.ts';
import { pictureStore, type KeptPicture } from './onvif-picture-store.ts';
import type { SnapshotSettings } from './onvif-settings.ts';
import type { CameraStatus } from './onvif-status.ts';

export interface Snapshots {
  /**
   * @throws HallError `camera.not-supported`, `camera.busy`, `camera.picture-unusable`, `camera.picture-not-kept`, or as
   *   `CameraLink.fetch`.
   */
  take(link: CameraLink, camera: Acquaintance, cause: 'command' | SignalName): Promise<KeptPicture>;
}

const BYTES_PER_MIB = 1_048_576;
const DAY_MS = 86_400_000;
const PICTURE_BYTES_MAX = 16 * BYTES_PER_MIB;

export function snapshots(hall: Hall<Camera>, settings: SnapshotSettings, status: CameraStatus): Snapshots {
  const bytesMax = settings.mebibytesMax * BYTES_PER_MIB;
  const store = pictureStore({
    folder: join(settings.folder ?? join(hall.dataDirectory, 'snapshots'), hall.device),
    bytesMax,
    ageMaxMs: settings.daysMax * DAY_MS,
    now: () => hall.clock.now(),
  });
  let busy = false;
  const announce = async (picture: KeptPicture, cause: 'command' | SignalName) => {
    await hall.record([{ type: 'camera.snapshot-taken', data: { ...picture, cause } }]);
    status.update({ lastSnapshot: picture });
    if (!settings.publish) return;
    const base64 = (await readFile(picture.path)).toString('base64');
    await hall.say('snapshot', { ...picture, base64 });
  };
  return {
    async take(link, { snapshotUri }, cause) {
      if (snapshotUri === undefined) {
        throw new HallError('camera.not-supported', { message: 'The camera gives no address for pictures.' });
      }
      if (busy) throw new HallError('camera.busy', { message: 'A picture is being taken already.' });
      busy = true;
      try {
        const { body } = await link.fetch(snapshotUri, Math.min(PICTURE_BYTES_MAX, bytesMax));
        const picture = await store.keep(body);
        await announce(picture, cause);
        return picture;
      } finally {
        busy = false;
      }
    },
  };
}
