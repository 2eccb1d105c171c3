/**
 * Cameras on the network, as a technician wants to see them: the address to write into hall.yaml, and who it is.
 */
import type { Finder, FoundDevice } from '../../gateway/kernel/finder.ts';
import { discoverCameras, type FoundCamera } from './onvif-discovery.ts';

/** `port`: of WS-Discovery, 3702 unless told otherwise. */
export function cameraFinder(port?: number): Finder {
  return {
    kind: 'camera',
    title: { en: 'ONVIF cameras', zh: 'ONVIF 摄像机' },
    async find(options) {
      return (await discoverCameras({ ...options, ...(port !== undefined && { port }) })).map(described);
    },
  };
}

/** The first address that is a URL says host and port; without one, whoever answered. */
function described({ endpoint, addresses, name, hardware, from }: FoundCamera): FoundDevice {
  const url = addresses.find((address) => URL.canParse(address));
  return {
    host: url === undefined ? from : new URL(url).host,
    identity: endpoint,
    ...(name !== undefined && { name }),
    ...(hardware !== undefined && { model: hardware }),
  };
}
