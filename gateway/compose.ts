/**
 * Wires the parts of the gateway by hand. Data flows one way: device -> spool -> local broker and uplink; commands come
 * back through the same doors. Parts open in order and close in reverse, so that what a closing part still says is on
 * disk and, if the centre listens, with the centre, before the spool closes.
 */
import { kinds } from '../devices/index.ts';
import { startBroker, type LocalBroker } from './broker/broker.ts';
import { startCommands, type Commands } from './commands/commands.ts';
import { showGatewayStatus } from './health/gateway-status.ts';
import { startHealth, type LinkHealth } from './health/health.ts';
import { startWatchdog } from './health/watchdog.ts';
import type { Clock } from './kernel/clock.ts';
import type { Log } from './kernel/log.ts';
import type { Place } from './kernel/names.ts';
import { retainedMessages, type RetainedMessages } from './kernel/retained.ts';
import { deviceTopic } from './kernel/topics.ts';
import { deferred, once } from './kernel/waiting.ts';
import type { Settings } from './settings/settings.ts';
import type { Spool } from './spool/port.ts';
import { openSpool } from './spool/spool.ts';
import { deviceMessages, type DeviceMessages } from './supervisor/device-messages.ts';
import { startSupervisor } from './supervisor/supervisor.ts';
import { startUplink, type Uplink } from './uplink/uplink.ts';

export interface GatewayOptions {
  settings: Settings;
  version: string;
  clock: Clock;
  log: Log;
  env: NodeJS.ProcessEnv;
}

export interface Gateway {
  readonly brokerPort: number;
  /** Stops in order; what the centre can still take within a few seconds is sent. Twice does no harm. */
  close(): Promise<void>;
}

const BYTES_PER_MIB = 1_048_576;
const DRAIN_MS = 3_000;

/**
 * Opens every part.
 *
 * @throws HallError of the first part that cannot open (for example `broker.port-taken`); the others are closed again.
 */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { settings, clock, log } = options;
  const place: Place = { hall: settings.hall.id, gateway: settings.gateway.id };
  const closers: (() => Promise<void>)[] = [];
  const close = once(async () => {
    for (const closer of closers.reverse())
      await closer().catch((thrown: unknown) => log.error('gateway.close', thrown));
    log.info('gateway.stopped');
  });
  try {
    const spool = await openSpool({
      directory: settings.gateway.dataDirectory,
      quotaBytes: settings.spool.quotaMiB * BYTES_PER_MIB,
      place,
      clock,
      log: log.child({ part: 'spool' }),
    });
    closers.push(() => spool.close());
    const retained = retainedMessages();
    const messages = deviceMessages();
    const commandsReady = deferred<Commands>();
    commandsReady.promise.catch(() => undefined);
    const ports = { ...options, place, spool, retained, messages, commands: commandsReady.promise };

    const uplink = openUplink(ports);
    closers.push(async () => uplink?.close({ drainMs: DRAIN_MS }));
    const broker = await openBroker(ports);
    closers.push(() => broker.close());
    const status = showGatewayStatus(ports);
    closers.push(() => {
      status.leave();
      return Promise.resolve();
    });

    const supervisor = startSupervisor({
      place,
      timeZone: settings.hall.timeZone,
      dataDirectory: settings.gateway.dataDirectory,
      devices: settings.devices.filter((device) => device.enabled),
      lines: settings.lines,
      spool,
      retained,
      messages,
      clock,
      log: log.child({ part: 'supervisor' }),
    });
    closers.push(() => supervisor.close());

    const kindOf = new Map(settings.devices.map(({ id, kind }) => [id, kind]));
    const commands = startCommands({
      place,
      spool,
      supervisor,
      kinds: Object.fromEntries(kinds.map((kind) => [kind.name, kind])),
      kindOf: (device) => kindOf.get(device),
      clock,
      log: log.child({ part: 'commands' }),
    });
    commandsReady.resolve(commands);
    closers.push(() => commands.close());

    const health = startHealth({
      place,
      spool,
      counts: () => supervisor.counts(),
      uplink: () => linkHealth(uplink),
      dataDirectory: settings.gateway.dataDirectory,
      publish: (topic, payload) => retained.set(topic, payload),
      clock,
      log: log.child({ part: 'health' }),
    });
    closers.push(() => health.close());
    const watchdog = startWatchdog({ env: options.env, spool, log: log.child({ part: 'watchdog' }) });
    closers.push(() => watchdog.close());
    await watchdog.ready();
    log.info('gateway.started', {
      version: options.version,
      hall: place.hall,
      gateway: place.gateway,
      epoch: spool.epoch,
      devices: settings.devices.length,
      broker: broker.port,
    });
    return { brokerPort: broker.port, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

interface Ports extends GatewayOptions {
  place: Place;
  spool: Spool;
  retained: RetainedMessages;
  messages: DeviceMessages;
  /** Resolves when commands can be taken; those that come earlier wait. */
  commands: Promise<Commands>;
}

function openUplink(ports: Ports): Uplink | undefined {
  const { settings, place, spool, retained, version, clock, log, commands } = ports;
  if (!settings.uplink) return undefined;
  return startUplink({
    place,
    settings: settings.uplink,
    spool,
    retained,
    version,
    bootId: clock.bootId,
    clock,
    log: log.child({ part: 'uplink' }),
    onCommand: async (message) => (await commands).submit({ ...message, origin: 'central' }),
  });
}

/** Opens the local broker and shows it everything that is said: committed events, newest truths, words to devices. */
async function openBroker(ports: Ports): Promise<LocalBroker> {
  const { settings, place, spool, retained, messages, log, commands } = ports;
  const { listen, websocket, tls, accounts, loopbackAnonymous } = settings.broker;
  const broker = await startBroker({
    listen,
    ...(websocket && { websocket }),
    ...(tls && { tls }),
    accounts,
    loopbackAnonymous,
    place,
    log: log.child({ part: 'broker' }),
    onDeviceMessage: (device, rest, payload) => messages.deliver(device, rest, payload),
    onCommand: async ({ topic, payload, retain }) =>
      (await commands).submit({ topic, payload, retain, origin: 'local' }),
  });
  retained.onChange((topic, payload) => broker.publish(topic, payload, { retain: true }));
  for (const [topic, payload] of retained.entries()) broker.publish(topic, payload, { retain: true });
  spool.onCommitted((events) => {
    for (const { topic, body } of events) broker.publish(topic, body, { qos: 1 });
  });
  messages.onSay(({ device, rest, payload, retain }) =>
    broker.publish(deviceTopic(device, rest), payload, { retain, qos: 1 }),
  );
  return broker;
}

function linkHealth(uplink: Uplink | undefined): LinkHealth | undefined {
  if (!uplink) return undefined;
  const { link, since, reconnects } = uplink.status();
  return { link, since: new Date(since).toISOString(), reconnects };
}
