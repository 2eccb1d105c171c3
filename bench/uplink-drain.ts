/**
 * Draining 200,000 stored events after an outage: the uplink against Mosquitto's own bridge, in the same run, into the
 * same kind of broker, with the same message bodies, timed from first to last arrival at the same counting consumer.
 */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'mqtt-packet';
import { systemClock } from '../gateway/kernel/clock.ts';
import { jsonLog } from '../gateway/kernel/log.ts';
import { retainedMessages } from '../gateway/kernel/retained.ts';
import type { Spool, StoredEvent } from '../gateway/spool/port.ts';
import { openSpool } from '../gateway/spool/spool.ts';
import { publishEncoder } from '../gateway/uplink/publish-encoder.ts';
import { uplinkSchema } from '../gateway/uplink/uplink-settings.ts';
import { startUplink } from '../gateway/uplink/uplink.ts';
import { requireTool } from '../simulators/kit/tools.ts';
import { until } from '../simulators/kit/until.ts';
import type { Figure } from './figure.ts';

const EVENTS = 200_000;
const BATCH_ROWS = 200;
const PLACE = { hall: 'bench', gateway: 'gw1' };
const WAIT_MS = 120_000;

export async function benchUplink(events = EVENTS): Promise<Figure[]> {
  const mosquitto = requireTool('mosquitto');
  if (mosquitto === undefined) return [];
  const folder = mkdtempSync(join(tmpdir(), 'uplink-drain-'));
  try {
    const spool = await filledSpool(join(folder, 'spool'), events);
    const bridge = await benchBridge(mosquitto, folder, await bodiesOf(spool, events));
    const single = await benchDrain(mosquitto, folder, spool, events, {});
    await spool.close();
    const again = await filledSpool(join(folder, 'again'), events);
    const batched = await benchDrain(mosquitto, folder, again, events, { batch: { rowsMax: BATCH_ROWS } });
    await again.close();
    return [
      against('uplink drain, one message an event', single, bridge, 1),
      against(`uplink drain, batches of ${BATCH_ROWS}`, batched, bridge, 3),
      { name: 'uplink drain, memory at the end', value: process.memoryUsage().rss / 1e6, unit: 'MB RSS' },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function against(name: string, value: number, peerValue: number, factor: number): Figure {
  const ratio = value / peerValue;
  const peer = "Mosquitto's bridge";
  return {
    name,
    value,
    unit: 'events/s',
    budget: `>= ${factor} x ${peer}`,
    peer,
    peerValue,
    ratio,
    holds: ratio >= factor,
  };
}

async function filledSpool(directory: string, events: number): Promise<Spool> {
  const spool = await openSpool({
    ...{ directory, place: PLACE, clock: systemClock(), log: jsonLog('silent') },
    quotaBytes: 2 ** 30,
  });
  const chunk = 1_000;
  for (let from = 0; from < events; from += chunk) {
    await spool.append({
      drafts: Array.from({ length: Math.min(chunk, events - from) }, (_, index) => draft(from + index)),
    });
  }
  return spool;
}

function draft(n: number) {
  const device = `window-${(n % 131) + 1}`;
  return {
    topic: `hall/v1/${PLACE.hall}/evaluator/${device}/event/evaluation.submitted`,
    source: `/halls/${PLACE.hall}/gateways/${PLACE.gateway}/evaluator/${device}`,
    type: 'hall.evaluation.submitted.v1',
    class: 'record' as const,
    data: { level: (n % 5) + 1, window: String((n % 131) + 1), ticketNumber: `A${n}`, department: '不动产登记中心' },
  };
}

async function bodiesOf(spool: Spool, events: number): Promise<StoredEvent[]> {
  const rows: StoredEvent[] = [];
  while (rows.length < events) {
    const more = await spool.read({ after: rows.at(-1)?.sequence ?? 0, rowsMax: 5_000, bytesMax: 2 ** 24 });
    if (more.length === 0) break;
    rows.push(...more);
  }
  return rows;
}

/** Events a second that the uplink brings from the spool to the consumer. */
async function benchDrain(
  mosquitto: string,
  folder: string,
  spool: Spool,
  events: number,
  extra: object,
): Promise<number> {
  const centre = await startMosquitto(mosquitto, folder);
  const consumer = await startConsumer(centre.port, events);
  const uplink = startUplink({
    ...{ place: PLACE, spool, retained: retainedMessages(), version: '0', bootId: 'bench', clock: systemClock() },
    settings: uplinkSchema.parse({ url: `mqtt://127.0.0.1:${centre.port}`, ...extra }),
    log: jsonLog('silent'),
    onCommand: () => Promise.resolve(),
  });
  const elapsedMs = await consumer.elapsedMs;
  await until('everything confirmed', () => uplink.status().acked >= events, WAIT_MS);
  await uplink.close();
  await stop(centre.process);
  return (events / elapsedMs) * 1_000;
}

/** Events a second that Mosquitto's bridge brings from its persistent queue to the consumer. */
async function benchBridge(mosquitto: string, folder: string, rows: readonly StoredEvent[]): Promise<number> {
  const remotePort = await freePort();
  const local = await startMosquitto(mosquitto, folder, [
    'connection up',
    `address 127.0.0.1:${remotePort}`,
    'topic hall/# out 1',
    'cleansession false',
    'restart_timeout 3 3',
    'bridge_protocol_version mqttv311',
    'try_private false',
  ]);
  await publishAll(local.port, rows);
  // The consumer knocks first: what the bridge brings before it has subscribed would never be counted.
  const subscribed = startConsumer(remotePort, rows.length);
  const centre = await startMosquitto(mosquitto, folder, [], remotePort);
  const consumer = await subscribed;
  const elapsedMs = await consumer.elapsedMs;
  await stop(local.process);
  await stop(centre.process);
  return (rows.length / elapsedMs) * 1_000;
}

interface Broker {
  port: number;
  process: ChildProcess;
}

async function startMosquitto(
  binary: string,
  folder: string,
  extra: string[] = [],
  fixedPort?: number,
): Promise<Broker> {
  const port = fixedPort ?? (await freePort());
  const data = mkdtempSync(join(folder, 'mosquitto-'));
  const lines = [
    ...[`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'max_queued_messages 0'],
    ...['persistence true', `persistence_location ${data}/`, 'log_type error', ...extra],
  ];
  writeFileSync(join(data, 'mosquitto.conf'), `${lines.join('\n')}\n`);
  const child = spawn(binary, ['-c', join(data, 'mosquitto.conf')], { stdio: 'ignore' });
  await until('mosquitto listens', () => listens(port));
  return { port, process: child };
}

/** Resolves once it is subscribed; `elapsedMs` with the time from first to last arrival. */
async function startConsumer(port: number, events: number): Promise<{ elapsedMs: Promise<number> }> {
  const child = fork(new URL('./counting-consumer.ts', import.meta.url), [String(port), String(events)]);
  const elapsedMs = new Promise<number>((resolve, reject) => {
    child.on('message', (message) => {
      if (typeof message === 'number') resolve(message);
    });
    setTimeout(() => reject(new Error(`not all ${events} events arrived in ${WAIT_MS} ms`)), WAIT_MS).unref();
    child.once('exit', () => reject(new Error('the counting consumer ended early')));
  });
  await once(child, 'message');
  return { elapsedMs };
}

/** Publishes every row at QoS 1 and waits for the last PUBACK. */
async function publishAll(port: number, rows: readonly StoredEvent[]): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let acked = 0;
  socket.on('data', (chunk) => (acked += chunk.length / 4));
  socket.write(
    generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, clientId: 'filler', keepalive: 0 }),
  );
  const encoder = publishEncoder('3.1.1');
  const chunk = 1_000;
  for (let from = 0; from < rows.length; from += chunk) {
    const part = rows.slice(from, from + chunk);
    const publishes = part.map(({ topic, body }, index) => ({ id: index + 1, topic, payload: body, retain: false }));
    socket.write(encoder.encode(publishes));
    // One CONNACK (4 bytes) and a PUBACK (4 bytes) a row.
    await until('the broker has taken them', () => acked >= 1 + from + part.length, WAIT_MS);
  }
  socket.destroy();
}

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ port, host: '127.0.0.1' });
    probe.once('connect', () => resolve(true));
    probe.once('error', () => resolve(false));
    probe.once('close', () => resolve(false));
    probe.once('connect', () => probe.destroy());
  });
}
