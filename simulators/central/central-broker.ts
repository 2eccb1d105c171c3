/**
 * An MQTT broker that plays the centre's, with the faults of real ones. It goes away and comes back on the same port.
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Aedes, type AedesOptions, type Client } from 'aedes';
import { gate, type GateFaults } from './gate.ts';

/** Change a field at any time; it counts from the next packet or connection on. */
export interface CentralFaults extends GateFaults {
  /** CONNACK return code for every new connection: 1 to 5 (MQTT 3.1.1 table 3.1). */
  refuse: number | undefined;
  /** Messages that are acknowledged and then forgotten. */
  forget: (topic: string) => boolean;
  /** Messages that the broker cuts the connection for, before acknowledging. */
  dieOf: (topic: string, payload: Buffer) => boolean;
}

export interface CentralBrokerOptions {
  /** Absent: any free port. */
  port?: number;
  /** User name to password; absent: everybody may in. */
  users?: Readonly<Record<string, string>>;
}

export interface CentralBroker {
  readonly port: number;
  readonly url: string;
  readonly faults: CentralFaults;
  /** Connections made so far. */
  connections(): number;
  clientIds(): string[];
  /** Cuts every connection, or that of one client id; returns how many. */
  kick(clientId?: string): number;
  /** Goes away: all connections cut, port closed, sessions and retained messages forgotten. */
  down(): Promise<void>;
  /** Comes back on the same port. */
  up(): Promise<void>;
  close(): Promise<void>;
}

interface Running {
  aedes: Aedes;
  server: Server;
  sockets: Set<Socket>;
  clients: Map<string, Client>;
}

export async function startCentralBroker(options: CentralBrokerOptions = {}): Promise<CentralBroker> {
  const faults = noFaults();
  let connections = 0;
  let running: Running | undefined = await start(options.port ?? 0);
  const port = portOf(running.server);

  async function start(onPort: number): Promise<Running> {
    const clients = new Map<string, Client>();
    const sockets = new Set<Socket>();
    const aedes = await Aedes.createBroker(hooks(faults, options.users));
    aedes.on('client', (client) => void clients.set(client.id, client));
    aedes.on('clientDisconnect', (client) => void clients.delete(client.id));
    const server = createServer({ noDelay: true }, (socket) => {
      connections += 1;
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      aedes.handle(gate(socket, faults));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(onPort, '127.0.0.1', resolve);
    });
    return { aedes, server, sockets, clients };
  }
  const kick = (clientId?: string): number => {
    const clients = [...(running?.clients.values() ?? [])].filter(
      ({ id }) => clientId === undefined || id === clientId,
    );
    for (const client of clients) client.conn.destroy();
    return clients.length;
  };
  const down = async (): Promise<void> => {
    const stopping = running;
    if (!stopping) return;
    running = undefined;
    const closed = new Promise((resolve) => stopping.server.close(resolve));
    for (const socket of stopping.sockets) socket.destroy();
    await closed;
    await new Promise<void>((resolve) => stopping.aedes.close(resolve));
  };

  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    faults,
    connections: () => connections,
    clientIds: () => [...(running?.clients.keys() ?? [])],
    kick,
    down,
    async up() {
      running ??= await start(port);
    },
    close: down,
  };
}

function noFaults(): CentralFaults {
  const never = () => false;
  return { frozen: false, delayMs: 0, swallowPubacks: 0, refuse: undefined, forget: never, dieOf: never };
}

function hooks(faults: CentralFaults, users: CentralBrokerOptions['users']): AedesOptions {
  return {
    authenticate(_client, username, password, done) {
      const known = users === undefined || users[username ?? ''] === password?.toString();
      const returnCode = faults.refuse ?? (known ? undefined : 4);
      if (returnCode === undefined) done(null, true);
      else done(Object.assign(new Error('refused'), { returnCode }), null);
    },
    authorizePublish(client, packet, done) {
      const cut = client !== null && faults.dieOf(packet.topic, Buffer.from(packet.payload));
      if (cut) client.conn.destroy();
      done(cut ? new Error('the broker cannot bear this message') : null);
    },
    authorizeForward: (_client, packet) => (faults.forget(packet.topic) ? null : packet),
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
