/**
 * A simulated fingerprint clock on a real TCP or UDP socket, and the hands of a person in front of it. Everything that was
 * truly punched is in `body.truth`; every command that came is in `body.commands`.
 */
import type { Channel } from '../kit/channel.ts';
import { seededRandom, type Random } from '../kit/random.ts';
import { startTcpPeer, type TcpPeer } from '../kit/tcp-peer.ts';
import { startUdpPeer, type UdpPeer } from '../kit/udp-peer.ts';
import { clockBody, type ClockBody, type ClockBuild } from './clock-body.ts';
import { datagramOf, frameOf, segmentOf, streamReader } from './clock-codec.ts';
import { eventBytes, type EnrolledUser, type LoggedPunch } from './clock-tables.ts';
import { clientTalk, type ClientTalk } from './conversation.ts';

export interface ClockOptions extends Partial<ClockBuild> {
  transport?: 'tcp' | 'udp';
  /** 0 or absent: a free port, kept for the life of the clock. */
  port?: number;
  host?: string;
  users?: EnrolledUser[];
  /** Punches from before the simulation began. */
  log?: LoggedPunch[];
  seed?: number;
}

export interface SimulatedClock {
  readonly host: string;
  readonly port: number;
  readonly body: ClockBody;
  /** The TCP cable with its faults; undefined for a UDP clock. */
  readonly tcp: TcpPeer | undefined;
  readonly udp: UdpPeer | undefined;
  /** Clients in conversation now. */
  talks(): readonly ClientTalk[];
  /** Live events that were acknowledged, all clients. */
  acknowledged(): number;
  /** Somebody punches; without a time, now by the clock's own time. */
  punch(userId: string, details?: Partial<Omit<LoggedPunch, 'userId'>>): LoggedPunch;
  /** Sends the live event of a punch again, as a clock does that missed the acknowledgement. */
  tellAgain(punch: LoggedPunch): void;
  /** A punch that is stored, but whose live event is never sent. */
  punchSilently(userId: string, details?: Partial<Omit<LoggedPunch, 'userId'>>): LoggedPunch;
  alarm(data: Buffer): void;
  /** The features of a finger, as some firmwares send them though nobody asked. */
  pushTemplate(features: Buffer): void;
  /** Somebody empties the log in the clock's menu. */
  clearLog(): void;
  /** Bytes that belong to no frame (TCP only). */
  noise(bytes: Uint8Array): void;
  /** All connections die without a word; the clock is back at once. */
  reboot(): void;
  pullCable(): Promise<void>;
  plugIn(): Promise<void>;
  hang(): void;
  wake(): void;
  close(): Promise<void>;
}

const LIVE_PUNCH = 1;
const LIVE_ALARM = 512;
const LIVE_TEMPLATE = 256;
const TCP_DATA_BYTES = 65_472;
const UDP_DATA_BYTES = 1_024;

const DEFAULT_BUILD: ClockBuild = {
  serial: 'AEVL204260012',
  model: 'K40/ID',
  firmware: 'Ver 6.60 Nov 13 2019',
  recordSize: 40,
  userSize: 72,
  eventLength: 52,
  nameEncoding: 'gbk',
  recordCapacity: 100_000,
  commKey: 0,
  utcOffsetMinutes: 480,
  strictChecksum: true,
  inlineBytesMax: 1_000,
};

