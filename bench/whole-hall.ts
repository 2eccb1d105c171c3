/**
 * A whole hall from its devices to the centre: simulated devices in a process of their own, the gateway as on the box, and a
 * centre that gives receipts and judges. What happened is held against what arrived.
 */
import { join } from 'node:path';
import { startCentralBroker, type CentralBroker } from '../simulators/central/central-broker.ts';
import { startConsumer, type Consumer } from '../simulators/central/consumer.ts';
import type { Verdict } from '../simulators/central/verdict.ts';
import { compare, type Arrival, type TruthReport } from '../simulators/hall/compare.ts';
import { runGateway, type GatewayProcess } from '../simulators/hall/gateway-process.ts';
import { SERVICE_PORTS, type HallPlaces, type WrittenHall } from '../simulators/hall/hall-writer.ts';
import type { Happening } from '../simulators/hall/stand-in.ts';
import { boxEnvironment } from '../simulators/hall/box-options.ts';
import type { HookDeed } from './hall-messages.ts';
import { startSimulatedHall, type SimulatedHallProcess } from './simulated-hall.ts';

export interface WholeHall {
  readonly written: WrittenHall;
  readonly folder: string;
  /** Of the gateway, when it runs. */
  readonly brokerUrl: string;
  readonly devices: SimulatedHallProcess;
  readonly centre: CentralBroker;
  readonly consumer: Consumer;
  /** Hears every happening some moments after it happened; returns the way to stop. */
  onHappening(listener: (happening: Happening) => void): () => void;
  /** Starts the gateway with the hall's settings, or with others for the same devices. One at a time. */
  startGateway(settingsFile?: string): GatewayProcess;
  stopGateway(): Promise<void>;
  report(): TruthReport;
  /** Waits for the last records, stops everything in order, and judges. */
  end(): Promise<HallEnd>;
}

export interface HallEnd {
  truth: TruthReport;
  verdict: Verdict;
}

export interface WholeHallOptions {
  write: (places: HallPlaces) => Promise<WrittenHall>;
  folder: string;
  /** What follows `node`, without the settings: see `bundledGateway`. */
  command: readonly string[];
  seed: number;
}

const RECEIPTS_EVERY_MS = 250;
/** As soon as systemd may start it again, and no sooner than a process can be gone. */
const DOWN_MS = 1_500;
const STOP_MS = 30_000;
const SETTLE_MS = 60_000;
const LOOK_MS = 500;
/** Below the ports that systems give out by themselves: those of a gateway that is down for a moment stay free. */
const PORTS = { first: 25_000, aHall: SERVICE_PORTS + 3, halls: 500 };

/** @throws Error when a part cannot stand; those that stood are taken down again. */
export async function standWholeHall(options: WholeHallOptions): Promise<WholeHall> {
  const portBase = PORTS.first + (process.pid % PORTS.halls) * PORTS.aHall;
  const [centrePort, brokerPort, websocketPort] = [0, 1, 2].map((index) => portBase + SERVICE_PORTS + index);
  const centre = await startCentralBroker({ port: centrePort ?? 0 });
  const written = await options.write({
    ...{ folder: options.folder, portBase, brokerPort: brokerPort ?? 0, websocketPort: websocketPort ?? 0 },
    centreUrl: centre.url,
  });
  const happenings: Happening[] = [];
  const arrivals: Arrival[] = [];
  const listeners = new Set<(happening: Happening) => void>();
  let gateway: GatewayProcess | undefined;
  const consumer = await startConsumer({
    url: centre.url,
    hall: written.hallId,
    receipts: { everyMs: RECEIPTS_EVERY_MS },
    onEvent({ source, type, sequence, data }) {
      arrivals.push({ device: source.slice(source.lastIndexOf('/') + 1), type, sequence, data });
    },
  });
  const devices = await startSimulatedHall({
    ...{ file: written.file, seed: options.seed },
    onHappening(happening) {
      happenings.push(happening);
      for (const listener of listeners) listener(happening);
    },
    onHook: hookCarrier(centre, () => gateway),
  }).catch(async (thrown: unknown) => {
    await consumer.close();
    await centre.close();
    throw thrown;
  });
  const report = () => compare(happenings, arrivals, devices.speaks);
  const stopGateway = async () => {
    await gateway?.stop(STOP_MS);
    gateway = undefined;
  };
  return {
    ...{
      written,
      folder: options.folder,
      brokerUrl: `mqtt://127.0.0.1:${brokerPort}`,
      devices,
      centre,
      consumer,
      report,
      stopGateway,
    },
    onHappening(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    startGateway(settingsFile = written.file) {
      gateway = runBoxGateway([...options.command, settingsFile], options.folder);
      return gateway;
    },
    async end() {
      await settled(() => report().ok || gateway?.failed === true);
      await stopGateway();
      await devices.close();
      const end = { truth: report(), verdict: consumer.verdict() };
      await consumer.close();
      await centre.close();
      return end;
    },
  };
}

function runBoxGateway(command: readonly string[], folder: string): GatewayProcess {
  return runGateway({
    command,
    env: boxEnvironment(),
    logFile: join(folder, 'gateway.log'),
    onUnexpectedExit(code, lastWords) {
      process.stderr.write(`the gateway ended with ${code ?? 'a signal'}: ${lastWords}\n`);
    },
  });
}

/** One deed at the uplink after the other, in the order in which they were asked for. */
function hookCarrier(centre: CentralBroker, gateway: () => GatewayProcess | undefined): (deed: HookDeed) => void {
  let uplink = Promise.resolve();
  return (deed) => {
    if (deed === 'kill-gateway') gateway()?.kill(DOWN_MS);
    else uplink = uplink.then(() => (deed === 'pull-uplink' ? centre.down() : centre.up()));
  };
}

/** Looks now and then, for comparing a whole day is work; resolves after a while in any case. */
async function settled(isSettled: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + SETTLE_MS;
  while (!isSettled() && performance.now() < deadlineMs) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}
