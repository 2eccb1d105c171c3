/**
 * The parts of node-onvif 0.1.7 and onvif 0.8.3 that the driver uses, as far as it uses them. Neither is typed this deep.
 */
declare module 'node-onvif/lib/modules/soap.js' {
  /** What the driver puts where node-onvif keeps the address of a service. */
  export interface SoapDoor {
    send(envelope: string): Promise<string>;
  }

  export interface SoapResult {
    soap: string;
    converted: unknown;
    /** The body of the answer. */
    data: unknown;
  }

  const soap: {
    /** xml2js with node-onvif's settings; rejects when the text is not well-formed. */
    parse(text: string): Promise<unknown>;
    /** What every service of the library calls; replaced by ours. */
    requestCommand(door: SoapDoor, method: string, envelope: string): Promise<SoapResult>;
  };
  export default soap;
}

declare module 'node-onvif/lib/modules/service-device.js' {
  import type { SoapDoor, SoapResult } from 'node-onvif/lib/modules/soap.js';

  export default class OnvifServiceDevice {
    constructor(options: { xaddr: string });
    oxaddr: SoapDoor;
    getDeviceInformation(): Promise<SoapResult>;
    setSystemDateAndTime(options: {
      DateTimeType: 'Manual';
      DaylightSavings: boolean;
      UTCDateTime: Date;
    }): Promise<SoapResult>;
    reboot(): Promise<SoapResult>;
  }
}

declare module 'node-onvif/lib/modules/service-media.js' {
  import type { SoapDoor, SoapResult } from 'node-onvif/lib/modules/soap.js';

  export default class OnvifServiceMedia {
    constructor(options: { xaddr: string; time_diff: number });
    oxaddr: SoapDoor;
    getProfiles(): Promise<SoapResult>;
    getStreamUri(options: { ProfileToken: string; Protocol: 'RTSP' }): Promise<SoapResult>;
    getSnapshotUri(options: { ProfileToken: string }): Promise<SoapResult>;
  }
}

declare module 'node-onvif/lib/modules/service-ptz.js' {
  import type { SoapDoor, SoapResult } from 'node-onvif/lib/modules/soap.js';

  export default class OnvifServicePtz {
    constructor(options: { xaddr: string; time_diff: number });
    oxaddr: SoapDoor;
    getPresets(options: { ProfileToken: string }): Promise<SoapResult>;
    gotoPreset(options: { ProfileToken: string; PresetToken: string }): Promise<SoapResult>;
  }
}

declare module 'onvif/lib/cam.js' {
  type Answered = (error: Error | null | undefined, data?: unknown, xml?: string) => void;

  export interface OutgoingRequest {
    body: string;
    action: string;
    /** Name of a service in `uri`; absent: the device service. */
    service?: string;
  }

  export class Cam {
    constructor(options: { hostname: string; autoconnect: false });
    uri: Record<string, { path: string }>;
    media2Support: boolean;
    /** By token, after getPresets. */
    presets: unknown;
    /** Sends an envelope, parses the answer and calls back; replaced by ours. */
    _requestPart2(request: OutgoingRequest, answered: Answered): void;
    getDeviceInformation(answered: Answered): void;
    getProfiles(answered: Answered): void;
    getStreamUri(options: { protocol: 'RTSP'; profileToken: string }, answered: Answered): void;
    getSnapshotUri(options: { profileToken: string }, answered: Answered): void;
    getPresets(options: { profileToken: string }, answered: Answered): void;
    gotoPreset(options: { profileToken: string; preset: string }, answered: Answered): void;
    setSystemDateAndTime(
      options: { dateTimeType: 'Manual'; daylightSavings: boolean; dateTime: Date },
      answered: Answered,
    ): void;
    systemReboot(answered: Answered): void;
  }
}

declare module 'onvif/lib/utils.js' {
  /** xml2js with onvif's settings: local names, first letter in lower case. */
  export function parseSOAPString(
    xml: string,
    parsed: (error: Error | null | undefined, body: unknown, xml: string, status: number) => void,
    status: number,
  ): void;
}
