/**
 * The list `devices:` of hall.yaml: each entry finds its driver by kind and wire, and the driver's schema judges the rest.
 */
import { z } from 'zod';
import type { AnyDriver } from '../kernel/driver.ts';
import { unknownKey } from './issues.ts';
import { wrongType } from './issue-texts.ts';
import type { Bilingual, Finding, SettingsPath } from './mistake.ts';
import { nearestName } from './nearest-name.ts';
import { parsePart } from './parse-part.ts';
import { keysAt } from './schema-keys.ts';
import type { SecretSources } from './secrets.ts';
import { deviceFields, type DeviceSettings } from './settings.ts';

const commonSchema = z.object(deviceFields);

export interface DeviceEntries {
  devices: { settings: DeviceSettings; path: SettingsPath }[];
  findings: Finding[];
}

export function parseDevices(raw: unknown, drivers: readonly AnyDriver[], sources: SecretSources): DeviceEntries {
  if (raw === undefined) return { devices: [], findings: [] };
  if (!Array.isArray(raw))
    return { devices: [], findings: [{ path: ['devices'], at: 'value', ...wrongType(['array'], raw) }] };
  const entries = raw.map((entry: unknown, index) => parseDevice(entry, ['devices', index], drivers, sources));
  return { devices: entries.flatMap(({ devices }) => devices), findings: entries.flatMap(({ findings }) => findings) };
}

function parseDevice(
  raw: unknown,
  path: SettingsPath,
  drivers: readonly AnyDriver[],
  sources: SecretSources,
): DeviceEntries {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return { devices: [], findings: [{ path, at: 'value', ...wrongType(['object'], raw) }] };
  }
  const entry = raw as Record<string, unknown>;
  const common = parsePart(commonSchema, entry, path, sources);
  const driver = drivers.find(({ kind, wire }) => kind.name === entry['kind'] && wire === entry['wire']);
  if (!driver) return { devices: [], findings: [...common.findings, ...unknownDriver(entry, path, drivers)] };
  const own = Object.fromEntries(Object.entries(entry).filter(([key]) => !Object.hasOwn(deviceFields, key)));
  const part = parsePart(driver.config, own, path, sources);
  const findings = [...common.findings, ...part.findings.map((finding) => withCommonKeys(finding, path, driver))];
  if (!common.value || findings.length > 0) return { devices: [], findings };
  const settings = {
    ...common.value,
    driver,
    config: part.value,
    address: driver.address(part.value, common.value.id),
  };
  return { devices: [{ path, settings }], findings };
}

/** The driver's schema does not know `id`, `name` and the like; whoever mistypes one should be told it. */
function withCommonKeys(finding: Finding, path: SettingsPath, driver: AnyDriver): Finding {
  const key = finding.path.at(-1);
  if (finding.code !== 'settings.key-unknown' || finding.path.length !== path.length + 1) return finding;
  const known = [...Object.keys(deviceFields), ...keysAt(driver.config, [])];
  return unknownKey(finding.path, String(key), known);
}

/** Nothing when kind or wire is absent: that is a finding of its own already. */
function unknownDriver(
  { kind, wire }: Record<string, unknown>,
  path: SettingsPath,
  drivers: readonly AnyDriver[],
): Finding[] {
  if (typeof kind !== 'string' || typeof wire !== 'string') return [];
  const wires = drivers.filter((driver) => driver.kind.name === kind).map((driver) => driver.wire);
  if (wires.length > 0) {
    return [
      noDriver(
        [...path, 'wire'],
        { en: `No ${kind} is known with the wire "${wire}".`, zh: `设备类型 ${kind} 没有“${wire}”这种接线方式。` },
        wire,
        wires,
      ),
    ];
  }
  const kinds = [...new Set(drivers.map((driver) => driver.kind.name))];
  const reason = { en: `The kind "${kind}" is not known.`, zh: `没有“${kind}”这种设备类型。` };
  return [noDriver([...path, 'kind'], reason, kind, kinds)];
}

function noDriver(path: SettingsPath, reason: Bilingual, written: string, known: readonly string[]): Finding {
  const nearest = nearestName(written, known);
  const hint = {
    en: `${nearest === undefined ? '' : `Did you mean "${nearest}"? `}Possible: ${known.join(', ')}.`,
    zh: `${nearest === undefined ? '' : `是不是要写“${nearest}”？`}可以写：${known.join('、')}。`,
  };
  return { path, at: 'value', code: 'settings.driver-unknown', reason, hint };
}
