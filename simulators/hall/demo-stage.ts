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
import { CALLING_PROGRAMME, DEMO_HALL, demoSettings, evaluatorId } from './demo-settings.ts';
import { runGateway, type GatewayProcess } from './gateway-process.ts';
import { watchLocalBroker, type LocalView } from './local-view.ts';
import { screenTexts, type Language } from './screen-texts.ts';
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
export const GATEWAY_STOP_MS = 20_000;
/** As in config/hall-gateway.service. */
const V8_OPTIONS = ['--optimize-for-size', '--max-semi-space-size=2'];
/** In the demo's directory. */
export const LOG_FILE = 'gateway.log';

export function demoPorts(portBase: number): DemoPorts {
  return { centre: portBase, broker: portBase + 1, websocket: portBase + 2 };
}

export interface StageHooks {
  /** An event's first arrival at the centre. */
  onEvent(event: ReceivedEvent): void;
  /** The gateway ended although nobody asked it to; `lastWords` is what it said on its standard error. */
  onGatewayEnd(lastWords: string): void;
  /** Ends the waiting for a gateway that is not up yet. */
  signal: AbortSignal;
}

/**
 * Resolves when the gateway's local broker answers.
 *
 * @throws Error when the gateway does not come up; what had been stood up is taken down again.
 */
export async function setStage(options: DemoOptions, program: string, hooks: StageHooks): Promise<Stage> {
  const opened: (() => Promise<unknown>)[] = [];
  const closing = <T>(part: T, close: () => Promise<unknown>): T => {
    opened.unshift(close);
    return part;
  };
  try {
    return await standAll(options, program, hooks, closing);
  } catch (thrown) {
    for (const close of opened) await close();
    throw thrown;
  }
}

/** Remembers how a part is closed, and hands it on. */
type Closing = <T>(part: T, close: () => Promise<unknown>) => T;

async function standAll(options: DemoOptions, program: string, hooks: StageHooks, closing: Closing): Promise<Stage> {
  const { directory, language, seed } = options;
  const ports = demoPorts(options.portBase);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const ptyPath = join(directory, 'evaluators.tty');
  const hall = await standUp({ windows: WINDOWS, seed, ptyPath });
  closing(hall, () => hall.close());
  const centre = await startCentralBroker({ port: ports.centre });
  closing(centre, () => centre.close());
  const consumer = await judgingConsumer(centre.url, hooks);
  closing(consumer, () => consumer.close());
  const password = randomBytes(12).toString('hex');
  const settingsFile = await writeSettings({ directory, ports, centreUrl: centre.url, hall, ptyPath, password });
  const gateway = runGateway({
    command: [...V8_OPTIONS, '--enable-source-maps', program, 'run', settingsFile],
    env: { ...process.env, LC_ALL: language === 'zh' ? 'zh_CN.UTF-8' : 'C.UTF-8' },
    logFile: join(directory, LOG_FILE),
    onUnexpectedExit: (_code, lastWords) => hooks.onGatewayEnd(lastWords),
  });
  closing(gateway, () => gateway.stop(GATEWAY_STOP_MS));
  const brokerUrl = `mqtt://127.0.0.1:${ports.broker}`;
  const local = watchLocalBroker(brokerUrl, language, placesOf(hall, language));
  closing(local, () => local.close());
  const settled = () => local.connected() || gateway.failed || hooks.signal.aborted;
  await until('the local broker answers', settled, GATEWAY_UP_MS);
  if (!local.connected()) throw new Error('the gateway did not come up');
  const account = { clientId: CALLING_PROGRAMME, username: CALLING_PROGRAMME, password };
  const programme = await startCommandSender({ url: brokerUrl, hall: DEMO_HALL, ...account });
  return { hall, centre, consumer, gateway, local, programme, windows: WINDOWS };
}

function judgingConsumer(url: string, hooks: StageHooks): Promise<Consumer> {
  return startConsumer({
    url,
    hall: DEMO_HALL,
    receipts: { everyMs: RECEIPTS_EVERY_MS },
    startsAt: 'first-seen',
    onEvent: (event) => hooks.onEvent(event),
  });
}

/** Where each device stands, by its id, in words. */
function placesOf({ clocks }: StandingHall, language: Language): Map<string, string> {
  return new Map([
    ...WINDOWS.map((window): [string, string] => [evaluatorId(window), screenTexts(language).window(window)]),
    ...clocks.map(({ entry: { id, name } }): [string, string] => [id, name]),
  ]);
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
