/**
 * What a camera (网络摄像机) is to the hall, whatever wire it speaks: whether it sees and can be reached, what it noticed by
 * itself, and single pictures. Video never passes through the gateway, and no credential is part of anything here.
 */
import { z } from 'zod';
import { defineKind } from '../../gateway/kernel/kind.ts';

const phase = z.enum(['started', 'ended']);

/** What every change of a signal carries. */
const change = {
  phase,
  source: z.string().optional().describe("the camera's own name of the sensor or input"),
  topic: z.string().optional().describe("the camera's topic of the notification"),
  deviceTime: z.iso.datetime().optional().describe("UTC by the camera's own clock"),
  assumed: z
    .boolean()
    .optional()
    .describe('the end itself was not seen: the camera was away and said afterwards that it is over'),
  suppressed: z
    .int()
    .positive()
    .optional()
    .describe('changes of this sort that were not reported since the last event, because they came too fast'),
};

const profile = z.strictObject({
  token: z.string(),
  name: z.string().optional(),
  width: z.int().positive().optional(),
  height: z.int().positive().optional(),
  encoding: z.string().optional(),
  streamUri: z.string().optional().describe('where the stream is fetched; never with a user name or password'),
});

const snapshot = z.strictObject({
  snapshotId: z.string(),
  path: z.string().describe('file on the gateway'),
  contentType: z.enum(['image/jpeg', 'image/png']),
  bytes: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  takenAt: z.iso.datetime().describe("by the gateway's clock"),
});

/** What a camera may notice: each is an event, and may be the cause of a snapshot. */
export const signalName = z.enum(['motion', 'tamper', 'video-loss', 'digital-input']);
export type SignalName = z.output<typeof signalName>;

const alarmExample = { phase: 'started', source: 'VideoSource_1', deviceTime: '2026-06-01T01:12:09Z' };

export const camera = defineKind({
  name: 'camera',
  title: { en: 'Camera', zh: '网络摄像机' },
  state: z.strictObject({
    reachable: z.boolean(),
    manufacturer: z.string().optional(),
    model: z.string().optional(),
    serial: z.string().optional(),
    firmware: z.string().optional(),
    clockDriftMs: z.int().optional().describe("the camera's time minus the hall's time"),
    profiles: z.array(profile).optional(),
    motion: z.boolean().optional(),
    tamper: z.boolean().optional(),
    videoLoss: z.boolean().optional(),
    inputs: z.record(z.string(), z.boolean()).optional().describe('digital inputs by their token'),
    events: z
      .enum(['off', 'unsupported', 'lost', 'subscribed'])
      .optional()
      .describe('whether the camera reports what it notices; "lost": the gateway tries to subscribe again'),
    suppressed: z.int().nonnegative().optional().describe('changes not reported because they came too fast'),
    lastSnapshot: snapshot.optional(),
  }),
  stateExample: {
    reachable: true,
    manufacturer: 'Hikvision',
    model: 'DS-2CD2143G2-I',
    serial: 'DS-2CD2143G2-I20230101AAWRK12345678',
    firmware: 'V5.7.3 build 220112',
    clockDriftMs: -840,
    profiles: [
      {
        token: 'Profile_1',
        name: 'mainStream',
        width: 2560,
        height: 1440,
        encoding: 'H264',
        streamUri: 'rtsp://192.168.1.64:554/Streaming/Channels/101',
      },
    ],
    motion: false,
    tamper: false,
    videoLoss: false,
    inputs: { AlarmIn_1: false },
    events: 'subscribed',
    suppressed: 0,
  },
  events: {
    'camera.motion': {
      summary: 'Something began or ceased to move in the picture.',
      class: 'telemetry',
      version: 1,
      data: z.strictObject(change),
      example: alarmExample,
    },
    'camera.tamper': {
      summary: 'The camera was covered, turned or defocused, or that ended.',
      class: 'record',
      version: 1,
      data: z.strictObject(change),
      example: alarmExample,
    },
    'camera.video-loss': {
      summary: 'The camera or recorder lost its picture, or has it again.',
      class: 'record',
      version: 1,
      data: z.strictObject(change),
      example: alarmExample,
    },
    'camera.digital-input': {
      summary: "One of the camera's inputs (a door contact, a button) became active or inactive.",
      class: 'record',
      version: 1,
      data: z.strictObject(change),
      example: { ...alarmExample, source: 'AlarmIn_1' },
    },
    'camera.snapshot-taken': {
      summary: 'A picture was taken and lies on the gateway.',
      class: 'record',
      version: 1,
      data: snapshot.extend({ cause: z.enum(['command', ...signalName.options]) }),
      example: {
        snapshotId: '20260601T011209.000Z-4f1c22',
        path: '/var/lib/hall-gateway/snapshots/camera-hall-1/20260601T011209.000Z-4f1c22.jpg',
        contentType: 'image/jpeg',
        bytes: 184223,
        sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        takenAt: '2026-06-01T01:12:09.000Z',
        cause: 'command',
      },
    },
  },
  commands: {
    snapshot: {
      summary: 'Takes a picture, keeps it on the gateway and announces it by reference.',
      input: z.strictObject({}),
      output: snapshot,
      example: {},
      deadlineMs: 30_000,
    },
    'goto-preset': {
      summary: 'Turns the camera to a preset, given by its name or its token.',
      input: z.strictObject({ preset: z.string().min(1).max(64) }),
      output: z.strictObject({ token: z.string(), name: z.string().optional() }),
      example: { preset: '大门' },
      deadlineMs: 30_000,
    },
    'set-time': {
      summary: "Sets the camera's clock to the hall's time and measures it again.",
      input: z.strictObject({}),
      output: z.strictObject({ driftBeforeMs: z.int(), driftAfterMs: z.int() }),
      example: {},
      deadlineMs: 30_000,
    },
    reboot: {
      summary: 'Restarts the camera; it is away for a minute or two.',
      input: z.strictObject({}),
      output: z.strictObject({}),
      example: {},
      deadlineMs: 30_000,
    },
  },
});

export type Camera = typeof camera;
