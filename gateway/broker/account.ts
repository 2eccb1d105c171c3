/**
 * Who may speak to the local broker: one account a client, one client id an account. What each may say is in `rights.ts`.
 */
import { z } from 'zod';
import { nameSchema } from '../kernel/names.ts';
import { secretField } from '../kernel/secret-field.ts';

const COMMAND_RIGHT = /^(?:\*|[a-z0-9][a-z0-9-]{0,62})\/(?:\*|[a-z0-9][a-z0-9-]{0,62})$/;

const common = {
  user: z.string().min(1).max(64).describe('user name, unique'),
  password: secretField(),
  clientId: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe('the only MQTT client id of this user; absent: the user name'),
};

/** A device that speaks MQTT itself: it says and hears `device/{device}/#`, nothing else. */
const deviceAccount = z.strictObject({
  ...common,
  role: z.literal('device'),
  device: nameSchema.describe('id of the device entry that uses this account'),
});

/** A programme of the hall: reads events, states and results; commands where `commands` allows. */
const softwareAccount = z.strictObject({
  ...common,
  role: z.literal('software'),
  commands: z
    .array(z.string().regex(COMMAND_RIGHT, 'write kind/device, for example led-board/board-01 or evaluator/*'))
    .default([])
    .describe('what it may command: kind/device, where * stands for any'),
});

/** Reads what a programme reads, says nothing. */
const monitorAccount = z.strictObject({ ...common, role: z.literal('monitor') });

export const accountSchema = z.discriminatedUnion('role', [deviceAccount, softwareAccount, monitorAccount]);

export type Account = z.output<typeof accountSchema>;

/** The client id that goes with an account. */
export function clientIdOf(account: Account): string {
  return account.clientId ?? account.user;
}
