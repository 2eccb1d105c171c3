/**
 * Are the demo's ports free? Asked before anything starts, so that the answer is one clear sentence.
 */
import { createServer } from 'node:net';

/** The first of the ports that somebody else listens on, or undefined. */
export async function takenPort(ports: readonly number[]): Promise<number | undefined> {
  for (const port of ports) if (!(await isFree(port))) return port;
  return undefined;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
