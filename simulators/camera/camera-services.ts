/**
 * Which services a camera has, by its options.
 */
import type { CameraBody } from './camera-body.ts';
import type { CameraOptions } from './camera-options.ts';
import { deviceService, type Offer } from './device-service.ts';
import { eventService, type EventParts } from './event-service.ts';
import { MEDIA2_PATH, media2Service } from './media2-service.ts';
import { MEDIA_PATH, mediaService } from './media-service.ts';
import { NS } from './namespaces.ts';
import { PTZ_PATH, ptzService } from './ptz-service.ts';
import type { SoapService } from './soap-service.ts';
import { EVENT_PATH } from './subscription-endpoint.ts';

export interface ServiceParts extends Omit<EventParts, 'form' | 'strictAddressing'> {
  reboot: () => void;
}

/** What the device service tells of the others. */
export function offersOf({ media = 'both', events = true }: CameraOptions, { build }: CameraBody): Offer[] {
  const all: readonly (Offer & { has: boolean })[] = [
    { name: 'Media', namespace: NS.media, path: MEDIA_PATH, version: [2, 60], has: media !== 'media2' },
    { name: 'Media2', namespace: NS.media2, path: MEDIA2_PATH, version: [2, 60], has: media !== 'media1' },
    { name: 'Events', namespace: NS.events, path: EVENT_PATH, version: [2, 60], has: events },
    { name: 'PTZ', namespace: NS.ptz, path: PTZ_PATH, version: [2, 50], has: build.presets.length > 0 },
  ];
  return all.filter(({ has }) => has);
}

/** The services themselves, the device service first. */
export function cameraServices(options: CameraOptions, parts: ServiceParts): SoapService[] {
  const { body, place, reboot } = parts;
  const offers = offersOf(options, body);
  const { subscriptionForm: form = 'address', strictAddressing = false } = options;
  const made: Readonly<Record<Offer['name'], () => SoapService>> = {
    Media: () => mediaService(body, place),
    Media2: () => media2Service(body, place),
    Events: () => eventService({ ...parts, form, strictAddressing }),
    PTZ: () => ptzService(body),
  };
  return [deviceService({ body, place, offers, reboot }), ...offers.map(({ name }) => made[name]())];
}
