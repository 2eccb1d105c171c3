/**
 * The gate between a wire and Aedes. Aedes reads and writes an ordinary stream; only packets that are correct to the
 * letter of MQTT 3.1.1 get through to it, and never more of one than the limit.
 *
 * Handled on this side and never seen by Aedes: packet sizes, malformed packets, keep-alive, PINGREQ, subscriptions and
 * the acknowledgements of deliveries (`packet-desk.ts`). What is left to Aedes: CONNECT, PUBLISH, PUBREL, DISCONNECT.
 */
import type { Duplex } from 'node:stream';
import { asHallError, type HallError } from '../kernel/errors.ts';
import { readConnect, type ConnectRequest } from './connect-packet.ts';
import { frameReader, violation, type Frame } from './frames.ts';
import { gateStream } from './gate-stream.ts';
import type { BrokerLimits } from './limits.ts';
import { takePacket, type PacketDuties } from './packet-desk.ts';
import { checkFlags, connack, TYPE } from './packets.ts';
import type { Wire } from './wire.ts';

export interface GateDuties extends Omit<PacketDuties, 'send'> {
  /** A CONNECT that is well-formed and goes to Aedes. */
  connect(request: ConnectRequest): void;
  /** The connection is over; called once, with what ended it when it did not just close. */
  over(cause: HallError | undefined): void;
}

export interface Gate {
  /** What Aedes speaks to. */
  readonly stream: Duplex;
  /** Aedes has accepted the client: packets after CONNECT may pass. */
  accepted: () => void;
  /** One PUBLISH that went to Aedes is dealt with. */
  settled: () => void;
  /** Sends one whole packet. */
  send: (packet: Buffer) => void;
  /** Closes the wire at once; what was read before still reaches Aedes, in order, and then the end. */
  end: (cause?: HallError) => void;
}

/** `greeting`: CONNECT went to Aedes, CONNACK has not come; what follows waits in the socket. */
type Phase = 'new' | 'greeting' | 'open' | 'over';

/** Section 3.1.2.10: one and a half times the keep-alive. */
const KEEP_ALIVE_GRACE_MS_PER_SECOND = 1_500;

export function packetGate(wire: Wire, limits: BrokerLimits, duties: GateDuties): Gate {
  const reader = frameReader();
  let phase: Phase = 'new';
  let streamFull = false;
  /** Messages on their way to the disk. */
  let underWay = 0;
  let keepAlive: NodeJS.Timeout | undefined;

  const stream = gateStream(wire, limits, {
    wanted() {
      streamFull = false;
      flow();
    },
    stuck: () => end(violation('limit', `The client took no byte for ${limits.drainTimeoutMs} ms.`)),
    destroyed: () => end(),
  });

  const end = (cause?: HallError) => {
    if (phase === 'over') return;
    clearTimeout(keepAlive);
    phase = 'over';
    wire.close();
    if (stream.readableLength > 0 && !stream.destroyed) stream.push(null);
    else stream.destroy();
    duties.over(cause);
  };
  const send = (packet: Buffer) => {
    if (phase === 'over' || stream.destroyed) return;
    stream.write(packet);
    if (stream.writableLength <= limits.outputQueueBytesMax) return;
    end(violation('limit', `More than ${limits.outputQueueBytesMax} bytes wait for the client.`));
  };
  /** While Aedes holds us up, the client cannot be blamed for silence: nobody reads it. */
  const quiet = () => {
    if (streamFull || busy()) keepAlive?.refresh();
    else end(violation('MQTT-3.1.2-24', 'The keep-alive passed without a packet.'));
  };

  const takeConnect = (frame: Frame): boolean => {
    if (frame.type !== TYPE.connect) throw violation('MQTT-3.1.0-1', 'The first packet is not a CONNECT.');
    const request = readConnect(frame);
    if ('refused' in request) {
      send(connack(request.refused));
      end();
      return false;
    }
    phase = 'greeting';
    const keepAliveMs = request.keepAliveSeconds * KEEP_ALIVE_GRACE_MS_PER_SECOND;
    if (keepAliveMs > 0) keepAlive = setTimeout(quiet, keepAliveMs);
    duties.connect(request);
    return true;
  };

  const desk: PacketDuties = { ...duties, send };
  /** The client has said as much as can be dealt with for now; the rest waits in the socket. */
  const busy = () => underWay >= limits.publishWindow;
  const reading = () => phase === 'new' || (phase === 'open' && !busy());
  const flow = () => {
    if (reading() && !streamFull) wire.resume();
    else wire.pause();
  };
  const readPackets = () => {
    const passed: Buffer[] = [];
    let cause: HallError | undefined;
    try {
      while (reading()) {
        const frame = reader.next(phase === 'new' ? limits.connectBytesMax : limits.packetBytesMax);
        if (!frame) break;
        keepAlive?.refresh();
        checkFlags(frame);
        if (phase === 'new' ? !takeConnect(frame) : !takePacket(frame, desk)) continue;
        if (frame.type === TYPE.publish) underWay += 1;
        passed.push(frame.bytes);
      }
    } catch (thrown) {
      cause = asHallError(thrown, 'broker.protocol-violation');
    }
    pass(passed);
    if (cause) end(cause);
    else flow();
  };
  const pass = (packets: Buffer[]) => {
    if (packets.length === 0 || phase === 'over' || stream.destroyed) return;
    streamFull = !stream.push(packets.length === 1 ? packets[0] : Buffer.concat(packets));
  };

  wire.onData((chunk) => {
    reader.push(chunk);
    readPackets();
  });
  wire.onClosed(() => end());

  return {
    stream,
    send,
    end,
    accepted() {
      if (phase !== 'greeting') return;
      phase = 'open';
      readPackets();
    },
    settled() {
      const wasBusy = busy();
      underWay -= 1;
      if (wasBusy && !busy()) readPackets();
    },
  };
}