/** Starts the clock, plugged in. */
export async function startClock(options: ClockOptions = {}): Promise<SimulatedClock> {
  const { transport = 'tcp', port = 0, host = '127.0.0.1', users = [], log = [], seed = 1, ...build } = options;
  const random = seededRandom(seed);
  const body = clockBody({ ...DEFAULT_BUILD, ...build }, users, log);
  const talks = new Map<string, ClientTalk>();
  let acknowledgedBefore = 0;
  const forget = (name: string) => {
    const gone = talks.get(name);
    acknowledgedBefore += gone?.talk.acknowledged ?? 0;
    gone?.close();
    talks.delete(name);
  };
  const wiring: Wiring = { body, talks, forget, random, port, host };
  const cable = transport === 'tcp' ? await tcpCable(wiring) : await udpCable(wiring);
  const forgetAll = () => [...talks.keys()].forEach(forget);

  const tell = (event: number, data: Buffer) => talks.forEach((talk) => talk.tell(event, data));
  const tellPunch = (punch: LoggedPunch) => tell(LIVE_PUNCH, eventBytes(body.build.eventLength, punch));
  const store = (userId: string, details: Partial<LoggedPunch> = {}): LoggedPunch => {
    const punch = { time: body.time(), verify: 1, punch: 0, ...details, userId };
    body.store(punch);
    return punch;
  };
  return {
    ...cable.place,
    body,
    talks: () => [...talks.values()],
    acknowledged: () => [...talks.values()].reduce((sum, { talk }) => sum + talk.acknowledged, acknowledgedBefore),
    punch(userId, details) {
      const punch = store(userId, details);
      tellPunch(punch);
      return punch;
    },
    tellAgain: tellPunch,
    punchSilently: store,
    alarm: (data) => tell(LIVE_ALARM, data),
    pushTemplate: (features) => tell(LIVE_TEMPLATE, features),
    clearLog: () => void body.log.splice(0),
    noise: (bytes) => cable.channels().forEach((channel) => channel.write(bytes)),
    reboot() {
      cable.channels().forEach((channel) => channel.close());
      forgetAll();
    },
    async pullCable() {
      await cable.peer.pullCable();
      forgetAll();
    },
    plugIn: () => cable.peer.plugIn(),
    hang: () => cable.peer.hang(),
    wake: () => cable.peer.wake(),
    async close() {
      forgetAll();
      await cable.peer.close();
    },
  };
}

interface Wiring {
  body: ClockBody;
  talks: Map<string, ClientTalk>;
  forget: (name: string) => void;
  random: Random;
  port: number;
  host: string;
}

interface Cable {
  peer: TcpPeer | UdpPeer;
  place: { host: string; port: number; tcp: TcpPeer | undefined; udp: UdpPeer | undefined };
  channels(): Channel[];
}

async function tcpCable({ body, talks, forget, random, port, host }: Wiring): Promise<Cable> {
  const channels = new Map<string, Channel>();
  const tcp = await startTcpPeer({
    port,
    host,
    random,
    onConnection(channel) {
      if (body.quirks.refusesSecondClient && channels.size > 0) {
        channel.close();
        return;
      }
      const client = clientTalk(body, {
        session: newSession(random),
        dataBytesMax: TCP_DATA_BYTES,
        send: (frame) => channel.write(segmentOf(frame)),
        die: () => channel.close(),
      });
      channels.set(channel.name, channel);
      talks.set(channel.name, client);
      channel.onData(streamReader((frame) => client.hear(frame)));
      void channel.closed.then(() => {
        channels.delete(channel.name);
        forget(channel.name);
      });
    },
  });
  const place = { host: tcp.host, port: tcp.port, tcp, udp: undefined };
  return { peer: tcp, place, channels: () => [...channels.values()] };
}

async function udpCable({ body, talks, forget, random, port, host }: Wiring): Promise<Cable> {
  const udp = await startUdpPeer({
    port,
    host,
    random,
    onDatagram({ payload, address, port: from }) {
      const name = `${address}:${from}`;
      const frame = frameOf(Buffer.from(payload));
      if (!frame) return;
      const client =
        talks.get(name) ??
        clientTalk(body, {
          session: newSession(random),
          dataBytesMax: UDP_DATA_BYTES,
          send: (reply) => udp.send({ payload: datagramOf(reply), address, port: from }),
          die: () => forget(name),
        });
      talks.set(name, client);
      client.hear(frame);
    },
  });
  return { peer: udp, place: { host: udp.host, port: udp.port, tcp: undefined, udp }, channels: () => [] };
}

function newSession(random: Random): number {
  return random.int(1, 0xfffe);
}
