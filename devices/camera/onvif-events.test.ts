/**
 * What cameras notice: subscriptions of every sort, and how storms and flicker become events.
 */
import { describe, expect, it } from 'vitest';
import type { CameraOptions } from '../../simulators/camera/camera-options.ts';
import { cameraForTest, runDriver } from './onvif-rig.fixture.ts';

describe('a subscription', () => {
  it.each(['address', 'axis-parameter', 'vendor-parameters'] as const)(
    'works where the camera keeps its number in: %s',
    async (subscriptionForm) => {
      const simulated = await cameraForTest({ subscriptionForm, strictAddressing: true });
      const { seen, events, online } = runDriver(simulated);
      await online();
      simulated.tamper(true);
      await seen.until('the alarm arrived', () => events().length === 1);
      expect(events()[0]).toMatchObject({ type: 'camera.tamper', data: { phase: 'started' } });
    },
  );

  it('is made again when the camera forgot it, and no alarm stays open for ever', async () => {
    const simulated = await cameraForTest();
    const { seen, state, events, online } = runDriver(simulated);
    await online();
    simulated.tamper(true);
    await seen.until('the alarm arrived', () => events().length === 1);
    const asked = simulated.asked('CreatePullPointSubscription');
    simulated.dropSubscriptions();
    simulated.tamper(false);
    await seen.until('it subscribed again', () => simulated.asked('CreatePullPointSubscription') > asked);
    await seen.until('the end arrived', () => events().length === 2);
    expect(events()[1]).toMatchObject({ type: 'camera.tamper', data: { phase: 'ended', assumed: true } });
    expect(state()).toMatchObject({ events: 'subscribed', tamper: false });
    expect(seen.presence.state).toBe('online');
  });

  describe('of a camera that says how things stand only when it is asked', () => {
    async function silentCamera(options: CameraOptions = {}) {
      const simulated = await cameraForTest(options);
      simulated.quirks.silentStart = true;
      const driver = runDriver(simulated);
      await driver.online();
      await driver.seen.until('the state is known', () => driver.state().videoLoss === false);
      const away = async (meanwhile: () => void) => {
        const asked = simulated.asked('SetSynchronizationPoint');
        simulated.dropSubscriptions();
        meanwhile();
        await driver.seen.until('it subscribed again', () => simulated.asked('SetSynchronizationPoint') > asked);
      };
      return { simulated, ...driver, away };
    }

    it('puts right a video loss that ended while the subscription was gone', async () => {
      const { simulated, seen, state, events, away } = await silentCamera({ strictAddressing: true });
      simulated.videoLoss(true);
      await seen.until('the alarm arrived', () => events().length === 1);
      await away(() => simulated.videoLoss(false));
      await seen.until('the end arrived', () => events().length === 2);
      expect(events()[1]).toMatchObject({ type: 'camera.video-loss', data: { phase: 'ended', assumed: true } });
      expect(state()).toMatchObject({ events: 'subscribed', videoLoss: false });
    });

    it('shows a video loss that began while the subscription was gone, and one that also ended leaves nothing', async () => {
      const { simulated, seen, state, events, away } = await silentCamera({ subscriptionForm: 'vendor-parameters' });
      await away(() => simulated.videoLoss(true));
      await seen.until('the state is right', () => state().videoLoss === true);
      await away(() => simulated.videoLoss(false));
      await seen.until('the state is right again', () => state().videoLoss === false);
      await away(() => {
        simulated.videoLoss(true);
        simulated.videoLoss(false);
      });
      simulated.tamper(true);
      await seen.until('the alarm arrived', () => events().length === 1);
      expect(events()).toMatchObject([{ type: 'camera.tamper', data: { phase: 'started' } }]);
      expect(state().videoLoss).toBe(false);
    });
  });

  it('is kept when the camera does not know how to say how things stand', async () => {
    const simulated = await cameraForTest();
    simulated.quirks.unsupported = new Set(['SetSynchronizationPoint']);
    const { seen, state, events, online } = runDriver(simulated);
    await online();
    simulated.videoLoss(true);
    await seen.until('the alarm arrived', () => events().length === 1);
    expect(simulated.asked('CreatePullPointSubscription')).toBe(1);
    expect(simulated.asked('SetSynchronizationPoint')).toBe(1);
    expect(state().events).toBe('subscribed');
  });

  it('that comes after a restart of the gateway ends the alarm that was open before', async () => {
    const simulated = await cameraForTest();
    const before = runDriver(simulated);
    await before.online();
    simulated.tamper(true);
    simulated.motion(true);
    await before.seen.until('the alarms arrived', () => before.events().length === 2);
    await before.stop();
    simulated.tamper(false);
    const { seen, events, online } = runDriver(simulated, {}, undefined, before.seen.store);
    await online();
    await seen.until('the end arrived', () => events().length === 3);
    expect(events()[2]).toMatchObject({ type: 'camera.tamper', data: { phase: 'ended', assumed: true } });
    simulated.motion(false);
    await seen.until('the other end arrived', () => events().length === 4);
    expect(events()[3]).toMatchObject({ type: 'camera.motion', data: { phase: 'ended' } });
    expect(seen.store.cursors.get('open-signals')).toEqual([]);
  });

  it('is renewed where pulling alone does not lengthen it', async () => {
    const simulated = await cameraForTest();
    simulated.quirks.pullExtends = false;
    const { seen, events, online } = runDriver(simulated, { events: { settleMs: 0, pullMs: 1_000 } });
    await online();
    await seen.until('it was renewed twice', () => simulated.asked('Renew') >= 2);
    expect(simulated.asked('CreatePullPointSubscription')).toBe(1);
    simulated.videoLoss(true);
    await seen.until('the alarm arrived', () => events().length === 1);
  });

  it('does not ask again and again a camera that never lets it wait', async () => {
    const simulated = await cameraForTest();
    simulated.quirks.pullAnswersAtOnce = true;
    const { seen, online } = runDriver(simulated);
    await online();
    await seen.until('a few looks-in passed', () => simulated.asked('GetSystemDateAndTime') > 8);
    expect(simulated.asked('PullMessages')).toBeLessThan(6);
  });

  it('is given back when the gateway stops', async () => {
    const simulated = await cameraForTest();
    const { online, stop } = runDriver(simulated);
    await online();
    expect(simulated.subscribed()).toBe(1);
    await stop();
    expect(simulated.subscribed()).toBe(0);
  });

  it('is no condition: a camera without events, or with none left, is online and says so', async () => {
    const without = runDriver(await cameraForTest({ events: false }));
    await without.online();
    expect(without.state().events).toBe('unsupported');
    const full = runDriver(await cameraForTest({ subscriptionsMax: 0 }));
    await full.online();
    expect(full.state().events).toBe('lost');
  });

  it('tells how things stand as state, and begins no event with it', async () => {
    const simulated = await cameraForTest({ inputs: ['AlarmIn_1', 'AlarmIn_2'] });
    simulated.videoLoss(true);
    simulated.digitalInput(true, 'AlarmIn_2');
    const { seen, state, events, online } = runDriver(simulated);
    await online();
    await seen.until('the state is known', () => state().inputs?.['AlarmIn_2'] === true && state().videoLoss === true);
    expect(events()).toEqual([]);
    simulated.digitalInput(true, 'AlarmIn_1');
    simulated.videoLoss(false);
    await seen.until('the change is known', () => state().videoLoss === false);
    expect(events()).toMatchObject([{ type: 'camera.digital-input', data: { phase: 'started', source: 'AlarmIn_1' } }]);
  });

  it('is not asked for more before what came is on disk', async () => {
    const simulated = await cameraForTest();
    const { seen, events, online } = runDriver(simulated);
    await online();
    await seen.until('it is being pulled', () => seen.states.length > 0 && simulated.subscribed() === 1);
    seen.holdCommits();
    simulated.motion(true);
    await seen.until('the state was told', () => JSON.stringify(seen.states.at(-1)).includes('"motion":true'));
    const pulls = simulated.asked('PullMessages');
    await seen.until('a few looks-in passed', () => simulated.asked('GetSystemDateAndTime') > 6);
    expect(simulated.asked('PullMessages')).toBe(pulls);
    seen.releaseCommits();
    await seen.until('the event is on record', () => events().length === 1);
  });
});

