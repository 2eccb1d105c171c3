import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pictureStore, type PictureStoreOptions } from './onvif-picture-store.ts';

const DAY_MS = 86_400_000;

function storeForTest(options: Partial<PictureStoreOptions> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'pictures-'));
  onTestFinished(() => {
    chmodSync(root, 0o700);
    rmSync(root, { recursive: true });
  });
  const folder = join(root, 'camera-1');
  let nowMs = Date.UTC(2026, 5, 1);
  const store = pictureStore({ folder, bytesMax: 10_000, ageMaxMs: 30 * DAY_MS, now: () => nowMs, ...options });
  return { store, root, folder, files: () => readdirSync(folder).sort(), later: (ms: number) => (nowMs += ms) };
}

function jpeg(bytes: number): Buffer {
  const picture = Buffer.alloc(bytes, 0x20);
  picture.set([0xff, 0xd8, 0xff, 0xe0]);
  picture.set([0xff, 0xd9], bytes - 2);
  return picture;
}

describe('the store of pictures', () => {
  it('never holds more than it may: the oldest pictures go first', async () => {
    const { store, files, later } = storeForTest();
    const names: string[] = [];
    for (let nth = 0; nth < 6; nth += 1) {
      names.push(`${(await store.keep(jpeg(3_000))).snapshotId}.jpg`);
      later(1_000);
    }
    expect(files()).toEqual(names.slice(-3));
  });

  it('lets pictures go that are too old', async () => {
    const { store, files, later } = storeForTest();
    await store.keep(jpeg(100));
    later(31 * DAY_MS);
    const { snapshotId } = await store.keep(jpeg(100));
    expect(files()).toEqual([`${snapshotId}.jpg`]);
  });

  it('clears what a power cut left half written, and leaves the files of others alone', async () => {
    const { store, folder, files } = storeForTest();
    const { snapshotId } = await store.keep(jpeg(100));
    writeFileSync(join(folder, 'notes.txt'), 'ours');
    writeFileSync(join(folder, '20260101T000000.000Z-abcdef.jpg.part'), 'half');
    const second = await store.keep(jpeg(100));
    expect(files()).toEqual([`${snapshotId}.jpg`, `${second.snapshotId}.jpg`, 'notes.txt'].sort());
  });

  it.each([
    ['a page', Buffer.from('<html>')],
    ['half a JPEG', jpeg(1_000).subarray(0, 500)],
    ['nothing', Buffer.alloc(0)],
    ['more than it may hold', jpeg(20_000)],
  ])('refuses %s', async (_, picture) => {
    const { store } = storeForTest();
    await expect(store.keep(picture)).rejects.toMatchObject({ code: 'camera.picture-unusable' });
  });

  it('says so when the disk refuses', async () => {
    const { root } = storeForTest();
    writeFileSync(join(root, 'file'), '');
    const { store } = storeForTest({ folder: join(root, 'file', 'camera-1') });
    await expect(store.keep(jpeg(100))).rejects.toMatchObject({ code: 'camera.picture-not-kept', remedy: 'operator' });
  });
});
