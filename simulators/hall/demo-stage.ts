/**
 * Everything that the demo stands up, in order: hall, centre, settings, gateway, the calling programme.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startCentralBroker, type CentralBroker } from '../central/central-broker.ts';
import { startCommandSender, type CommandSender } from '../central/command-sender.ts';
import { startConsumer, type Consumer } from '../central/consumer.ts';
import type { ReceivedEvent } from '../central/envelope-check.ts';
import { until } from '../kit/until.ts';
import type { DemoOptions } from './demo-options.ts';
import { CALLING_PROGRAMME, DEMO_HALL, demoSettings } from './demo-settings.ts';
import { runGateway, type GatewayProcess } from './gateway-process.ts';
import { watchLocalBroker, type LocalView } from './local-view.ts';
import { standUp, type StandingHall } from './standing-hall.ts';

export interface Stage {
  hall: StandingHall;
  centre: CentralBroker;
  consumer: Consumer;
  gateway: GatewayProcess;
  local: LocalView;
  programme: CommandSender;
  windows: readonly number[];
}

export interface DemoPorts {
  centre: number;
  broker: number;
  websocket: number;
}

const WINDOWS = [1, 2, 3, 4, 5, 6];
const RECEIPTS_EVERY_MS = 250;
const GATEWAY_UP_MS = 20_000;

export function demoPorts(portBase: number): DemoPorts {
  return { centre: portBase, broker: portBase + 1, websocket: portBase + 2 };
}

export interface StageHooks {
  /** An event's first arrival at the centre. */
  onEvent(event: ReceivedEvent): void;
  /** The gateway ended although nobody asked it to. */
  onGatewayEnd(why: Error): void;
}

/** Resolves when the gateway's local broker answers. */
export async function setStage(options: DemoOptions, program: string, hooks: StageHooks): Promise<Stage> {
  const { directory, language, seed } = options;
  const ports = demoPorts(options.portBase);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const ptyPath = join(directory, 'evaluators.tty');
  const hall = await standUp({ windows: WINDOWS, seed, ptyPath });
  const centre = await startCentralBroker({ port: ports.centre });
  const consumer = await startConsumer({
    url: centre.url,
    hall: DEMO_HALL,
    receipts: { everyMs: RECEIPTS_EVERY_MS },
    startsAt: 'first-seen',
    onEvent: (event) => hooks.onEvent(event),
  });
  const password = randomBytes(12).toString('hex');
  const settingsFile = await writeSettings({ directory, ports, centreUrl: centre.url, hall, ptyPath, password });
  const gateway = runGateway({
    command: ['--enable-source-maps', program, 'run', settingsFile],
    logFile: join(directory, 'gateway.log'),
    onUnexpectedExit: (code, lines) =>
      hooks.onGatewayEnd(new Error(`the gateway ended (${code ?? 'killed'}):\n${lines}`)),
  });
  const brokerUrl = `mqtt://127.0.0.1:${ports.broker}`;
  const local = watchLocalBroker(brokerUrl, language);
  await until('the local broker answers', () => local.connected(), GATEWAY_UP_MS);
  const account = { clientId: CALLING_PROGRAMME, username: CALLING_PROGRAMME, password };
  const programme = await startCommandSender({ url: brokerUrl, hall: DEMO_HALL, ...account });
  return { hall, centre, consumer, gateway, local, programme, windows: WINDOWS };
}

interface SettingsParts {
  directory: string;
  ports: DemoPorts;
  centreUrl: string;
  hall: StandingHall;
  ptyPath: string;
  password: string;
}

async function writeSettings({ directory, ports, centreUrl, hall, ptyPath, password }: SettingsParts): Promise<string> {
  const passwordFile = join(directory, 'calling-programme.password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  const settingsFile = join(directory, 'hall.yaml');
  const text = demoSettings({
    dataDirectory: join(directory, 'data'),
    brokerPort: ports.broker,
    websocketPort: ports.websocket,
    centreUrl,
    evaluatorPath: ptyPath,
    clocks: hall.clocks.map(({ entry }) => entry),
    windows: WINDOWS,
    passwordFile,
  });
  await writeFile(settingsFile, text);
  return settingsFile;
}
