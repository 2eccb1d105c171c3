/**
 * Where a device that speaks MQTT itself finds the gateway's broker, and the account that hall.yaml has for it.
 */
import { secretText, type DeviceEntry, type HallFile } from '../hall-file.ts';

export interface BrokerAccess {
  /** `mqtt://host:port` or `ws://host:port`. */
  url: string;
  username: string;
  password: string;
}

/**
 * @param prefers `websocket` for what runs in a browser; it takes plain MQTT where the broker has nothing else.
 * @throws Error that names what is missing in the file.
 */
export async function brokerAccess(
  { broker }: HallFile,
  { id }: DeviceEntry,
  prefers: 'mqtt' | 'websocket',
): Promise<BrokerAccess> {
  const account = broker?.accounts.find(({ role, ...rest }) => role === 'device' && rest['device'] === id);
  if (!account?.password) throw new Error(`${id}: broker.accounts has no account with a password for this device`);
  const { websocket, listen = '127.0.0.1:1883' } = broker ?? {};
  const url = prefers === 'websocket' && websocket !== undefined ? `ws://${near(websocket)}` : `mqtt://${near(listen)}`;
  return { url, username: account.user, password: await secretText(account.password, process.env) };
}

/** A broker on every address is on the loopback too. */
function near(listen: string): string {
  return listen.replace(/^(?:0\.0\.0\.0|\[::\])?:/, '127.0.0.1:');
}
