/**
 * Waiting for a gateway that was started just now: until its uplink is at the centre, and its local broker says of every device
 * that comes online by itself that it is. What the centre remembers of the gateway before does not count.
 */
import { connect } from 'mqtt';
import { z } from 'zod';
import { readHallFile } from '../simulators/hall/hall-file.ts';
import { until } from '../simulators/kit/until.ts';
import type { WholeHall } from './whole-hall.ts';

const ONLINE_MS = 120_000;
const KNOCK_MS = 100;
const stateSchema = z.object({ presence: z.string() });

/** @throws Error when that takes too long. */
export async function whenOnline(hall: WholeHall): Promise<void> {
  const { hallId, gatewayId, file } = hall.written;
  const { devices } = await readHallFile(file);
  // An evaluator on a bus says nothing before a key is pressed.
  const missing = new Set(devices.filter(({ wire }) => wire !== 'rs485').map(({ id }) => id));
  const client = connect(hall.brokerUrl, { reconnectPeriod: KNOCK_MS });
  client.on('message', (topic, payload) => {
    const [, , , , device = ''] = topic.split('/');
    const state = stateSchema.parse(JSON.parse(payload.toString()));
    if (state.presence === 'online') missing.delete(device);
  });
  client.on('connect', () => client.subscribe(`hall/v1/${hallId}/+/+/state`));
  const linked = () => hall.centre.clientIds().includes(`hall-${hallId}-${gatewayId}`);
  try {
    await until('the whole hall is online', () => missing.size === 0 && linked(), ONLINE_MS);
  } finally {
    await client.endAsync(true);
  }
}
