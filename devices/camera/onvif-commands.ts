/**
 * The commands of a camera, carried out within the visit that is under way.
 */
import type { CommandHandlers } from '../../gateway/kernel/driver.ts';
import { HallError, isHallError } from '../../gateway/kernel/errors.ts';
import type { CameraPreset } from './camera-port.ts';
import type { Camera } from './kind.ts';
import type { Station, Visit } from './onvif-visit.ts';
import { measureClock } from './onvif-time.ts';

/** A camera tells whole seconds and takes a moment: nearer than this cannot be asked for. */
const TIME_SET_WITHIN_MS = 3_000;

export function commandHandlers(station: Station, visiting: () => Visit | undefined): CommandHandlers<Camera> {
  const present = (): Visit => {
    const visit = visiting();
    if (!visit) throw new HallError('camera.absent', { facts: { host: station.config.host } });
    return visit;
  };
  return {
    async snapshot() {
      const { link, camera } = present();
      return station.snapshots.take(link, camera, 'command');
    },
    'goto-preset': ({ preset }) => gotoPreset(present(), preset),
    'set-time': () => setTime(present(), station),
    async reboot() {
      await rebooted(present());
      return {};
    },
  };
}

async function gotoPreset({ camera: { port, chosen } }: Visit, wanted: string) {
  if (chosen === undefined) throw new HallError('camera.not-supported', { message: 'The camera has no profile.' });
  const presets = await port.presets(chosen);
  const found = presets.find(({ token }) => token === wanted) ?? presets.find(({ name }) => name === wanted);
  if (!found) throw presetUnknown(wanted, presets);
  await port.gotoPreset(chosen, found.token);
  return { token: found.token, ...(found.name !== undefined && { name: found.name }) };
}

function presetUnknown(wanted: string, presets: readonly CameraPreset[]): HallError {
  const known = presets.map(({ name, token }) => name ?? token).slice(0, 20);
  return new HallError('camera.preset-unknown', {
    message: `The camera has no preset "${wanted}".`,
    hint: known.length === 0 ? 'Store presets in the camera first.' : `It has: ${known.join(', ')}.`,
  });
}

async function setTime({ link, camera: { port } }: Visit, { hall, config, status }: Station) {
  if (!hall.clock.synced()) throw new HallError('clock.hall-time-unknown');
  const driftBeforeMs = await measureClock(link, config.path, hall.clock);
  await port.setTime(hall.clock.now());
  const driftAfterMs = await measureClock(link, config.path, hall.clock);
  status.update({ clockDriftMs: driftAfterMs });
  if (Math.abs(driftAfterMs) <= TIME_SET_WITHIN_MS) return { driftBeforeMs, driftAfterMs };
  throw new HallError('camera.time-not-set', {
    message: `The camera is ${driftAfterMs} ms off after its time was set.`,
    facts: { driftBeforeMs, driftAfterMs },
  });
}

/** A camera that restarts may answer first, or be gone before: then nothing says that it does, but that it is gone. */
async function rebooted({ link, camera: { port } }: Visit): Promise<void> {
  await port.reboot().catch((thrown: unknown) => {
    const cutOff =
      isHallError(thrown) &&
      thrown.code === 'camera.no-answer' &&
      /ECONNRESET|ECONNREFUSED|closed|hang up/.test(thrown.message);
    if (!cutOff) throw thrown;
  });
  link.offsetMs = 0;
}