describe('a storm', () => {
  it('of motion is told as far as the rate allows, the rest is counted, and alarms still pass', async () => {
    const simulated = await cameraForTest();
    const { seen, state, events, online } = runDriver(simulated, {
      events: { settleMs: 0, perMinuteMax: 3, pullMs: 5_000 },
    });
    await online();
    await simulated.storm(200, 1);
    simulated.motion(false);
    simulated.videoLoss(true);
    await seen.until('the alarm arrived', () => events().some(({ type }) => type === 'camera.video-loss'));
    const motions = events().filter(({ type }) => type === 'camera.motion');
    expect(motions.filter(({ data }) => data['phase'] === 'started')).toHaveLength(3);
    expect(motions.filter(({ data }) => data['phase'] === 'ended')).toHaveLength(3);
    expect(state().suppressed).toBeGreaterThan(50);
    expect(seen.presence.state).toBe('online');
  });

  it('of a loose contact leaves the other inputs alone', async () => {
    const simulated = await cameraForTest({ inputs: ['AlarmIn_1', 'AlarmIn_2'] });
    const { seen, events, online } = runDriver(simulated, { events: { settleMs: 0, perMinuteMax: 2, pullMs: 5_000 } });
    await online();
    for (let nth = 0; nth < 5; nth += 1) {
      simulated.digitalInput(true, 'AlarmIn_1');
      simulated.digitalInput(false, 'AlarmIn_1');
    }
    simulated.digitalInput(true, 'AlarmIn_2');
    const isOther = ({ data }: { data: Record<string, unknown> }) => data['source'] === 'AlarmIn_2';
    await seen.until('the other alarm arrived', () => events().some(isOther), 5_000);
    expect(events().filter((event) => !isOther(event))).toHaveLength(4);
  });

  it('of flicker is one event, when signals have to settle', async () => {
    const simulated = await cameraForTest();
    const { seen, events, online } = runDriver(simulated, { events: { settleMs: 400, pullMs: 5_000 } });
    await online();
    for (let nth = 0; nth < 5; nth += 1) {
      simulated.motion(true);
      simulated.motion(false);
    }
    await seen.until('the end arrived', () => events().length >= 2);
    expect(events().map(({ data }) => data['phase'])).toEqual(['started', 'ended']);
  });
});
