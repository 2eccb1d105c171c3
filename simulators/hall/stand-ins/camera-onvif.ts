/**
 * Cameras of hall.yaml on ONVIF, each on its own address or port.
 */
import { startCamera, type SimulatedCamera } from '../../camera/camera.ts';
import { HALL_PRESETS } from '../../camera/camera-defaults.ts';
import type { CameraOptions } from '../../camera/camera-options.ts';
import { isSecret, secretText, type DeviceEntry } from '../hall-file.ts';
import type { Ground, Hand, Happening, StandIn, StandInMaker } from '../stand-in.ts';
import { cameraSignal, type CameraSignal, type SignalName } from './camera-signals.ts';

const PORT = 80;
/** The driver's own. */
const EVENT_DEFAULTS = { settleMs: 3_000, perMinuteMax: 20 };
/** A gateway that is killed again and again leaves its subscriptions behind for some minutes. */
const SUBSCRIPTIONS_MAX = 16;
const SIGNALS: Readonly<Record<string, { signal: SignalName; en: string; zh: string }>> = {
  motion: { signal: 'motion', en: 'something moves in the picture', zh: '画面有人移动' },
  tamper: { signal: 'tamper', en: 'somebody covers the lens', zh: '遮挡镜头' },
  'video-loss': { signal: 'video-loss', en: 'the picture is lost', zh: '视频丢失' },
  input: { signal: 'digital-input', en: 'the alarm input is active', zh: '报警输入' },
};

interface Stood {
  entry: DeviceEntry;
  camera: SimulatedCamera;
  signals: ReadonlyMap<string, CameraSignal>;
}

export const cameraOnvif: StandInMaker = {
  kind: 'camera',
  wire: 'onvif',
  async standUp(entries, ground) {
    const stood: Stood[] = [];
    const close = async () => {
      for (const { signals } of stood) for (const signal of signals.values()) signal.close();
      await Promise.all(stood.map(({ camera }) => camera.close()));
    };
    try {
      for (const entry of entries) {
        const camera = await startCamera(await optionsOf(entry, ground));
        stood.push({ entry, camera, signals: signalsOf(entry, camera, ground) });
      }
    } catch (thrown) {
      await close();
      throw thrown;
    }
    return { close, devices: stood.map(standIn) };
  },
};

async function optionsOf(entry: DeviceEntry, { random }: Ground): Promise<CameraOptions> {
  const { id, name, host, port, username, password, auth, serial, tls } = entry;
  if (tls !== undefined) throw new Error(`${id}: a camera with tls cannot be simulated / 不能模拟 HTTPS 摄像机`);
  const account = typeof username === 'string' && isSecret(password);
  return {
    host: String(host),
    port: typeof port === 'number' ? port : PORT,
    seed: random.int(1, 2 ** 31),
    name: name ?? id,
    presets: HALL_PRESETS,
    subscriptionsMax: SUBSCRIPTIONS_MAX,
    auth: !account ? 'none' : auth === 'digest' ? 'digest' : 'usernametoken',
    ...(account && { user: username, password: await secretText(password, process.env) }),
    ...(typeof serial === 'string' && { serial }),
  };
}

function signalsOf(entry: DeviceEntry, camera: SimulatedCamera, ground: Ground): Map<string, CameraSignal> {
  const senses: Readonly<Record<SignalName, (on: boolean) => boolean>> = {
    motion: (on) => camera.motion(on),
    tamper: (on) => camera.tamper(on),
    'video-loss': (on) => camera.videoLoss(on),
    'digital-input': (on) => camera.digitalInput(on),
  };
  const made = Object.entries(SIGNALS).map(([hand, { signal }]): [string, CameraSignal] => {
    const tell = ({ phase, certain }: { phase: string; certain: boolean }) => {
      const place = { device: entry.id, kind: entry.kind, atMs: Date.now() };
      const happening: Happening = { ...place, what: typeOf(signal), data: { phase } };
      ground.onHappening(certain ? happening : { ...happening, maybe: true });
    };
    return [hand, cameraSignal({ signal, camera, sense: senses[signal], tell, ...eventsOf(entry) })];
  });
  return new Map(made);
}

function eventsOf({ events }: DeviceEntry): typeof EVENT_DEFAULTS {
  return { ...EVENT_DEFAULTS, ...(typeof events === 'object' && events) };
}

function typeOf(signal: SignalName): string {
  return `hall.camera.${signal}.v1`;
}

function standIn({ entry, camera, signals }: Stood): StandIn {
  const noticing = [...signals].map(([name, signal]): [string, Hand] => [name, noticingHand(name, signal)]);
  return {
    entry,
    speaks: entry['events'] === 'off' ? [] : Object.values(SIGNALS).map(({ signal }) => typeOf(signal)),
    hands: {
      ...Object.fromEntries(noticing),
      slow: {
        summary: { en: 'every answer takes so long', zh: '应答变慢' },
        input: { ms: 2_000 },
        act({ ms }) {
          camera.quirks.answerDelayMs = Number(ms);
        },
      },
      reboot: {
        summary: { en: 'the camera reboots', zh: '重启' },
        act: () => camera.reboot(),
      },
    },
    pullCable: () => camera.pullCable(),
    plugIn: () => camera.plugIn(),
  };
}

function noticingHand(name: string, signal: CameraSignal): Hand {
  const { en = name, zh = name } = SIGNALS[name] ?? {};
  return {
    summary: { en, zh },
    input: { on: true },
    act: ({ on }) => signal.change(on !== false),
  };
}
