import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { requireTool } from '../kit/tools.ts';
import type { CameraOptions } from './camera-options.ts';
import { startCamera, type SimulatedCamera } from './camera.ts';

const ffprobe = requireTool('ffprobe') ?? '';
const ffmpeg = requireTool('ffmpeg') ?? '';
const run = promisify(execFile);
const TIMEOUT_MS = 20_000;

let camera: SimulatedCamera;
afterEach(() => camera.close());

async function streamOf(options: CameraOptions, channel: number): Promise<string> {
  camera = await startCamera({ user: 'viewer', password: 'p:1', ...options });
  return `rtsp://viewer:p%3A1@${camera.host}:${camera.rtspPort}/Streaming/Channels/${channel}`;
}

async function probe(url: string): Promise<unknown> {
  const show = [
    '-v',
    'error',
    '-analyzeduration',
    '500000',
    '-rtsp_transport',
    'tcp',
    '-show_streams',
    '-of',
    'json',
    url,
  ];
  const { stdout } = await run(ffprobe, show, { timeout: TIMEOUT_MS });
  return (JSON.parse(stdout) as { streams: unknown[] }).streams[0];
}

describe.skipIf(!ffprobe)('ffprobe', () => {
  it.each(['standard', 'hikvision', 'rfc2069'] as const)(
    'signs in by %s digest and sees what the stream is',
    async (dialect) => {
      const url = await streamOf({ digest: { dialect } }, 101);
      expect(await probe(url)).toMatchObject({ codec_name: 'h264', width: 1920, height: 1080, r_frame_rate: '25/1' });
      expect(camera.asked('RTSP DESCRIBE', 401)).toBe(1);
    },
  );

  it('sees the smaller stream of the second profile', async () => {
    expect(await probe(await streamOf({ auth: 'none' }, 102))).toMatchObject({ width: 704, height: 576 });
  });

  it('is refused with a wrong password, and where no stream is', async () => {
    const url = await streamOf({}, 101);
    await expect(probe(url.replace('p%3A1', 'wrong'))).rejects.toThrow(/401/);
    await expect(probe(url.replace(/101$/, '109'))).rejects.toThrow(/404/);
  });
});

describe.skipIf(!ffmpeg)('ffmpeg', () => {
  it('plays more than two seconds of the stream without an error in it', async () => {
    const url = await streamOf({ auth: 'none' }, 102);
    const play = ['-v', 'warning', '-rtsp_transport', 'tcp', '-i', url, '-frames:v', '60', '-f', 'null', '-'];
    const { stderr } = await run(ffmpeg, play, { timeout: TIMEOUT_MS });
    expect(stderr).toBe('');
  });
});
