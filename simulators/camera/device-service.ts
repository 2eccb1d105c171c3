/**
 * The device service (ONVIF core specification, ver10/device/wsdl): who the camera is, what time it believes it is, what it offers.
 */
import type { CameraBody } from './camera-body.ts';
import { NS } from './namespaces.ts';
import { invalidArgument } from './soap-message.ts';
import type { Place, SoapAnswer, SoapCall, SoapService } from './soap-service.ts';
import { childOf, textAt, type XmlElement } from './xml-reading.ts';
import { xml, type Xml } from './xml-writing.ts';

export const DEVICE_PATH = '/onvif/device_service';

/** Services beside the device service, with the paths where they are reached. */
export interface Offer {
  name: 'Media' | 'Media2' | 'PTZ' | 'Events';
  namespace: string;
  path: string;
  version: readonly [major: number, minor: number];
}

export interface DeviceParts {
  body: CameraBody;
  place: () => Place;
  offers: readonly Offer[];
  /** Called when the answer to SystemReboot has left. */
  reboot: () => void;
}

export function deviceService(parts: DeviceParts): SoapService {
  const { body } = parts;
  return {
    namespaces: [NS.device],
    serves: (path) => path === DEVICE_PATH,
    operations: {
      GetSystemDateAndTime: () => systemDateAndTime(body),
      SetSystemDateAndTime: (call) => setSystemDateAndTime(body, call),
      GetDeviceInformation: () => deviceInformation(body),
      GetServices: (call) => services(parts, textAt(call.body, 'IncludeCapability') === 'true'),
      GetCapabilities: () => capabilities(parts),
      GetNetworkInterfaces: () => networkInterfaces(parts),
      GetHostname: () => xml`
        <tds:GetHostnameResponse><tds:HostnameInformation>
          <tt:FromDHCP>false</tt:FromDHCP><tt:Name>${hostnameOf(body)}</tt:Name>
        </tds:HostnameInformation></tds:GetHostnameResponse>`,
      GetScopes: () => xml`<tds:GetScopesResponse>${scopesOf(parts).map(fixedScope)}</tds:GetScopesResponse>`,
      SystemReboot: (): SoapAnswer => ({
        body: xml`<tds:SystemRebootResponse><tds:Message>Rebooting</tds:Message></tds:SystemRebootResponse>`,
        afterwards: parts.reboot,
      }),
    },
  };
}

/** The scopes by which a camera is found (ONVIF core specification, section 7.3.2); values are percent-encoded. */
export function scopesOf({ body, offers }: Pick<DeviceParts, 'body' | 'offers'>): string[] {
  const { name, model } = body.build;
  const has = (offer: Offer['name']) => offers.some((each) => each.name === offer);
  return [
    'type/video_encoder',
    ...(has('PTZ') ? ['type/ptz'] : []),
    ...(has('Media') ? ['Profile/Streaming'] : []),
    ...(has('Media2') ? ['Profile/T'] : []),
    `name/${encodeURIComponent(name)}`,
    `hardware/${encodeURIComponent(model)}`,
    'location/hall',
  ].map((scope) => `onvif://www.onvif.org/${scope}`);
}

function fixedScope(scope: string): Xml {
  return xml`
    <tds:Scopes><tt:ScopeDef>Fixed</tt:ScopeDef><tt:ScopeItem>${scope}</tt:ScopeItem></tds:Scopes>`;
}

function systemDateAndTime({ clock }: CameraBody): Xml {
  const time = clock.time();
  return xml`
    <tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime>
      <tt:DateTimeType>${clock.source()}</tt:DateTimeType>
      <tt:DaylightSavings>false</tt:DaylightSavings>
      <tt:TimeZone><tt:TZ>CST-8</tt:TZ></tt:TimeZone>
      <tt:UTCDateTime>${dateTime(time)}</tt:UTCDateTime>
      <tt:LocalDateTime>${dateTime(time + CHINA_OFFSET_MS)}</tt:LocalDateTime>
    </tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`;
}

const CHINA_OFFSET_MS = 8 * 3_600_000;

function dateTime(timeMs: number): Xml {
  const date = new Date(timeMs);
  return xml`
    <tt:Time>
      <tt:Hour>${date.getUTCHours()}</tt:Hour>
      <tt:Minute>${date.getUTCMinutes()}</tt:Minute>
      <tt:Second>${date.getUTCSeconds()}</tt:Second>
    </tt:Time>
    <tt:Date>
      <tt:Year>${date.getUTCFullYear()}</tt:Year>
      <tt:Month>${date.getUTCMonth() + 1}</tt:Month>
      <tt:Day>${date.getUTCDate()}</tt:Day>
    </tt:Date>`;
}

function setSystemDateAndTime(body: CameraBody, { body: request }: SoapCall): Xml {
  const source = textAt(request, 'DateTimeType');
  if (source === 'NTP') body.clock.synchronise();
  else if (source === 'Manual') body.clock.set(timeIn(childOf(request, 'UTCDateTime')));
  else throw invalidArgument('ter:InvalidDateTime', 'DateTimeType is neither Manual nor NTP');
  body.happen({ what: 'clock-set', source });
  return xml`<tds:SetSystemDateAndTimeResponse/>`;
}

