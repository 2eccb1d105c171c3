/**
 * No pushed punch is lost and none is doubled, whatever happens between the clock and the gateway.
 */
import { describe, expect, test } from 'vitest';
import { startClock } from '../../simulators/fingerprint-clock/clock.ts';
import { until } from '../../simulators/kit/until.ts';
import { systemClock } from '../../gateway/kernel/clock.ts';
import { recordingHall, recordingStore } from '../recording-hall.ts';
import { fingerprintClock } from './kind.ts';
import { keyOf, punches, pushGateway, pushingClock, SERIAL } from '../testing-push-hall.ts';
import { zk } from './zk.ts';

const STAFF = [
  { uid: 1, userId: '1001', name: '张三', password: '71717171' },
  { uid: 2, userId: '00042', name: '阿卜杜热西提', password: '82828282' },
];

describe('a batch of punches', () => {
  test('is told OK after it is on disk, and told to come again while the disk refuses', async () => {
    const clock = await pushingClock({ log: punches(3) });
    const gateway = pushGateway(clock.port);
    await until('the clock is there', () => gateway.seen.presence.state === 'online');
    await until('its log is on record', () => clock.body.handedOver() === 3);
    gateway.seen.holdCommits();
    clock.punch('1001');
    clock.punch('1002');
    await until(
      'the clock was told to come again, twice',
      () => clock.answers.filter((code) => code === 503).length > 1,
    );
    expect(clock.body.handedOver()).toBe(3);
    gateway.seen.releaseCommits();
    await until('all is handed over', () => clock.body.handedOver() === 5);
    expect(gateway.punched()).toEqual(clock.body.truth.map(keyOf));
    expect(gateway.seen.presence.state).toBe('online');
  });

  test('is taken at the next try when what is known of the clock could not be read at first', async () => {
    const store = recordingStore();
    const read = store.cursors.get.bind(store.cursors);
    let failures = 2;
    store.cursors.get = (name) => {
      if (failures === 0) return read(name);
      failures -= 1;
      throw new Error('SQLITE_IOERR: disk I/O error');
    };
    const clock = await pushingClock({ log: punches(3) });
    const gateway = pushGateway(clock.port, { store });
    await until('its log is on record', () => clock.body.handedOver() === 3);
    expect(gateway.punched()).toEqual(clock.body.truth.map(keyOf));
  });

  test('that comes again because the answer was lost makes no second event', async () => {
    const clock = await pushingClock({ log: punches(250), linesPerBatch: 100 });
    clock.quirks.answersToLose = 4;
    const gateway = pushGateway(clock.port);
    await until('all is handed over', () => clock.body.handedOver() === 250);
    expect(clock.quirks.answersToLose).toBe(0);
    expect(gateway.punched()).toEqual(clock.body.truth.map(keyOf));
  });

  test('larger than one commit is acknowledged as a whole', async () => {
    const clock = await pushingClock({ log: punches(1_700), linesPerBatch: 5_000 });
    const gateway = pushGateway(clock.port);
    await until('all is handed over', () => clock.body.handedOver() === 1_700);
    expect(gateway.punched()).toEqual(clock.body.truth.map(keyOf));
  });

  test('with lines that nobody can read keeps the others, says so, and does not block the clock', async () => {
    const clock = await pushingClock();
    const gateway = pushGateway(clock.port);
    clock.write('ATTLOG', [
      '1001\t2026-06-01 08:00:00\t0\t1',
      'garbage',
      `1002\t${'9'.repeat(5_000)}`,
      '1003\t2026-02-31 08:00:00\t0\t1',
    ]);
    clock.punch('1004', { time: '2026-06-01T09:00:00' });
    await until('all is handed over', () => clock.body.handedOver() === 1);
    expect(gateway.punched()).toEqual([
      '1001 2026-06-01T08:00:00',
      '1003 2026-02-31T08:00:00',
      '1004 2026-06-01T09:00:00',
    ]);
    expect(gateway.state()).toMatchObject({ malformed: 2, lastPunchAt: '2026-06-01T09:00:00' });
    expect(gateway.seen.log.filter(({ event }) => event === 'clock.line-broken')).toHaveLength(2);
  });

  test('that breaks off in the middle is no punch cut short', async () => {
    const clock = await pushingClock({ pluggedIn: false });
    const gateway = pushGateway(clock.port);
    await until('the port is open', () => gateway.logged('push.up'));
    const whole = '1001\t2026-06-01 08:00:00\t0\t1\n';
    clock.wire.noise(
      Buffer.from(
        `POST /iclock/cdata?SN=${SERIAL}&table=ATTLOG HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n${whole}1002\t2026-06-01 08:00:01\t1`,
      ),
    );
    await until('the gateway has seen it', () => gateway.seen.presence.state === 'online');
    clock.write('ATTLOG', ['1003\t2026-06-01 08:00:02\t0\t1']);
    await clock.plugIn();
    await until('a later batch is on record', () => gateway.punched().includes('1003 2026-06-01T08:00:02'));
    expect(gateway.punched().filter((punch) => punch.startsWith('1002'))).toEqual([]);
  });
});

