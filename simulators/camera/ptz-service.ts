/**
 * The PTZ service (ver20/ptz/wsdl): where the camera looks. A preset is reached at once; a real motor takes seconds.
 */
import type { CameraBody, Preset } from './camera-body.ts';
import { xmlTime } from './camera-clock.ts';
import { profileOf } from './media-service.ts';
import { NS } from './namespaces.ts';
import { invalidArgument } from './soap-message.ts';
import type { SoapCall, SoapService } from './soap-service.ts';
import { childOf, textAt } from './xml-reading.ts';
import { xml, type Xml } from './xml-writing.ts';

export const PTZ_PATH = '/onvif/ptz_service';

const SPACE = 'http://www.onvif.org/ver10/tptz';
const PRESETS_MAX = 255;

export function ptzService(body: CameraBody): SoapService {
  return {
    namespaces: [NS.ptz],
    serves: (path) => path === PTZ_PATH,
    operations: {
      GetNodes: () => xml`<tptz:GetNodesResponse>${node()}</tptz:GetNodesResponse>`,
      GetConfigurations: () => xml`<tptz:GetConfigurationsResponse>${configuration()}</tptz:GetConfigurationsResponse>`,
      GetPresets(call) {
        profileOf(body, call);
        return xml`<tptz:GetPresetsResponse>${body.build.presets.map(presetXml)}</tptz:GetPresetsResponse>`;
      },
      GotoPreset: (call) => gotoPreset(body, call),
      ContinuousMove: (call) => continuousMove(body, call),
      Stop(call) {
        profileOf(body, call);
        body.moving = false;
        body.happen({ what: 'stopped' });
        return xml`<tptz:StopResponse/>`;
      },
      GetStatus(call) {
        profileOf(body, call);
        return status(body);
      },
    },
  };
}

function gotoPreset(body: CameraBody, call: SoapCall): Xml {
  profileOf(body, call);
  const token = textAt(call.body, 'PresetToken');
  const preset = body.build.presets.find((each) => each.token === token);
  if (!preset) throw invalidArgument('ter:NoToken', 'The requested preset token does not exist');
  body.moving = false;
  body.place({ pan: preset.pan, tilt: preset.tilt, zoom: preset.zoom });
  body.happen({ what: 'looked-at-preset', token: preset.token, name: preset.name });
  return xml`<tptz:GotoPresetResponse/>`;
}

function continuousMove(body: CameraBody, call: SoapCall): Xml {
  profileOf(body, call);
  const velocity = childOf(call.body, 'Velocity');
  const speed = (axis: 'x' | 'y', name: string) => Number(childOf(velocity, name)?.attributes[axis] ?? 0);
  const move = { pan: speed('x', 'PanTilt'), tilt: speed('y', 'PanTilt'), zoom: speed('x', 'Zoom') };
  if (Object.values(move).some((value) => !(Math.abs(value) <= 1))) {
    throw invalidArgument('ter:InvalidVelocity', 'The requested speed is out of bounds');
  }
  body.moving = true;
  body.happen({ what: 'moving', ...move });
  return xml`<tptz:ContinuousMoveResponse/>`;
}

function status({ position, moving, clock }: CameraBody): Xml {
  const state = moving ? 'MOVING' : 'IDLE';
  return xml`
    <tptz:GetStatusResponse><tptz:PTZStatus>
      <tt:Position>${positionXml(position)}</tt:Position>
      <tt:MoveStatus><tt:PanTilt>${state}</tt:PanTilt><tt:Zoom>${state}</tt:Zoom></tt:MoveStatus>
      <tt:UtcTime>${xmlTime(clock.time())}</tt:UtcTime>
    </tptz:PTZStatus></tptz:GetStatusResponse>`;
}

function presetXml(preset: Preset): Xml {
  return xml`
    <tptz:Preset token="${preset.token}">
      <tt:Name>${preset.name}</tt:Name><tt:PTZPosition>${positionXml(preset)}</tt:PTZPosition>
    </tptz:Preset>`;
}

function positionXml({ pan, tilt, zoom }: Pick<Preset, 'pan' | 'tilt' | 'zoom'>): Xml {
  return xml`
    <tt:PanTilt x="${pan}" y="${tilt}" space="${SPACE}/PanTiltSpaces/PositionGenericSpace"/>
    <tt:Zoom x="${zoom}" space="${SPACE}/ZoomSpaces/PositionGenericSpace"/>`;
}

function configuration(): Xml {
  return xml`
    <tptz:PTZConfiguration token="PTZToken">
      <tt:Name>PTZ</tt:Name><tt:UseCount>2</tt:UseCount><tt:NodeToken>PTZNODETOKEN</tt:NodeToken>
      <tt:DefaultContinuousPanTiltVelocitySpace>${SPACE}/PanTiltSpaces/VelocityGenericSpace</tt:DefaultContinuousPanTiltVelocitySpace>
      <tt:DefaultPTZTimeout>PT300S</tt:DefaultPTZTimeout>
    </tptz:PTZConfiguration>`;
}

function node(): Xml {
  return xml`
    <tptz:PTZNode token="PTZNODETOKEN" FixedHomePosition="false">
      <tt:Name>PTZNODE</tt:Name>
      <tt:SupportedPTZSpaces>
        <tt:ContinuousPanTiltVelocitySpace>
          <tt:URI>${SPACE}/PanTiltSpaces/VelocityGenericSpace</tt:URI>
          <tt:XRange><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:XRange><tt:YRange><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:YRange>
        </tt:ContinuousPanTiltVelocitySpace>
      </tt:SupportedPTZSpaces>
      <tt:MaximumNumberOfPresets>${PRESETS_MAX}</tt:MaximumNumberOfPresets>
      <tt:HomeSupported>false</tt:HomeSupported>
    </tptz:PTZNode>`;
}
