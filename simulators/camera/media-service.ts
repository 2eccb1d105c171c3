/**
 * The first media service (ver10/media/wsdl, Profile S): profiles, and where streams and pictures are.
 */
import type { CameraBody, VideoProfile } from './camera-body.ts';
import { NS } from './namespaces.ts';
import { FRAMES_PER_SECOND } from './h264.ts';
import { invalidArgument } from './soap-message.ts';
import type { Place, SoapCall, SoapService } from './soap-service.ts';
import { childOf, textAt } from './xml-reading.ts';
import { xml, type Xml } from './xml-writing.ts';

export const MEDIA_PATH = '/onvif/media_service';

/** @throws SoapFault when the token in a request names no profile. */
export function profileOf(body: CameraBody, { body: request }: SoapCall): VideoProfile {
  const token = textAt(request, 'ProfileToken');
  const profile = body.build.profiles.find((each) => each.token === token);
  if (!profile) throw invalidArgument('ter:NoProfile', `The requested profile token ${token ?? ''} does not exist`);
  return profile;
}

/** Path of a profile's stream, of the form that Hikvision uses. */
export function streamPath(body: CameraBody, profile: VideoProfile): string {
  return `/Streaming/Channels/10${body.build.profiles.indexOf(profile) + 1}`;
}

export function snapshotPath(profile: VideoProfile): string {
  return `/onvif-http/snapshot?${profile.token}`;
}

export function mediaService(body: CameraBody, place: () => Place): SoapService {
  return {
    namespaces: [NS.media],
    serves: (path) => path === MEDIA_PATH,
    operations: {
      GetProfiles: () => xml`
        <trt:GetProfilesResponse>${body.build.profiles.map((profile) => mediaProfile(body, profile))}</trt:GetProfilesResponse>`,
      GetStreamUri: (call) => streamUri(body, place(), call),
      GetSnapshotUri: (call) => xml`
        <trt:GetSnapshotUriResponse>
          ${mediaUri(place().web + snapshotPath(profileOf(body, call)))}
        </trt:GetSnapshotUriResponse>`,
      GetVideoSources: () => xml`
        <trt:GetVideoSourcesResponse>
          <trt:VideoSources token="VideoSource_1">
            <tt:Framerate>${FRAMES_PER_SECOND}</tt:Framerate>${resolution(largest(body))}
          </trt:VideoSources>
        </trt:GetVideoSourcesResponse>`,
    },
  };
}

function streamUri(body: CameraBody, place: Place, call: SoapCall): Xml {
  const setup = childOf(call.body, 'StreamSetup');
  const protocol = textAt(setup, 'Transport', 'Protocol');
  if (textAt(setup, 'Stream') !== 'RTP-Unicast' || !['RTSP', 'TCP', 'UDP', 'HTTP'].includes(protocol ?? '')) {
    throw invalidArgument('ter:InvalidStreamSetup', 'The StreamSetup is not supported');
  }
  const uri = place.rtsp + streamPath(body, profileOf(body, call));
  return xml`<trt:GetStreamUriResponse>${mediaUri(uri)}</trt:GetStreamUriResponse>`;
}

function mediaUri(uri: string): Xml {
  return xml`
    <trt:MediaUri>
      <tt:Uri>${uri}</tt:Uri>
      <tt:InvalidAfterConnect>false</tt:InvalidAfterConnect>
      <tt:InvalidAfterReboot>false</tt:InvalidAfterReboot>
      <tt:Timeout>PT60S</tt:Timeout>
    </trt:MediaUri>`;
}

function mediaProfile(body: CameraBody, { token, name, width, height }: VideoProfile): Xml {
  return xml`
    <trt:Profiles token="${token}" fixed="true">
      <tt:Name>${name}</tt:Name>
      <tt:VideoSourceConfiguration token="VideoSourceToken">
        <tt:Name>VideoSourceConfig</tt:Name><tt:UseCount>${body.build.profiles.length}</tt:UseCount>
        <tt:SourceToken>VideoSource_1</tt:SourceToken>
        <tt:Bounds x="0" y="0" width="${width}" height="${height}"/>
      </tt:VideoSourceConfiguration>
      <tt:VideoEncoderConfiguration token="VideoEncoder_${token}">
        <tt:Name>VideoEncoder_${token}</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>H264</tt:Encoding>
        ${resolution({ width, height })}
        <tt:Quality>3</tt:Quality>
        <tt:RateControl>
          <tt:FrameRateLimit>${FRAMES_PER_SECOND}</tt:FrameRateLimit>
          <tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>4096</tt:BitrateLimit>
        </tt:RateControl>
        <tt:H264><tt:GovLength>${FRAMES_PER_SECOND}</tt:GovLength><tt:H264Profile>Baseline</tt:H264Profile></tt:H264>
        <tt:SessionTimeout>PT60S</tt:SessionTimeout>
      </tt:VideoEncoderConfiguration>
      ${body.build.presets.length > 0 ? PTZ_CONFIGURATION : undefined}
    </trt:Profiles>`;
}

const PTZ_CONFIGURATION = xml`
  <tt:PTZConfiguration token="PTZToken">
    <tt:Name>PTZ</tt:Name><tt:UseCount>2</tt:UseCount><tt:NodeToken>PTZNODETOKEN</tt:NodeToken>
    <tt:DefaultPTZTimeout>PT300S</tt:DefaultPTZTimeout>
  </tt:PTZConfiguration>`;

function resolution({ width, height }: { width: number; height: number }): Xml {
  return xml`<tt:Resolution><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:Resolution>`;
}

function largest({ build }: CameraBody): { width: number; height: number } {
  return build.profiles.reduce((most, each) => (each.width > most.width ? each : most), { width: 0, height: 0 });
}
