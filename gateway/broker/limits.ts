/**
 * Every limit of the local broker by name. One small box must serve its devices while somebody on the LAN misbehaves.
 */
export interface BrokerLimits {
  /** Largest CONNECT packet, whole; nothing else is read before it is accepted. */
  connectBytesMax: number;
  /** Largest packet of a client that is connected, whole. */
  packetBytesMax: number;
  /** A socket that has not been accepted by then is dropped. */
  connectTimeoutMs: number;
  /** Sockets that have not been accepted yet; one more drops the oldest, so idle sockets never keep a device out. */
  pendingMax: number;
  /** Sockets of one address other than the box itself. */
  connectionsPerAddressMax: number;
  /** Accepted clients. */
  clientsMax: number;
  /** The last so many places are for devices only. */
  deviceReserve: number;
  /** A client that takes no byte for so long is dropped. */
  drainTimeoutMs: number;
  /** Bytes that wait for one client; one more drops it. */
  outputQueueBytesMax: number;
  /** QoS 1 and 2 messages to one client without its acknowledgement; the rest wait. */
  deliveryWindow: number;
  /** Messages of one client on their way to the disk; until they are there, no more are read from it. */
  publishWindow: number;
  /** QoS 2 messages of one client between PUBLISH and PUBREL. */
  receiveWindow: number;
  subscriptionsPerClientMax: number;
  topicBytesMax: number;
  topicLevelsMax: number;
  /** Retained messages that one device may leave on its own topics. */
  retainedPerDeviceMax: number;
  /** So many wrong passwords from one address close it for `throttleMs`. */
  wrongPasswordsMax: number;
  throttleMs: number;
  /** Addresses the throttle remembers; the oldest is forgotten first. */
  throttledAddressesMax: number;
}

export const DEFAULT_LIMITS: BrokerLimits = {
  connectBytesMax: 4 * 1024,
  packetBytesMax: 64 * 1024,
  connectTimeoutMs: 10_000,
  pendingMax: 128,
  connectionsPerAddressMax: 64,
  clientsMax: 1_000,
  deviceReserve: 200,
  drainTimeoutMs: 3_000,
  outputQueueBytesMax: 1024 * 1024,
  deliveryWindow: 256,
  publishWindow: 128,
  receiveWindow: 256,
  subscriptionsPerClientMax: 64,
  topicBytesMax: 256,
  topicLevelsMax: 16,
  retainedPerDeviceMax: 16,
  wrongPasswordsMax: 10,
  throttleMs: 60_000,
  throttledAddressesMax: 1_024,
};
