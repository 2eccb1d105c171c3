/**
 * The second media service (ver20/media/wsdl, Profile T), the only one that newer cameras may offer.
 */
import type { CameraBody, VideoProfile } from './camera-body.ts';
import { FRAMES_PER_SECOND } from './h264.ts';
import { profileOf, snapshotPath, streamPath } from './media-service.ts';
import { NS } from './namespaces.ts';
import { invalidArgument } from './soap-message.ts';
import type { Place, SoapService } from './soap-service.ts';
import { textAt } from './xml-reading.ts';
import { xml, type Xml } from './xml-writing.ts';

export const MEDIA2_PATH = '/onvif/media2_service';

const PROTOCOLS = ['RTSP', 'RtspUnicast', 'RtspOverHttp'];

export function media2Service(body: CameraBody, place: () => Place): SoapService {
  return {
    namespaces: [NS.media2],
    serves: (path) => path === MEDIA2_PATH,
    operations: {
      GetProfiles(call) {
        const types = call.body.children.filter(({ name }) => name === 'Type').map(({ text }) => text);
        const profiles = body.build.profiles.map((profile) => media2Profile(body, profile, types));
        return xml`<tr2:GetProfilesResponse>${profiles}</tr2:GetProfilesResponse>`;
      },
      GetStreamUri(call) {
        if (!PROTOCOLS.includes(textAt(call.body, 'Protocol') ?? '')) {
          throw invalidArgument('ter:InvalidStreamSetup', 'The protocol is not supported');
        }
        const uri = place().rtsp + streamPath(body, profileOf(body, call));
        return xml`<tr2:GetStreamUriResponse><tr2:Uri>${uri}</tr2:Uri></tr2:GetStreamUriResponse>`;
      },
      GetSnapshotUri(call) {
        const uri = place().web + snapshotPath(profileOf(body, call));
        return xml`<tr2:GetSnapshotUriResponse><tr2:Uri>${uri}</tr2:Uri></tr2:GetSnapshotUriResponse>`;
      },
      GetVideoSourceConfigurations: () => xml`
        <tr2:GetVideoSourceConfigurationsResponse>
          ${body.build.profiles.slice(0, 1).map((profile) => sourceConfiguration(body, profile, 'Configurations'))}
        </tr2:GetVideoSourceConfigurationsResponse>`,
    },
  };
}

/** Configurations are told only for the types that were asked for. Media2 specification, section 5.2.3. */
function media2Profile(body: CameraBody, profile: VideoProfile, types: readonly string[]): Xml {
  const wants = (type: string) => types.includes(type) || types.includes('All');
  return xml`
    <tr2:Profiles token="${profile.token}" fixed="true">
      <tr2:Name>${profile.name}</tr2:Name>
      <tr2:Configurations>
        ${wants('VideoSource') ? sourceConfiguration(body, profile, 'VideoSource') : undefined}
        ${wants('VideoEncoder') ? encoderConfiguration(profile) : undefined}
        ${wants('PTZ') && body.build.presets.length > 0 ? PTZ_CONFIGURATION : undefined}
      </tr2:Configurations>
    </tr2:Profiles>`;
}

const PTZ_CONFIGURATION = xml`
  <tr2:PTZ token="PTZToken">
    <tt:Name>PTZ</tt:Name><tt:UseCount>2</tt:UseCount><tt:NodeToken>PTZNODETOKEN</tt:NodeToken>
  </tr2:PTZ>`;

function sourceConfiguration(body: CameraBody, profile: VideoProfile, element: 'VideoSource' | 'Configurations'): Xml {
  const content = xml`
    <tt:Name>VideoSourceConfig</tt:Name><tt:UseCount>${body.build.profiles.length}</tt:UseCount>
    <tt:SourceToken>VideoSource_1</tt:SourceToken>
    <tt:Bounds x="0" y="0" width="${profile.width}" height="${profile.height}"/>`;
  return element === 'VideoSource'
    ? xml`<tr2:VideoSource token="VideoSourceToken">${content}</tr2:VideoSource>`
    : xml`<tr2:Configurations token="VideoSourceToken">${content}</tr2:Configurations>`;
}

function encoderConfiguration({ token, width, height }: VideoProfile): Xml {
  return xml`
    <tr2:VideoEncoder token="VideoEncoder_${token}" GovLength="${FRAMES_PER_SECOND}" Profile="Baseline">
      <tt:Name>VideoEncoder_${token}</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>H264</tt:Encoding>
      <tt:Resolution><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:Resolution>
      <tt:RateControl ConstantBitRate="false">
        <tt:FrameRateLimit>${FRAMES_PER_SECOND}</tt:FrameRateLimit><tt:BitrateLimit>4096</tt:BitrateLimit>
      </tt:RateControl>
      <tt:Quality>3</tt:Quality>
    </tr2:VideoEncoder>`;
}
