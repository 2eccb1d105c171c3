/**
 * The cameras of a whole hall at once.
 */
import { describe, expect, it } from 'vitest';
import { deferred } from '../../gateway/kernel/waiting.ts';
import { cameraCrowd } from './onvif-crowd.ts';
import { cameraForTest, runDriver } from './onvif-rig.fixture.ts';
import type { SharedThings } from '../recording-hall.ts';

const CAMERAS = 97;
const DEAD = 20;

describe('a hall with 97 cameras', () => {
  it('has 77 of them online and heard while 20 are dead or hang', async () => {
    const shared: SharedThings = new Map();
    const cameras = await Promise.all(Array.from({ length: CAMERAS }, (_, nth) => cameraForTest({ seed: nth })));
    const dead = cameras.slice(0, DEAD);
    for (const [nth, camera] of dead.entries()) {
      if (nth % 2 === 0) await camera.pullCable();
      else camera.hang();
    }
    const settings = { pollMs: 60_000, retryMaxMs: 60_000, replyTimeoutMs: 60_000 };
    const running = cameras.map((camera) => runDriver(camera, settings, shared));
    const alive = running.slice(DEAD);
    // The dead may be silent for a minute: if they held a place each, nobody else would come in.
    await Promise.all(alive.map(({ online }) => online(40_000)));
    for (const camera of cameras.slice(DEAD)) camera.videoLoss(true);
    await Promise.all(alive.map(({ seen, events }) => seen.until('its alarm arrived', () => events().length === 1)));
    expect(running.slice(0, DEAD).filter(({ seen }) => seen.presence.state === 'online')).toEqual([]);
    await Promise.all(running.map(({ stop }) => stop()));
  }, 60_000);
});

describe('the crowd of cameras', () => {
  it('interrogates twelve at a time, and lets go of who no longer waits', async () => {
    const crowd = cameraCrowd({ monotonicMs: () => 0, search: () => Promise.resolve([]) });
    const gate = deferred<undefined>();
    const quiet = () => new AbortController().signal;
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await gate.promise;
      inside -= 1;
    };
    const all = Array.from({ length: 30 }, () => crowd.interrogate(work, quiet()));
    const stopped = new AbortController();
    const leaves = crowd.interrogate(work, stopped.signal);
    stopped.abort(new Error('stopped'));
    await expect(leaves).rejects.toThrow('stopped');
    expect(inside).toBe(12);
    gate.resolve(undefined);
    await Promise.all(all);
    expect(most).toBe(12);
    await expect(crowd.interrogate(() => Promise.reject(new Error('its own')), quiet())).rejects.toThrow('its own');
    await expect(crowd.interrogate(() => Promise.resolve('next'), quiet())).resolves.toBe('next');
  });

  it('searches the network once for all that are lost', async () => {
    let searches = 0;
    let nowMs = 0;
    const crowd = cameraCrowd({
      monotonicMs: () => nowMs,
      search: () => {
        searches += 1;
        return searches === 1 ? Promise.reject(new Error('no network')) : Promise.resolve([]);
      },
    });
    await expect(Promise.all([crowd.neighbours(), crowd.neighbours()])).resolves.toEqual([[], []]);
    nowMs = 119_000;
    await crowd.neighbours();
    expect(searches).toBe(1);
    nowMs = 121_000;
    await crowd.neighbours();
    expect(searches).toBe(2);
  });
});
