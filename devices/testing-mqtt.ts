/**
 * For tests of devices that speak MQTT themselves: the gateway's own broker with one device account, over TCP and WebSocket,
 * in front of a recording hall; and the network between them, which cuts and joins what passes.
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { startBroker } from '../gateway/broker/broker.ts';
import type { Kind } from '../gateway/kernel/kind.ts';
import { collectingLog } from '../gateway/kernel/log.ts';
import { Secret } from '../gateway/kernel/secret.ts';
import { deviceTopic } from '../gateway/kernel/topics.ts';
import { faultyBytes, noByteFaults, type ByteFaults } from '../simulators/kit/faults.ts';
import { seededRandom } from '../simulators/kit/random.ts';
import type { RecordingHall } from './recording-hall.ts';

const HOST = '127.0.0.1';
const PASSWORD = 'only-for-this-device';

export interface DeviceBroker {
  /** How the device's program is set up. */
  readonly login: { url: string; username: string; password: string; device: string };
  /** Faults of the network, in both directions; may be changed at any time. */
  readonly faults: ByteFaults;
  /** Puts this hall behind the broker, in place of another one. */
  attach(seen: RecordingHall<Kind>): void;
  close(): Promise<void>;
}

/** Starts the broker for the device that a recording hall has by default. */
export async function startDeviceBroker(
  transport: 'tcp' | 'websocket',
  device = 'device-under-test',
): Promise<DeviceBroker> {
  let hall: RecordingHall<Kind> | undefined;
  const broker = await startBroker({
    listen: { host: HOST, port: 0 },
    websocket: { host: HOST, port: 0 },
    place: { hall: 'h', gateway: 'g' },
    accounts: [{ role: 'device', user: device, device, password: new Secret(PASSWORD) }],
    log: collectingLog(),
    onDeviceMessage: (_device, rest, payload) =>
      hall?.deliver(rest, payload) ?? Promise.reject(new Error('the driver does not run yet')),
    onCommand: () => Promise.resolve(),
  });
  const faults = noByteFaults();
  const port = transport === 'tcp' ? broker.port : broker.websocketPort;
  const network = await startNetwork(port ?? 0, faults);
  const scheme = transport === 'tcp' ? 'mqtt' : 'ws';
  return {
    login: { url: `${scheme}://${HOST}:${network.port}`, username: device, password: PASSWORD, device },
    faults,
    attach(seen) {
      hall = seen;
      seen.carry((rest, payload, retain) => broker.publish(deviceTopic(device, rest), payload, { retain }));
    },
    async close() {
      await broker.close();
      network.close();
    },
  };
}

/** The cable of a simulated device, as a rig has it. */
export function cableOf(device: { plugIn(): void; pullCable(): void }) {
  return {
    plugIn: () => Promise.resolve().then(() => device.plugIn()),
    pullCable: () => Promise.resolve().then(() => device.pullCable()),
  };
}

async function startNetwork(target: number, faults: ByteFaults): Promise<{ port: number; close(): void }> {
  const random = seededRandom(1);
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target, HOST);
    pass(near, far);
    pass(far, near);
  });
  const pass = (from: Socket, to: Socket) => {
    const wire = faultyBytes((bytes) => to.writable && to.write(bytes), { random: random.fork(), faults });
    open.add(from);
    from.setNoDelay(true);
    from.on('data', (chunk) => wire.write(chunk));
    from.on('error', () => undefined);
    from.on('close', () => {
      open.delete(from);
      wire.close();
      to.destroy();
    });
  };
  server.listen(0, HOST);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
