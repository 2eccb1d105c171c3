/**
 * Draining 200,000 stored events after an outage: the uplink against Mosquitto's own bridge, in the same run, into the
 * same kind of broker, with the same message bodies, timed from first to last arrival at the same counting consumer.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
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
import { until } from '../simulators/kit/until.ts';

import type { Measurement, Size } from './figure.ts';
import { freePort, startMosquitto } from './mosquitto.ts';
import { median } from './statistics.ts';
import { withWorkFolder } from './work-folder.ts';

const SIZES = { full: { events: 200_000, rounds: 3 }, quick: { events: 2_000, rounds: 1 } };
const BATCH_ROWS = 200;
const PLACE = { hall: 'bench', gateway: 'gw1' };
const WAIT_MS = 120_000;
const PEER = "Mosquitto's bridge";

export async function benchUplink(size: Size): Promise<Measurement[]> {
  const { events, rounds } = SIZES[size];
  const rates: Rates[] = [];
  for (let round = 0; round < rounds; round += 1) {
    rates.push(await withWorkFolder((folder) => oneRound(folder, events)));
  }
  const note = `${events} events, ${rounds} rounds in turn; both Mosquittos with default settings but an unlimited queue`;
  const bridge = median(rates.map((rate) => rate.bridge));
  const against = (name: string, value: number, atLeast: number): Measurement => ({
    ...{ name, value, unit: 'events/s', budget: { of: 'ratio', atLeast }, peer: { name: PEER, value: bridge }, note },
  });
  return [
    against('uplink drain, one message an event', median(rates.map(({ single }) => single)), 1),
    against(`uplink drain, batches of ${BATCH_ROWS}`, median(rates.map(({ batched }) => batched)), 3),
  ];
}

/** Events a second. */
interface Rates {
  bridge: number;
  single: number;
  batched: number;
}

async function oneRound(folder: string, events: number): Promise<Rates> {
  const first = await filledSpool(join(folder, 'first'), events);
  const bridge = await benchBridge(folder, await bodiesOf(first, events));
  const single = await benchDrain(folder, first, events, {});
  await first.close();
  const second = await filledSpool(join(folder, 'second'), events);
  const batched = await benchDrain(folder, second, events, { batch: { rowsMax: BATCH_ROWS } });
  await second.close();
  return { bridge, single, batched };
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
async function benchDrain(folder: string, spool: Spool, events: number, extra: object): Promise<number> {
  const centre = await startMosquitto({ folder, lines: NO_LIMIT });
  const consumer = await startConsumer(centre.port, events);
  const uplink = startUplink({
    ...{ place: PLACE, spool, retained: retainedMessages(), version: '0', bootId: 'bench', clock: systemClock() },
    settings: uplinkSchema.parse({ url: centre.url, ...extra }),
    log: jsonLog('silent'),
    onCommand: () => Promise.resolve(),
  });
  const elapsedMs = await consumer.elapsedMs;
  await until('everything confirmed', () => uplink.status().acked >= events, WAIT_MS);
  await uplink.close();
  await centre.stop();
  return (events / elapsedMs) * 1_000;
}

/** Without it Mosquitto throws away what its subscriber or its bridge is slow to take. */
const NO_LIMIT = ['max_queued_messages 0'];

/** Events a second that Mosquitto's bridge brings from its queue to the consumer. */
async function benchBridge(folder: string, rows: readonly StoredEvent[]): Promise<number> {
  const remotePort = await freePort();
  const bridge = [
    'connection up',
    `address 127.0.0.1:${remotePort}`,
    'topic hall/# out 1',
    'cleansession false',
    'restart_timeout 3 3',
    'bridge_protocol_version mqttv311',
    'try_private false',
  ];
  const local = await startMosquitto({ folder, lines: [...NO_LIMIT, ...bridge] });
  await publishAll(local.port, rows);
  // The consumer knocks first: what the bridge brings before it has subscribed would never be counted.
  const subscribed = startConsumer(remotePort, rows.length);
  const centre = await startMosquitto({ folder, lines: NO_LIMIT, port: remotePort });
  const consumer = await subscribed;
  const elapsedMs = await consumer.elapsedMs;
  await local.stop();
  await centre.stop();
  return (rows.length / elapsedMs) * 1_000;
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
