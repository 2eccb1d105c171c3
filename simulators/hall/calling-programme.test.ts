/** The calling programme: with the account of hall.yaml at a real broker, and without a broker nobody waits for it. */
import { afterEach, describe, expect, test } from 'vitest';
import { connect } from 'mqtt';
import { z } from 'zod';
import { freePort } from '../../gateway/testing-gateway.ts';
import { startCentralBroker } from '../central/central-broker.ts';
import { until } from '../kit/until.ts';
import { startCallingProgramme } from './calling-programme.ts';
import { parseHallFile } from './hall-file.ts';
import { inputOf } from './cli-arguments.ts';
import { cliTexts } from './cli-texts.ts';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const commandSchema = z.looseObject({ id: z.string(), expiresAt: z.string() });
const fileWith = (broker: string) =>
  parseHallFile(`{ hall: { id: h }, gateway: { id: g }, ${broker} devices: [] }`, 't');
const account = '{ user: calling, role: software, password: { env: CALLING } }';
const env = { CALLING: 'secret' };

/** A gateway that carries out every command. */
async function obedientGateway(url: string): Promise<void> {
  const gateway = connect(url);
  opened.push(() => gateway.endAsync(true));
  gateway.on('message', (topic, payload) => {
    const { id, expiresAt } = commandSchema.parse(JSON.parse(payload.toString()));
    const data = {
      commandId: id,
      command: 'show-call',
      status: Date.parse(expiresAt) > Date.now() ? 'done' : 'expired',
    };
    gateway.publish(topic.replace('/command/', '/result/'), JSON.stringify({ data }));
  });
  await gateway.subscribeAsync('hall/v1/h/+/+/command/+');
}

describe('the calling programme', () => {
  test('sends a command with an end to it, and hears what became of it', async () => {
    const broker = await startCentralBroker();
    opened.push(() => broker.close());
    await obedientGateway(broker.url);
    const listen = broker.url.replace('mqtt://', '');
    const links: boolean[] = [];
    const file = fileWith(`broker: { listen: "${listen}", accounts: [${account}] },`);
    const programme = await startCallingProgramme({ file, env, onLink: (up) => links.push(up) });
    opened.push(() => programme.close());
    await until('connected', () => programme.connected());
    expect(await programme.sendCommand('led-board', 'board-5', 'show-call', {})).toBe('done');
    await programme.close();
    expect(links[0]).toBe(true);
  });

  test('answers at once when no broker is there, and ends all the same', async () => {
    const file = fileWith(`broker: { listen: "127.0.0.1:${await freePort()}", accounts: [${account}] },`);
    const programme = await startCallingProgramme({ file, env });
    expect(await programme.sendCommand('led-board', 'board-5', 'show-call', {})).toBe('unreachable');
    expect(programme.place?.user).toBe('calling');
    await programme.close();
  });

  test('is nobody in a hall that has no account for it', async () => {
    const programme = await startCallingProgramme({ file: fileWith(''), env });
    expect(programme.place).toBeUndefined();
    expect(await programme.sendCommand('led-board', 'board-5', 'show-call', {})).toBe('unreachable');
    await programme.close();
  });
});

test('input on the command line: numbers and switches are values, everything else is text', () => {
  const texts = cliTexts('en');
  expect(inputOf(['level=5', 'on=true', 'key=call-next', 'userId=007', 'note=a=b'], texts)).toEqual({
    ...{ level: 5, on: true, key: 'call-next', userId: '007', note: 'a=b' },
  });
  expect(() => inputOf(['level'], texts)).toThrow(/name=value/);
});
