/**
 * Who gets a socket. Sockets that have not said an acceptable CONNECT live in a small room of their own: when it is
 * full the one that has idled longest goes, so thousands of idle sockets never keep a device out.
 */
import type { BrokerLimits } from './limits.ts';

export interface Admitted {
  /** The client is accepted: it leaves the waiting room. */
  accepted(): void;
  /** The socket is gone. Closing twice does no harm. */
  left(): void;
}

export interface Admission {
  /**
   * Takes in a socket of `address`; `drop` is called when it must go (idle, pushed out). Undefined: refused at once.
   */
  enter(address: string, drop: (reason: string) => void): Admitted | undefined;
  sockets(): number;
  pending(): number;
}

type AdmissionLimits = Pick<
  BrokerLimits,
  'pendingMax' | 'connectTimeoutMs' | 'connectionsPerAddressMax' | 'clientsMax'
>;

interface Waiting {
  timer: NodeJS.Timeout;
  drop(reason: string): void;
}

export function admission(limits: AdmissionLimits): Admission {
  const perAddress = new Map<string, number>();
  const waitingRoom = new Set<Waiting>();
  let sockets = 0;

  const leaveRoom = (waiting: Waiting) => {
    clearTimeout(waiting.timer);
    waitingRoom.delete(waiting);
  };
  const pushOutOldest = () => {
    const [oldest] = waitingRoom;
    if (waitingRoom.size < limits.pendingMax || !oldest) return;
    leaveRoom(oldest);
    oldest.drop('crowded-out');
  };
  const count = (address: string, change: 1 | -1) => {
    sockets += change;
    const now = (perAddress.get(address) ?? 0) + change;
    if (now > 0) perAddress.set(address, now);
    else perAddress.delete(address);
  };

  return {
    enter(address, drop) {
      const already = perAddress.get(address) ?? 0;
      if (!isLoopback(address) && already >= limits.connectionsPerAddressMax) return undefined;
      if (sockets >= limits.clientsMax + limits.pendingMax) return undefined;
      pushOutOldest();
      const late = () => {
        leaveRoom(waiting);
        drop('no-connect');
      };
      const waiting: Waiting = { timer: setTimeout(late, limits.connectTimeoutMs), drop };
      waitingRoom.add(waiting);
      count(address, 1);
      let gone = false;
      return {
        accepted: () => leaveRoom(waiting),
        left() {
          if (gone) return;
          gone = true;
          leaveRoom(waiting);
          count(address, -1);
        },
      };
    },
    sockets: () => sockets,
    pending: () => waitingRoom.size,
  };
}

/** The box itself, as the network layer names it. */
export function isLoopback(address: string): boolean {
  return address === '127.0.0.1' || address === '::1';
}