describe('a clock', () => {
  test('that resumes from a stamp goes on where it was after both were restarted', async () => {
    const clock = await pushingClock({ log: punches(120), linesPerBatch: 50, resumesFromStamp: true, pushVersion: '' });
    const first = pushGateway(clock.port);
    await until('all is handed over', () => clock.body.handedOver() === 120);
    await first.stop();
    clock.reboot();
    const second = pushGateway(clock.port, { store: first.store });
    await until('the clock is back', () => second.seen.presence.state === 'online');
    clock.punch('1001', { time: '2026-07-01T08:00:00' });
    await until('the new punch is on record', () => second.punched().length === 121);
    expect(first.store.cursors.get('push')).toMatchObject({ ATTLOG: '121' });
    expect(clock.answers.filter((code) => code === 200).length).toBeLessThan(40);
  });

  test('that changes its wire from zk to adms doubles nothing', async () => {
    const log = punches(30);
    const store = recordingStore();
    const old = await startClock({ serial: SERIAL, users: [{ uid: 1, userId: '1001' }], log: [...log] });
    const hall = recordingHall(fingerprintClock, { store });
    const ended = zk.run(zk.config.parse({ host: old.host, port: old.port }), hall.hall);
    await until('the old wire has read the log', () => store.occurrences.length === 30);
    hall.stop();
    await ended;
    await old.close();
    const clock = await pushingClock({ log });
    clock.punch('1001', { time: '2026-07-01T08:00:00' });
    const gateway = pushGateway(clock.port, { store });
    await until('all is handed over', () => clock.body.handedOver() === 31);
    expect(gateway.punched()).toEqual(clock.body.truth.map(keyOf));
  });

  test('tells who is who in GBK or UTF-8, and no password is kept or logged', async () => {
    for (const encoding of ['gbk', 'utf8'] as const) {
      const clock = await pushingClock({ users: [...STAFF], encoding, resumesFromStamp: true });
      const gateway = pushGateway(clock.port);
      clock.punch('42');
      clock.punch('1001');
      await until('both are on record', () => gateway.punched().length === 2);
      const named = gateway.store.occurrences.map(({ data }) => [data['userId'], data['name'], data['origin']]);
      expect(named).toEqual([
        ['00042', '阿卜杜热西提', 'live'],
        ['1001', '张三', 'live'],
      ]);
      await gateway.stop();
      const again = pushGateway(clock.port, { store: gateway.store });
      clock.punch('1001', { time: '2026-06-01T08:00:00' });
      await until('the third is on record', () => again.punched().length === 3);
      expect(again.store.occurrences.at(-1)?.data).toMatchObject({ name: '张三', origin: 'stored' });
      const kept = JSON.stringify([
        gateway.store.occurrences,
        [...gateway.store.cursors],
        gateway.seen.log,
        gateway.seen.states,
      ]);
      expect(kept).not.toMatch(/71717171|82828282/);
    }
  });

  test('that sends templates and photos is told OK, and they are dropped and counted', async () => {
    const clock = await pushingClock();
    const gateway = pushGateway(clock.port);
    const template = 'SECRETTEMPLATE'.repeat(20_000);
    clock.enrol({ uid: 9, userId: '1009', name: '李雷' }, template);
    clock.photo('1009', Buffer.alloc(300_000, 10));
    clock.write('BIODATA', [`BIODATA Pin=1009\tNo=0\tTmp=${template}`, 'BIODATA Pin=1009\tNo=1\tTmp=x']);
    clock.punch('1009');
    await until('all is handed over', () => clock.body.handedOver() === 1);
    expect(gateway.state()).toMatchObject({ dropped: 4 });
    const kept = JSON.stringify([gateway.store.occurrences, [...gateway.store.cursors], gateway.seen.log]);
    expect(kept).not.toContain('SECRET');
    expect(gateway.store.occurrences.map(({ data }) => data['name'])).toEqual(['李雷']);
  });

  test('raises an alarm once, however often it is told', async () => {
    const clock = await pushingClock();
    const gateway = pushGateway(clock.port);
    clock.quirks.answersToLose = 1;
    clock.alarm(55);
    clock.alarm(51);
    clock.punch('1001');
    await until('the punch is on record', () => gateway.punched().length === 1);
    const alarms = gateway.store.occurrences.filter(({ type }) => type === 'clock.alarm');
    expect(alarms.map(({ data }) => data)).toEqual([{ alarm: 'tamper', code: 55 }]);
  });

  test('that pushes as access control is refused, so that it keeps its punches', async () => {
    const clock = await pushingClock();
    const gateway = pushGateway(clock.port);
    clock.write('rtlog', ['time=2026-06-01 08:00:00\tpin=1001\tevent=0']);
    await until('it was refused', () => clock.answers.includes(501));
    await until('it was said', () => gateway.logged('clock.upload-refused'));
    expect(gateway.store.occurrences).toEqual([]);
  });

  test('sets itself by the Date of the answers, and is told no date by a gateway that does not know it', async () => {
    const time = { ...systemClock(), synced: () => false };
    const clock = await pushingClock({ utcOffsetMinutes: 0 });
    clock.drift(-3_600_000);
    const gateway = pushGateway(clock.port, { clock: time });
    await until('the clock has asked for a while', () => clock.answers.length > 5);
    expect(clock.body.driftMs).toBe(-3_600_000);
    time.synced = () => true;
    await until('the clock is right', () => Math.abs(clock.body.driftMs) <= 1_000);
    const shown = Date.parse(`${clock.body.time()}+08:00`);
    expect(Math.abs(shown - Date.now())).toBeLessThan(3_000);
    expect(gateway.seen.presence.state).toBe('online');
  });
});
