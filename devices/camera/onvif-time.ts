/**
 * The camera's clock: read without a user, before anything else, because every signed request is dated by it.
 */
import type { Clock } from '../../gateway/kernel/clock.ts';
import { HallError, isHallError } from '../../gateway/kernel/errors.ts';
import type { CameraLink } from './onvif-link.ts';
import { envelope, NAMESPACE } from './onvif-soap.ts';
import { descend, type XmlElement } from './onvif-xml.ts';

const REQUEST = envelope(`<GetSystemDateAndTime xmlns="${NAMESPACE.device}"/>`);
/** Cameras tell whole seconds: on average half of one has passed. */
const HALF_SECOND_MS = 500;

/**
 * Asks for the time and remembers the distance in `link.offsetMs`; resolves with it. A camera that tells no time keeps
 * the distance that is known.
 *
 * @throws as `CameraLink.ask`.
 */
export async function measureClock(link: CameraLink, path: string, clock: Clock): Promise<number> {
  const begunMs = clock.monotonicMs();
  const body = await askTime(link, path);
  const halfWayMs = (clock.monotonicMs() - begunMs) / 2;
  const cameraMs = utcOf(descend(body, 'GetSystemDateAndTimeResponse', 'SystemDateAndTime', 'UTCDateTime'));
  if (cameraMs !== undefined) link.offsetMs = Math.round(cameraMs + HALF_SECOND_MS - (clock.now() - halfWayMs));
  return link.offsetMs;
}

/** Some cameras (Panasonic among them) tell the time only to a user. */
async function askTime(link: CameraLink, path: string): Promise<XmlElement> {
  const request = { envelope: REQUEST, to: path, action: `${NAMESPACE.device}/GetSystemDateAndTime` };
  try {
    return (await link.ask({ ...request, anonymous: true })).body;
  } catch (thrown) {
    if (!isHallError(thrown) || thrown.code !== 'camera.not-authorised') throw thrown;
    return (await link.ask(request)).body;
  }
}

function utcOf(element: XmlElement | undefined): number | undefined {
  if (!element) return undefined;
  const number = (...path: string[]) => Number(descend(element, ...path)?.text || Number.NaN);
  const utcMs = Date.UTC(
    number('Date', 'Year'),
    number('Date', 'Month') - 1,
    number('Date', 'Day'),
    number('Time', 'Hour'),
    number('Time', 'Minute'),
    number('Time', 'Second'),
  );
  if (Number.isNaN(utcMs))
    throw new HallError('camera.answer-broken', { message: 'The camera told a time that is none.' });
  return utcMs;
}
