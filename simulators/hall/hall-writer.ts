/**
 * Writes the hall.yaml of a simulated hall and a file for each password in it. Every device has a loopback address of its
 * own (Linux answers on all of 127.0.0.0/8), and each service the same port on all of them, counted from `portBase`: as in a
 * real hall, where addresses differ and ports do not.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';

export interface HallPlaces {
  /** Where hall.yaml, its passwords and its serial ports are; made when it is not there. */
  folder: string;
  /** Where the gateway keeps its records; absent: `data` in the folder. */
  dataDirectory?: string;
  /** The first of `SERVICE_PORTS` ports. */
  portBase: number;
  brokerPort: number;
  websocketPort: number;
  centreUrl: string;
  quotaMiB?: number;
  /** How long a citizen is asked; a newcomer wants to see one who does not answer. */
  evaluationTimeoutSeconds?: number;
}

/** One key of `lines:` or one entry of `devices:`. */
export type Entry = Readonly<Record<string, unknown>>;

/** What stands in a hall. */
export interface HallContents {
  lines: Readonly<Record<string, Entry>>;
  devices: readonly Entry[];
}

/** What an inventory of a hall needs to write itself down. */
export interface Surroundings {
  places: HallPlaces;
  /** A port of a service, the same at all its addresses. */
  port: (service: Service) => number;
  /** A reference to the password of this name, which is made up and written. */
  password: (name: string) => { file: string };
}

export interface WrittenHall {
  /** hall.yaml */
  file: string;
  hallId: string;
  gatewayId: string;
  /** Of the calling programme, which may command every device. */
  account: { user: string; passwordFile: string };
}

const SERVICES = [
  'camera',
  'bx',
  'modbus',
  'evaluators',
  'printer',
  'reader',
  'panel',
  'clock',
  'push',
  'board',
] as const;
export type Service = (typeof SERVICES)[number];
export const SERVICE_PORTS = SERVICES.length;

export const HALL = 'demo';
export const GATEWAY = 'gw-1';
export const CALLING_PROGRAMME = 'calling-programme';
const EVALUATION_TIMEOUT_SECONDS = 8;
const QUOTA_MIB = 64;

/** Writes the file anew; what was in the folder under the same names is replaced. */
export async function writeHall(
  contentsOf: (surroundings: Surroundings) => HallContents,
  places: HallPlaces,
): Promise<WrittenHall> {
  const passwords = new Map<string, string>();
  const fileOf = (name: string) => join(places.folder, 'passwords', name);
  const password = (name: string) => {
    passwords.set(name, randomBytes(12).toString('hex'));
    return { file: fileOf(name) };
  };
  const port = (service: Service) => places.portBase + SERVICES.indexOf(service);
  const contents = contentsOf({ places, port, password });
  const text = hallText(contents, places, password);
  await mkdir(join(places.folder, 'passwords'), { recursive: true, mode: 0o700 });
  for (const [name, secret] of passwords) await writeFile(fileOf(name), `${secret}\n`, { mode: 0o600 });
  const file = join(places.folder, 'hall.yaml');
  await writeFile(file, text);
  const account = { user: CALLING_PROGRAMME, passwordFile: fileOf(CALLING_PROGRAMME) };
  return { file, hallId: HALL, gatewayId: GATEWAY, account };
}

/** How long an evaluation of this hall waits for a mark. */
export function evaluationTimeoutOf({ evaluationTimeoutSeconds }: HallPlaces): number {
  return evaluationTimeoutSeconds ?? EVALUATION_TIMEOUT_SECONDS;
}

function hallText({ lines, devices }: HallContents, places: HallPlaces, password: Surroundings['password']): string {
  const { folder, dataDirectory = join(folder, 'data'), quotaMiB = QUOTA_MIB } = places;
  const calling = {
    user: CALLING_PROGRAMME,
    role: 'software',
    commands: ['*/*'],
    password: password(CALLING_PROGRAMME),
  };
  const accounts = devices.filter(({ wire }) => wire === 'mqtt').map(({ id }) => accountOf(String(id), password));
  const uplink = {
    url: places.centreUrl,
    confirm: 'receipt',
    receiptTimeoutMs: 10_000,
    backoff: { firstMs: 200, maxMs: 2_000 },
  };
  return `# 模拟大厅的配置 / the settings of the simulated hall; written anew at every start
hall: ${flow({ id: HALL, name: '演示政务大厅', timeZone: 'Asia/Shanghai' })}
gateway: ${flow({ id: GATEWAY, dataDirectory })}
spool: ${flow({ quotaMiB })}
broker:
  listen: 127.0.0.1:${places.brokerPort}
  websocket: 127.0.0.1:${places.websocketPort}
  loopbackAnonymous: true
  accounts:
    # 叫号软件 / the calling programme on the windows' PCs
${[calling, ...accounts].map((account) => `    - ${flow(account)}`).join('\n')}
uplink: ${flow(uplink)}
lines:
${Object.entries(lines)
  .map(([name, line]) => `  ${name}: ${flow(line)}`)
  .join('\n')}
devices:
${devices.map((entry) => `  - ${flow(entry)}`).join('\n')}
`;
}

/** A device that speaks MQTT itself has an account of its own name. */
function accountOf(device: string, password: Surroundings['password']): Entry {
  return { user: device, role: 'device', device, password: password(device) };
}

/** On one line. */
function flow(value: Entry): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
}
