/**
 * The camera's calls by way of node-onvif: its services write the requests and know the answers. Its one exit, where
 * every service sends (`soap.requestCommand`), is replaced by the link of the camera. So its faults do not reach us: no
 * time-out, size limit or HTTPS of its own is missed, no user name goes through it, no error is left unheard, and the
 * pretty-printer that it runs over every answer does not run. Its discovery and its snapshots are not used (ADR 7).
 */
import type { SoapDoor, SoapResult } from 'node-onvif/lib/modules/soap.js';
import { z } from 'zod';
import { HallError, isHallError, textOf } from '../../gateway/kernel/errors.ts';
import type { CameraPort, CameraProfile, CameraServices } from './camera-port.ts';
import type { CameraLink } from './onvif-link.ts';

/** xml2js: text, or an object with the text in `_` when there are attributes. */
const text = z
  .union([z.string(), z.looseObject({ _: z.string() }).transform(({ _ }) => _)])
  .optional()
  .catch(undefined);
const list = <T extends z.ZodType>(item: T) =>
  z.preprocess((value: unknown): unknown => (value === undefined ? [] : [value].flat()), z.array(item));
const number = z.coerce.number().int().positive().optional().catch(undefined);
const token = z.looseObject({ token: z.string() });

const identitySchema = z.looseObject({ Manufacturer: text, Model: text, SerialNumber: text, FirmwareVersion: text });
const profileSchema = z.looseObject({
  $: token,
  Name: text,
  VideoSourceConfiguration: z.looseObject({ SourceToken: text }).optional().catch(undefined),
  VideoEncoderConfiguration: z
    .looseObject({ Encoding: text, Resolution: z.looseObject({ Width: number, Height: number }).optional() })
    .optional()
    .catch(undefined),
});
const answers = {
  identity: z.looseObject({ GetDeviceInformationResponse: identitySchema }),
  profiles: z.looseObject({ GetProfilesResponse: z.looseObject({ Profiles: list(profileSchema) }) }),
  stream: z.looseObject({ GetStreamUriResponse: z.looseObject({ MediaUri: z.looseObject({ Uri: z.string() }) }) }),
  snapshot: z.looseObject({ GetSnapshotUriResponse: z.looseObject({ MediaUri: z.looseObject({ Uri: z.string() }) }) }),
  presets: z.looseObject({
    GetPresetsResponse: z.preprocess(
      (value) => (typeof value === 'string' ? {} : value),
      z.looseObject({ Preset: list(z.looseObject({ $: token, Name: text })) }),
    ),
  }),
};

/** node-onvif's address of a service; nothing is ever sent there. */
const NOWHERE = 'http://camera.invalid/';

/** A port over node-onvif; the library is loaded with the first camera that needs it. */
export async function basicPort(link: CameraLink, services: CameraServices): Promise<CameraPort> {
  const { DeviceService, MediaService, PtzService } = await loadLibrary();
  const device = through(new DeviceService({ xaddr: NOWHERE }), link, services.device);
  const media = through(new MediaService({ xaddr: NOWHERE, time_diff: 0 }), link, needed(services.media, 'media'));
  const ptz = () =>
    through(new PtzService({ xaddr: NOWHERE, time_diff: 0 }), link, needed(services.ptz, 'pan, tilt and zoom'));
  return {
    backend: 'node-onvif',
    async identify() {
      const found = (await read(device.getDeviceInformation(), answers.identity)).GetDeviceInformationResponse;
      const { Manufacturer: manufacturer, Model: model, SerialNumber: serial, FirmwareVersion: firmware } = found;
      return { manufacturer, model, serial, firmware };
    },
    profiles: async () =>
      (await read(media.getProfiles(), answers.profiles)).GetProfilesResponse.Profiles.map(profileOf),
    async streamUri(ProfileToken) {
      const found = await read(media.getStreamUri({ ProfileToken, Protocol: 'RTSP' }), answers.stream);
      return found.GetStreamUriResponse.MediaUri.Uri;
    },
    snapshotUri: async (ProfileToken) =>
      (await read(media.getSnapshotUri({ ProfileToken }), answers.snapshot)).GetSnapshotUriResponse.MediaUri.Uri,
    async presets(ProfileToken) {
      const found = await read(ptz().getPresets({ ProfileToken }), answers.presets);
      return found.GetPresetsResponse.Preset.map((preset) => ({ token: preset.$.token, name: preset.Name }));
    },
    async gotoPreset(ProfileToken, PresetToken) {
      await own(ptz().gotoPreset({ ProfileToken, PresetToken }));
    },
    async setTime(utcMs) {
      const UTCDateTime = new Date(utcMs);
      await own(device.setSystemDateAndTime({ DateTimeType: 'Manual', DaylightSavings: false, UTCDateTime }));
    },
    async reboot() {
      await own(device.reboot());
    },
  };
}

async function loadLibrary() {
  const [soap, device, media, ptz] = await Promise.all([
    import('node-onvif/lib/modules/soap.js'),
    import('node-onvif/lib/modules/service-device.js'),
    import('node-onvif/lib/modules/service-media.js'),
    import('node-onvif/lib/modules/service-ptz.js'),
  ]);
  soap.default.requestCommand = async (door, method, envelope) => {
    const answer = await door.send(envelope);
    const converted = await soap.default.parse(answer);
    const data: unknown = z
      .looseObject({ Body: z.looseObject({ [`${method}Response`]: z.unknown() }) })
      .parse(converted).Body;
    return { soap: answer, converted, data };
  };
  return { DeviceService: device.default, MediaService: media.default, PtzService: ptz.default };
}

/** The service, sending through the link. */
function through<Service extends { oxaddr: SoapDoor }>(service: Service, link: CameraLink, to: string): Service {
  service.oxaddr = { send: async (envelope) => (await link.ask({ envelope, to })).text };
  return service;
}

async function read<Schema extends z.ZodType>(answer: Promise<SoapResult>, schema: Schema): Promise<z.output<Schema>> {
  const { data } = await own(answer);
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  throw new HallError('camera.answer-broken', {
    message: `The camera's answer lacks what it should have (${result.error.issues[0]?.path.join('.') ?? ''}).`,
  });
}

/** The library refuses some values by itself; everything it throws becomes an error of ours. */
async function own<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    if (isHallError(thrown)) throw thrown;
    throw new HallError('camera.answer-broken', {
      message: `The camera's answer cannot be understood (${textOf(thrown).slice(0, 200)}).`,
      cause: thrown,
    });
  }
}

function needed(service: string | undefined, what: string): string {
  if (service !== undefined) return service;
  throw new HallError('camera.not-supported', { message: `The camera has no service for ${what}.` });
}

function profileOf(profile: z.output<typeof profileSchema>): CameraProfile {
  const encoder = profile.VideoEncoderConfiguration;
  return {
    token: profile.$.token,
    name: profile.Name,
    videoSource: profile.VideoSourceConfiguration?.SourceToken,
    width: encoder?.Resolution?.Width,
    height: encoder?.Resolution?.Height,
    encoding: encoder?.Encoding,
  };
}
