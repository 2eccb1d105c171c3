/**
 * The calling programme of the hall, with the account that hall.yaml has for it: it sends commands over the local broker, and
 * goes on trying to reach a broker that is not there, while people come and go.
 */
import { connect } from 'mqtt';
import { commandSenderOn, resultsOf } from '../central/command-sender.ts';
import { secretText, type HallFile } from './hall-file.ts';
import type { SendCommand } from './life.ts';

export interface CallingProgramme {
  /** Where it connects, and as whom; undefined when hall.yaml has no such account. */
  readonly place: { url: string; user: string } | undefined;
  readonly sendCommand: SendCommand;
  connected(): boolean;
  close(): Promise<void>;
}

export interface CallingProgrammeOptions {
  file: HallFile;
  env: NodeJS.ProcessEnv;
  /** Each time that the broker is reached or lost. */
  onLink?: (up: boolean) => void;
}

const RETRY_MS = 1_000;
const TIMEOUT_MS = 15_000;
/** What a command's status is called when nobody could hear it. */
const UNREACHABLE = 'unreachable';

export async function startCallingProgramme(options: CallingProgrammeOptions): Promise<CallingProgramme> {
  const { broker, hall } = options.file;
  const account = broker?.accounts.find(({ role }) => role === 'software');
  if (!account?.password) return nobody();
  const url = `mqtt://${near(broker?.listen ?? '0.0.0.0:1883')}`;
  const clientId = typeof account['clientId'] === 'string' ? account['clientId'] : account.user;
  const client = connect(url, {
    ...{ clean: true, clientId, username: account.user, reconnectPeriod: RETRY_MS },
    password: await secretText(account.password, options.env),
  });
  const sender = commandSenderOn(client, hall.id);
  let up = false;
  const link = (now: boolean) => {
    if (now !== up) options.onLink?.(now);
    up = now;
  };
  client.on('connect', () => {
    client.subscribe(resultsOf(hall.id), { qos: 1 }, (error) => link(!error));
  });
  client.on('close', () => link(false));
  // A broker that is not there is no mistake: the client tries again, and `connected` says so.
  client.on('error', () => undefined);
  return {
    place: { url, user: account.user },
    async sendCommand(kind, device, command, data) {
      if (!client.connected) return UNREACHABLE;
      const expiresAt = new Date(Date.now() + TIMEOUT_MS);
      const results = await sender.sendCommand(kind, device, command, data, { expiresAt, timeoutMs: TIMEOUT_MS });
      return results.at(-1)?.status ?? UNREACHABLE;
    },
    connected: () => up,
    close: () => sender.close(),
  };
}

/** In a hall without such a programme only people act. */
function nobody(): CallingProgramme {
  return {
    place: undefined,
    sendCommand: () => Promise.resolve(UNREACHABLE),
    connected: () => false,
    close: () => Promise.resolve(),
  };
}

/** A broker on every address is on the loopback too. */
function near(listen: string): string {
  return listen.replace(/^(?:0\.0\.0\.0|\[::\])?:/, '127.0.0.1:');
}
