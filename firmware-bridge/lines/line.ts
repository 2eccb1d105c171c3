/**
 * A line: a stream of bytes to a device or a bus that opens, drops, and says so. Serial ports, ptys and TCP serial
 * servers look the same from here on.
 */
import type { HallError } from '../../gateway/kernel/errors.ts';

export interface Line {
  /** Where it leads, for logs and inventory: `/dev/ttyUSB0`, `10.0.0.7:4001`. */
  readonly name: string;
  /** Hears every chunk as it arrives; chunks carry no meaning of their own. Returns the way to stop. */
  onData(listener: (chunk: Uint8Array) => void): () => void;
  /**
   * Resolves when the bytes were handed to the kernel.
   *
   * @throws HallError `line.lost` when the line is gone, `line.stuck` when the peer takes nothing for `writeTimeoutMs`.
   */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves once with the reason when the line drops, or with undefined after `close()`. */
  readonly dropped: Promise<HallError | undefined>;
  /** Closes without waiting for the peer; twice does no harm. */
  close(): Promise<void>;
}
