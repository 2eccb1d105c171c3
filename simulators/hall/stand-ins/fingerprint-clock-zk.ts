/**
 * Fingerprint clocks of hall.yaml that answer on port 4370.
 */
import { startClock, type SimulatedClock } from '../../fingerprint-clock/clock.ts';
import { isSecret, secretText, type DeviceEntry } from '../hall-file.ts';
import { STAFF } from '../people.ts';
import type { Ground, StandIn, StandInMaker } from '../stand-in.ts';

export const fingerprintClockZk: StandInMaker = {
  kind: 'fingerprint-clock',
  wire: 'zk',
  async standUp(entries, ground) {
    const clocks = await Promise.all(entries.map((entry) => startFor(entry, ground)));
    const close = async () => {
      await Promise.all(clocks.map((clock) => clock.close()));
    };
    return {
      close,
      devices: entries.flatMap((entry, index) => {
        const clock = clocks[index];
        return clock ? [standIn(entry, clock, ground)] : [];
      }),
    };
  },
};

async function startFor(entry: DeviceEntry, { random }: Ground): Promise<SimulatedClock> {
  const { host, port, transport, commKey, nameEncoding } = entry;
  const seed = random.int(1, 2 ** 31);
  return startClock({
    users: [...STAFF],
    serial: `SIM${entry.id.toUpperCase()}`,
    seed,
    host: String(host),
    port: typeof port === 'number' ? port : 4_370,
    // Every second clock is of the older make, with short records.
    ...(transport === 'udp' && { transport: 'udp' as const, recordSize: 16, userSize: 28, eventLength: 12 }),
    ...(nameEncoding === 'utf8' && { nameEncoding }),
    ...(isSecret(commKey) && { commKey: Number(await secretText(commKey, process.env)) }),
  });
}

/**
 * A live event that a hung clock does not send, or that a loose cable swallows, is lost while the session goes on: the gateway finds that
 * punch when it looks at the log the next time.
 */
function standIn(entry: DeviceEntry, clock: SimulatedClock, ground: Ground): StandIn {
  let hung = false;
  let unplugged = false;
  return {
    entry,
    speaks: ['hall.attendance.punched.v1'],
    hands: {
      punch: {
        summary: { en: 'somebody punches', zh: '打卡' },
        input: { userId: STAFF[0]?.userId ?? '', punch: 0 },
        act({ userId, punch }) {
          const punched = clock.punch(String(userId), typeof punch === 'number' ? { punch } : {});
          ground.onHappening({
            device: entry.id,
            kind: entry.kind,
            atMs: Date.now(),
            what: 'hall.attendance.punched.v1',
            data: { userId: punched.userId, deviceTime: punched.time, punchCode: punched.punch },
            ...((hung || unplugged) && { late: true as const }),
          });
          return { time: punched.time };
        },
      },
      drift: {
        summary: { en: 'the clock goes wrong', zh: '时钟走偏' },
        input: { seconds: 90 },
        act({ seconds }) {
          clock.body.driftMs += Number(seconds) * 1_000;
        },
      },
      reboot: {
        summary: { en: 'the clock reboots', zh: '重启' },
        act() {
          clock.reboot();
        },
      },
      hang: {
        summary: { en: 'the clock hangs: its socket stays open and says nothing', zh: '死机（连接不断但不应答）' },
        act() {
          hung = true;
          clock.hang();
        },
      },
      wake: {
        summary: { en: 'the clock answers again', zh: '恢复应答' },
        act() {
          clock.wake();
          hung = false;
        },
      },
    },
    async pullCable() {
      unplugged = true;
      await clock.pullCable();
    },
    async plugIn() {
      await clock.plugIn();
      unplugged = false;
    },
  };
}
