/**
 * What a simulated device sees of its cable: bytes in both directions, whatever the port (TCP, pseudo-terminal) is.
 */
export interface Channel {
  /** Who is at the other end: `127.0.0.1:50312`, `/dev/pts/4`. */
  readonly name: string;
  /** Hands bytes to the wire, through the port's faults; a closed channel swallows them, as a pulled cable does. */
  write(bytes: Uint8Array): void;
  /** Hears chunks; their borders carry no meaning. Returns the way to stop. */
  onData(listener: (chunk: Uint8Array) => void): () => void;
  /** Resolves when this connection is over, whoever ended it. */
  readonly closed: Promise<void>;
  /** Ends this connection from the device's side. */
  close(): void;
}
