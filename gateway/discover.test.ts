/** What a technician sees who searches for cameras. */
import { expect, onTestFinished, test } from 'vitest';
import { cameraFinder } from '../devices/camera/onvif-finder.ts';
import { startCamera } from '../simulators/camera/camera.ts';
import { startDiscovery } from '../simulators/camera/discovery.ts';
import { runDiscover } from './discover.ts';
import type { Finder } from './kernel/finder.ts';

async function said(list: readonly Finder[], lang: 'en' | 'zh'): Promise<{ text: string; exitCode: number }> {
  let text = '';
  const stdout = { write: (more: string) => (text += more) };
  const exitCode = await runDiscover({ finders: list, hosts: ['127.0.0.1'], waitMs: 1_000, lang, stdout });
  return { text, exitCode };
}

test('a camera on the network is listed with its address, name and endpoint', async () => {
  const discovery = await startDiscovery({ port: 0, interfaces: ['127.0.0.1'] });
  onTestFinished(() => discovery.close());
  const camera = await startCamera({ name: '北门', model: 'IPC-HX1', discovery });
  onTestFinished(() => camera.close());
  const { text, exitCode } = await said([cameraFinder(discovery.port)], 'zh');
  expect(text).toContain(`${camera.host}:${camera.port}`);
  expect(text).toContain('北门');
  expect(text).toMatch(/urn:uuid:/);
  expect(exitCode).toBe(0);
});

test('nobody answering is said with what to do, and what strangers say cannot steer the terminal', async () => {
  const nobody: Finder = { kind: 'camera', title: { en: 'cameras', zh: '摄像机' }, find: () => Promise.resolve([]) };
  expect(await said([nobody], 'en')).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('does not pass routers') as string,
  });
  const rude: Finder = { ...nobody, find: () => Promise.resolve([{ host: '10.0.0.9', name: '\u001b[2Jgone' }]) };
  expect((await said([rude], 'en')).text).not.toContain('\u001b');
});