function timeIn(element: XmlElement | undefined): number {
  const number = (...path: readonly string[]) => Number(textAt(element, ...path) ?? NaN);
  const time = Date.UTC(
    number('Date', 'Year'),
    number('Date', 'Month') - 1,
    number('Date', 'Day'),
    number('Time', 'Hour'),
    number('Time', 'Minute'),
    number('Time', 'Second'),
  );
  if (Number.isNaN(time)) throw invalidArgument('ter:InvalidDateTime', 'UTCDateTime is missing or no time');
  return time;
}

function deviceInformation({ build }: CameraBody): Xml {
  return xml`
    <tds:GetDeviceInformationResponse>
      <tds:Manufacturer>${build.manufacturer}</tds:Manufacturer>
      <tds:Model>${build.model}</tds:Model>
      <tds:FirmwareVersion>${build.firmware}</tds:FirmwareVersion>
      <tds:SerialNumber>${build.serial}</tds:SerialNumber>
      <tds:HardwareId>88</tds:HardwareId>
    </tds:GetDeviceInformationResponse>`;
}

function services({ place, offers }: DeviceParts, withCapabilities: boolean): Xml {
  const device = { namespace: NS.device, path: DEVICE_PATH, version: [19, 12] } as const;
  const list = [device, ...offers].map(
    ({ namespace, path, version: [major, minor] }) => xml`
      <tds:Service>
        <tds:Namespace>${namespace}</tds:Namespace>
        <tds:XAddr>${place().web + path}</tds:XAddr>
        ${withCapabilities && namespace === NS.device ? DEVICE_CAPABILITIES : undefined}
        <tds:Version><tt:Major>${major}</tt:Major><tt:Minor>${minor}</tt:Minor></tds:Version>
      </tds:Service>`,
  );
  return xml`<tds:GetServicesResponse>${list}</tds:GetServicesResponse>`;
}

const DEVICE_CAPABILITIES = xml`
  <tds:Capabilities><tds:Capabilities>
    <tds:Network IPFilter="false" ZeroConfiguration="false" IPVersion6="true" DynDNS="false"/>
    <tds:Security UsernameToken="true" HttpDigest="true" TLS1.2="true"/>
    <tds:System DiscoveryResolve="false" DiscoveryBye="false" RemoteDiscovery="false"/>
  </tds:Capabilities></tds:Capabilities>`;

function capabilities({ body, place, offers }: DeviceParts): Xml {
  const address = (name: Offer['name']) => {
    const path = offers.find((offer) => offer.name === name)?.path;
    return path === undefined ? undefined : xml`<tt:XAddr>${place().web + path}</tt:XAddr>`;
  };
  const [media, ptz, events] = [address('Media'), address('PTZ'), address('Events')];
  return xml`
    <tds:GetCapabilitiesResponse><tds:Capabilities>
      <tt:Device>
        <tt:XAddr>${place().web + DEVICE_PATH}</tt:XAddr>
        <tt:IO>
          <tt:InputConnectors>${body.build.inputs.length}</tt:InputConnectors>
          <tt:RelayOutputs>${body.build.relays.length}</tt:RelayOutputs>
        </tt:IO>
      </tt:Device>
      ${
        events &&
        xml`
        <tt:Events>
          ${events}
          <tt:WSSubscriptionPolicySupport>false</tt:WSSubscriptionPolicySupport>
          <tt:WSPullPointSupport>true</tt:WSPullPointSupport>
          <tt:WSPausableSubscriptionManagerInterfaceSupport>false</tt:WSPausableSubscriptionManagerInterfaceSupport>
        </tt:Events>`
      }
      ${
        media &&
        xml`
        <tt:Media>
          ${media}
          <tt:StreamingCapabilities>
            <tt:RTPMulticast>false</tt:RTPMulticast><tt:RTP_TCP>true</tt:RTP_TCP><tt:RTP_RTSP_TCP>true</tt:RTP_RTSP_TCP>
          </tt:StreamingCapabilities>
        </tt:Media>`
      }
      ${ptz && xml`<tt:PTZ>${ptz}</tt:PTZ>`}
    </tds:Capabilities></tds:GetCapabilitiesResponse>`;
}

function networkInterfaces({ body, place }: DeviceParts): Xml {
  return xml`
    <tds:GetNetworkInterfacesResponse><tds:NetworkInterfaces token="eth0">
      <tt:Enabled>true</tt:Enabled>
      <tt:Info><tt:Name>eth0</tt:Name><tt:HwAddress>${body.build.macAddress}</tt:HwAddress><tt:MTU>1500</tt:MTU></tt:Info>
      <tt:IPv4><tt:Enabled>true</tt:Enabled><tt:Config>
        <tt:Manual><tt:Address>${new URL(place().web).hostname}</tt:Address><tt:PrefixLength>24</tt:PrefixLength></tt:Manual>
        <tt:DHCP>false</tt:DHCP>
      </tt:Config></tt:IPv4>
    </tds:NetworkInterfaces></tds:GetNetworkInterfacesResponse>`;
}

function hostnameOf({ build }: CameraBody): string {
  return `ipc-${build.serial.toLowerCase()}`;
}
