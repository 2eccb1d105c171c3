/**
 * Everything that the demo stands up, in order: settings, centre, devices, gateway, the calling programme, and the page on
 * which a person is the hall's hands.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startCentralBroker, type CentralBroker } from '../central/central-broker.ts';
import { startCommandSender, type CommandSender } from '../central/command-sender.ts';
import { startConsumer, type Consumer } from '../central/consumer.ts';
import { until } from '../kit/until.ts';
import { startHallApi } from './api.ts';
import { boxEnvironment, boxOptions } from './box-options.ts';
import { watchCables } from './cables.ts';
import { demoBook, type DemoBook } from './demo-book.ts';
import type { DemoOptions } from './demo-options.ts';
import { runGateway, type GatewayProcess } from './gateway-process.ts';
import { readHallFile, type HallFile } from './hall-file.ts';
import type { WrittenHall } from './hall-writer.ts';
import { watchLocalBroker, type LocalView } from './local-view.ts';
import { writeReferenceHall } from './reference-hall.ts';
import { writeSmallHall } from './small-hall.ts';
import type { Happening, StandIn } from './stand-in.ts';
import { standUpHall } from './standing.ts';
import { openTruth } from './truth.ts';

export interface Stage {
  file: HallFile;
  /** With cables that the page and the faults pull alike. */
  devices: readonly StandIn[];
  book: DemoBook;
  centre: CentralBroker;
  consumer: Consumer;
  gateway: GatewayProcess;
  local: LocalView;
  programme: CommandSender;
  /** Takes down what is left, the newest first. */
  close(): Promise<void>;
}

export interface DemoPorts {
  centre: number;
  broker: number;
  websocket: number;
  api: number;
}

export interface StageHooks {
  /** The gateway ended although nobody asked it to; `lastWords` is what it said on its standard error. */
  onGatewayEnd(lastWords: string): void;
  /** Ends the waiting for a gateway that is not up yet. */
  signal: AbortSignal;
}

const RECEIPTS_EVERY_MS = 250;
const GATEWAY_UP_MS = 20_000;
export const GATEWAY_STOP_MS = 20_000;
/** In the demo's directory. */
export const LOG_FILE = 'gateway.log';
const HALLS = { small: writeSmallHall, reference: writeReferenceHall };
/** The devices' ports begin so far behind those of the demo itself. */
const DEVICE_PORTS_FROM = 10;

export function demoPorts(portBase: number): DemoPorts {
  return { centre: portBase, broker: portBase + 1, websocket: portBase + 2, api: portBase + 3 };
}

/**
 * Resolves when the gateway's local broker answers.
 *
 * @throws Error when the gateway does not come up; what had been stood up is taken down again.
 */
export async function setStage(options: DemoOptions, program: string, hooks: StageHooks): Promise<Stage> {
  const opened: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const each of opened.splice(0)) await each();
  };
  const closing: Closing = (part, closePart) => {
    opened.unshift(() => closePart(part));
    return part;
  };
  try {
    return { ...(await standAll(options, program, hooks, closing)), close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** Remembers how a part is closed, and hands it on. */
type Closing = <T>(part: T, close: (part: T) => Promise<unknown>) => T;

async function standAll(
  options: DemoOptions,
  program: string,
  hooks: StageHooks,
  closing: Closing,
): Promise<Omit<Stage, 'close'>> {
  const startedMs = Date.now();
  const ports = demoPorts(options.portBase);
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const centre = closing(await startCentralBroker({ port: ports.centre }), (part) => part.close());
  const written = await writeDemoHall(options, ports, centre.url);
  const file = await readHallFile(written.file);
  const speaks = new Map<string, readonly string[]>();
  const truth = closing(await openTruth(options.record), (part) => part.close());
  const book = demoBook(truth, speaks, startedMs);
  const consumer = closing(await judgingConsumer(centre.url, written.hallId, book), (part) => part.close());
  const seen: { local?: LocalView } = {};
  const standing = {
    ...{ file, seed: options.seed },
    onHappening: (happening: Happening) => book.happened(happening),
    offers: (device: string, business: string) => seen.local?.offers(device, business) ?? true,
  };
  const hall = closing(await standUpHall(standing), (part) => part.close());
  for (const [device, types] of hall.speaks) speaks.set(device, types);
  const cables = watchCables(hall.devices);
  const gateway = startProgram(options, program, written.file, hooks);
  closing(gateway, (part) => part.stop(GATEWAY_STOP_MS));
  const brokerUrl = `mqtt://127.0.0.1:${ports.broker}`;
  const local = closing(watchLocalBroker(brokerUrl, options.language, file), (part) => part.close());
  seen.local = local;
  const settled = () => local.connected() || gateway.failed || hooks.signal.aborted;
  await until('the local broker answers', settled, GATEWAY_UP_MS);
  if (!local.connected()) throw new Error('the gateway did not come up');
  const programme = closing(await callingProgramme(brokerUrl, written), (part) => part.close());
  const view = { title: written.hallId, cables, truth };
  closing(await startHallApi(view, ports.api), (part) => part.close());
  return { file, devices: cables.devices, book, centre, consumer, gateway, local, programme };
}

function writeDemoHall(options: DemoOptions, ports: DemoPorts, centreUrl: string): Promise<WrittenHall> {
  return HALLS[options.hall]({
    folder: options.directory,
    portBase: options.portBase + DEVICE_PORTS_FROM,
    brokerPort: ports.broker,
    websocketPort: ports.websocket,
    centreUrl,
  });
}

function judgingConsumer(url: string, hall: string, book: DemoBook): Promise<Consumer> {
  const receipts = { everyMs: RECEIPTS_EVERY_MS };
  return startConsumer({ url, hall, receipts, startsAt: 'first-seen', onEvent: (event) => book.arrived(event) });
}

function startProgram(options: DemoOptions, program: string, settings: string, hooks: StageHooks): GatewayProcess {
  return runGateway({
    command: [...boxOptions(), program, 'run', settings],
    env: { ...boxEnvironment(), LC_ALL: options.language === 'zh' ? 'zh_CN.UTF-8' : 'C.UTF-8' },
    logFile: join(options.directory, LOG_FILE),
    onUnexpectedExit: (_code, lastWords) => hooks.onGatewayEnd(lastWords),
  });
}

async function callingProgramme(url: string, { hallId, account }: WrittenHall): Promise<CommandSender> {
  const password = (await readFile(account.passwordFile, 'utf8')).trimEnd();
  return startCommandSender({ url, hall: hallId, clientId: account.user, username: account.user, password });
}
