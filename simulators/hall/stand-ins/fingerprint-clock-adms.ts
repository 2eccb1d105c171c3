/**
 * Fingerprint clocks of hall.yaml that push their punches to the gateway. A punch is in the clock's log until the gateway has
 * said OK to it, so every one must arrive, whenever.
 */
import { startPushClock, type SimulatedPushClock } from '../../fingerprint-clock/push-clock.ts';
import type { DeviceEntry } from '../hall-file.ts';
import { STAFF } from '../people.ts';
import type { Ground, StandIn, StandInMaker } from '../stand-in.ts';

const PUNCHED = 'hall.attendance.punched.v1';
/** The gateway may come up after the clocks: they look for it sooner than the half minute of real ones. */
const LOOKS_AGAIN_MS = 1_000;

export const fingerprintClockAdms: StandInMaker = {
  kind: 'fingerprint-clock',
  wire: 'adms',
  async standUp(entries, ground) {
    const stood = await Promise.all(entries.map(async (entry) => ({ entry, clock: await startFor(entry, ground) })));
    const close = async () => {
      await Promise.all(stood.map(({ clock }) => clock.close()));
    };
    return { close, devices: stood.map(({ entry, clock }) => standIn(entry, clock, ground)) };
  },
};

function startFor(entry: DeviceEntry, { random }: Ground): Promise<SimulatedPushClock> {
  const [host = '', port = ''] = String(entry['listen']).split(':');
  return startPushClock({
    host,
    port: Number(port),
    serial: String(entry['serial']),
    users: [...STAFF],
    seed: random.int(1, 2 ** 31),
    errorDelayMs: LOOKS_AGAIN_MS,
    ...(entry['nameEncoding'] === 'utf8' && { encoding: 'utf8' }),
  });
}

function standIn(entry: DeviceEntry, clock: SimulatedPushClock, { onHappening }: Ground): StandIn {
  const { id: device, kind } = entry;
  clock.body.onTruth(({ userId, time, punch }) => {
    const data = { userId, deviceTime: time, punchCode: punch };
    onHappening({ device, kind, atMs: Date.now(), what: PUNCHED, data });
  });
  return {
    entry,
    speaks: [PUNCHED],
    hands: {
      punch: {
        summary: { en: 'somebody punches', zh: '打卡' },
        input: { userId: STAFF[0]?.userId ?? '', punch: 0 },
        act({ userId, punch }) {
          const punched = clock.punch(String(userId), typeof punch === 'number' ? { punch } : {});
          return { time: punched.time };
        },
      },
      drift: {
        summary: { en: 'the clock goes wrong', zh: '时钟走偏' },
        input: { seconds: 90 },
        act: ({ seconds }) => clock.drift(Number(seconds) * 1_000),
      },
      reboot: {
        summary: { en: 'the clock reboots', zh: '重启' },
        act: () => clock.reboot(),
      },
    },
    pullCable: () => clock.pullCable(),
    plugIn: () => clock.plugIn(),
  };
}
