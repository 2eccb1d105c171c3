/**
 * A serial port through the `serialport` package: it locks the port, so that a second program is told that it is taken.
 */
import type { SerialLineSettings } from '../../gateway/kernel/line-settings.ts';
import type { Wire } from './wire-line.ts';

/** Opens the port; rejects with the package's error. */
export async function openNativePort(settings: SerialLineSettings): Promise<Wire> {
  // Loaded on demand: where no serial port is used (and under Deno), the native part stays out of the process.
  const { SerialPort } = await import('serialport');
  const { path, baudRate, dataBits, parity, stopBits } = settings;
  const port = new SerialPort({ path, baudRate, dataBits, parity, stopBits, autoOpen: false, lock: true });
  let cause: Error | undefined;
  port.on('error', (error) => (cause ??= error));
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error ? reject(error) : resolve()));
  });
  return {
    onData(listener) {
      port.on('data', listener);
      return () => port.off('data', listener);
    },
    write: (bytes, done) => void port.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), done),
    destroy() {
      if (port.isOpen) port.close();
    },
    onGone: (listener) => void port.once('close', (error?: Error | null) => listener(cause ?? error ?? undefined)),
  };
}
