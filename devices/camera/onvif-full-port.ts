/**
 * The camera's calls by way of onvif (agsh): it also speaks Media2. Its requests leave through the camera's link, as
 * those of node-onvif do, and every text of an answer is marked, because the library would read serial number 0123 as
 * 123 and firmware 5.50 as 5.5. Its event loop and its discovery are not used (ADR 7).
 */
import { z } from 'zod';
import { HallError, isHallError, textOf } from '../../gateway/kernel/errors.ts';
import type { CameraPort, CameraServices } from './camera-port.ts';
import type { CameraLink } from './onvif-link.ts';
import { escapeXml } from './onvif-xml.ts';

/** An invisible character that no camera sends (U+2063): with it no text looks like a number, a date or a boolean. */
const MARK = '\u2063';

const string = z.string().transform((marked) => marked.replaceAll(MARK, ''));
const text = z
  .union([string, z.looseObject({ _: string }).transform(({ _ }) => _)])
  .optional()
  .catch(undefined);
const number = z.union([z.number(), string]).transform(Number).pipe(z.int().positive()).optional().catch(undefined);
const identitySchema = z.looseObject({ manufacturer: text, model: text, serialNumber: text, firmwareVersion: text });
const tokenSchema = z.looseObject({ token: string });
const profilesSchema = z.array(
  z.looseObject({
    $: tokenSchema,
    name: text,
    videoSourceConfiguration: z.looseObject({ sourceToken: text }).optional().catch(undefined),
    videoEncoderConfiguration: z
      .looseObject({ encoding: text, resolution: z.looseObject({ width: number, height: number }).optional() })
      .optional()
      .catch(undefined),
  }),
);
const uriSchema = z.looseObject({ uri: text });
const presetsSchema = z.record(z.string(), z.looseObject({ $: tokenSchema, name: text }));

type Call = (answered: (error: Error | null | undefined, data?: unknown) => void) => void;

/** A port over onvif; the library is loaded with the first camera that needs it. */
export async function fullPort(link: CameraLink, services: CameraServices): Promise<CameraPort> {
  const [{ Cam }, { parseSOAPString }] = await Promise.all([import('onvif/lib/cam.js'), import('onvif/lib/utils.js')]);
  const camera = new Cam({ hostname: 'camera.invalid', autoconnect: false });
  camera.uri = Object.fromEntries(
    Object.entries({ ...services, deviceIO: services.device }).map(([name, path]) => [name, { path }]),
  );
  camera.media2Support = services.media2 !== undefined;

  /** One call of the library; what its exit throws is its end. */
  const call = async (begin: Call): Promise<unknown> => {
    try {
      return await new Promise<unknown>((resolve, reject) => {
        camera._requestPart2 = ({ body, action, service }, answered) => {
          const to = camera.uri[service ?? '']?.path ?? services.device;
          link
            .ask({ envelope: body, to, action })
            .then((answer) => {
              const parsed = (error: Error | null | undefined, data: unknown, xml: string) =>
                answered(error, marked(data), xml);
              parseSOAPString(answer.text, parsed, 200);
            })
            .catch(reject);
        };
        begin((error, data) => (error ? reject(error) : resolve(data)));
      });
    } catch (thrown) {
      throw own(thrown);
    }
  };
  /** The library has one exit for all its calls, so they go one after the other. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = (begin: Call): Promise<unknown> => {
    const mine = turn.then(() => call(begin));
    turn = mine.catch(() => undefined);
    return mine;
  };
  const read = async <Schema extends z.ZodType>(schema: Schema, begin: Call): Promise<z.output<Schema>> => {
    const result = schema.safeParse(await inTurn(begin));
    if (result.success) return result.data;
    const place = result.error.issues[0]?.path.join('.') ?? '';
    throw new HallError('camera.answer-broken', {
      message: `The camera's answer lacks what it should have (${place}).`,
    });
  };
  const uri = async (begin: Call): Promise<string> => {
    const found = await read(uriSchema, begin);
    if (found.uri !== undefined) return found.uri;
    throw new HallError('camera.answer-broken', { message: 'The camera gave no address where one was asked for.' });
  };
  return {
    backend: 'onvif',
    async identify() {
      const found = await read(identitySchema, (answered) => camera.getDeviceInformation(answered));
      return {
        manufacturer: found.manufacturer,
        model: found.model,
        serial: found.serialNumber,
        firmware: found.firmwareVersion,
      };
    },
    async profiles() {
      const found = await read(profilesSchema, (answered) => camera.getProfiles(answered));
      return found.map(({ $, name, videoSourceConfiguration: source, videoEncoderConfiguration: encoder }) => ({
        token: $.token,
        name,
        videoSource: source?.sourceToken,
        width: encoder?.resolution?.width,
        height: encoder?.resolution?.height,
        encoding: encoder?.encoding,
      }));
    },
    streamUri: (profile) =>
      uri((answered) => camera.getStreamUri({ protocol: 'RTSP', profileToken: escapeXml(profile) }, answered)),
    snapshotUri: (profile) => uri((answered) => camera.getSnapshotUri({ profileToken: escapeXml(profile) }, answered)),
    async presets(profile) {
      needPtz(services);
      // By token, as the library keeps them; what it answers is by name, and names may be given twice.
      const found = await read(presetsSchema, (answered) =>
        camera.getPresets({ profileToken: escapeXml(profile) }, (error) => answered(error, camera.presets)),
      );
      return Object.values(found).map(({ $, name }) => ({ token: $.token, name }));
    },
    async gotoPreset(profile, preset) {
      needPtz(services);
      const options = { profileToken: escapeXml(profile), preset: escapeXml(preset) };
      await inTurn((answered) => camera.gotoPreset(options, answered));
    },
    async setTime(utcMs) {
      const options = { dateTimeType: 'Manual', daylightSavings: false, dateTime: new Date(utcMs) } as const;
      await inTurn((answered) => camera.setSystemDateAndTime(options, answered));
    },
    async reboot() {
      await inTurn((answered) => camera.systemReboot(answered));
    },
  };
}

/** The parsed answer with every text marked, but the empty ones, which the library looks for. */
function marked(value: unknown): unknown {
  if (typeof value === 'string') return value === '' ? value : MARK + value;
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, marked(inner)]));
}

function needPtz({ ptz }: CameraServices): void {
  if (ptz === undefined) {
    throw new HallError('camera.not-supported', { message: 'The camera has no service for pan, tilt and zoom.' });
  }
}

function own(thrown: unknown): HallError {
  if (isHallError(thrown)) return thrown;
  return new HallError('camera.answer-broken', {
    message: `The camera's answer cannot be understood (${textOf(thrown).slice(0, 200)}).`,
    cause: thrown,
  });
}
