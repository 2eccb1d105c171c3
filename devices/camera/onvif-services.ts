/**
 * Which services a camera has, and where: GetServices, or GetCapabilities for those that are older than it.
 */
import { isHallError } from '../../gateway/kernel/errors.ts';
import type { CameraServices } from './camera-port.ts';
import type { CameraLink } from './onvif-link.ts';
import { envelope, NAMESPACE } from './onvif-soap.ts';
import { childrenOf, descend } from './onvif-xml.ts';

type ServiceName = Exclude<keyof CameraServices, 'device'>;
const OPTIONAL: readonly ServiceName[] = ['media', 'media2', 'ptz', 'events'];
/** Elements of GetCapabilities. */
const CAPABILITY: Partial<Record<ServiceName, string>> = { media: 'Media', ptz: 'PTZ', events: 'Events' };

/** @throws as `CameraLink.ask`. */
export async function findServices(link: CameraLink, path: string): Promise<CameraServices> {
  try {
    return await byServices(link, path);
  } catch (thrown) {
    if (!isHallError(thrown) || thrown.code !== 'camera.answer-refused') throw thrown;
    return byCapabilities(link, path);
  }
}

async function byServices(link: CameraLink, path: string): Promise<CameraServices> {
  const request = `<GetServices xmlns="${NAMESPACE.device}"><IncludeCapability>false</IncludeCapability></GetServices>`;
  const action = `${NAMESPACE.device}/GetServices`;
  const { body } = await link.ask({ envelope: envelope(request), to: path, action });
  const found: CameraServices = { device: path };
  for (const service of childrenOf(descend(body, 'GetServicesResponse'), 'Service')) {
    const name = OPTIONAL.find((known) => NAMESPACE[known] === descend(service, 'Namespace')?.text);
    const address = descend(service, 'XAddr')?.text;
    if (name && address) found[name] = address;
  }
  return found;
}

async function byCapabilities(link: CameraLink, path: string): Promise<CameraServices> {
  const request = `<GetCapabilities xmlns="${NAMESPACE.device}"><Category>All</Category></GetCapabilities>`;
  const action = `${NAMESPACE.device}/GetCapabilities`;
  const { body } = await link.ask({ envelope: envelope(request), to: path, action });
  const capabilities = descend(body, 'GetCapabilitiesResponse', 'Capabilities');
  const found: CameraServices = { device: path };
  for (const name of OPTIONAL) {
    const address = descend(capabilities, CAPABILITY[name] ?? '', 'XAddr')?.text;
    if (address) found[name] = address;
  }
  return found;
}
