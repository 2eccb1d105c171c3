/**
 * Who is let in: account and password, the client id that belongs to the account, a will that it may publish, and room.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { HallError } from '../kernel/errors.ts';
import type { Place } from '../kernel/names.ts';
import { clientIdOf, type Account } from './account.ts';
import { isLoopback } from './admission.ts';
import type { BrokerLimits } from './limits.ts';
import { anonymousRights, rightsOf, type Rights } from './rights.ts';
import type { Throttle } from './throttle.ts';

/** What an accepted client is and may do. */
export interface Access {
  /** Undefined: nobody in particular, on the box itself. */
  user: string | undefined;
  rights: Rights;
}

export interface Attempt {
  address: string;
  clientId: string;
  user: string | undefined;
  password: Uint8Array | undefined;
  willTopic: string | undefined;
}

export type Refusal =
  'throttled' | 'wrong-password' | 'account-needed' | 'foreign-client-id' | 'forbidden-will' | 'no-room';

/** MQTT 3.1.1 section 3.2.2.3, without the codes that the packet itself decides. */
export type RefusalCode = 2 | 3 | 4 | 5;

export type Verdict = { access: Access } | { code: RefusalCode; reason: Refusal };

export interface Doorkeeper {
  judge(attempt: Attempt): Verdict;
  /** The client id that the server gives a client which leaves it to the server (MQTT 3.1.1 section 3.1.3.1). */
  assignedId(user: string | undefined): string | undefined;
}

export interface DoorkeeperOptions {
  accounts: readonly Account[];
  loopbackAnonymous: boolean;
  place: Place;
  limits: Pick<BrokerLimits, 'clientsMax' | 'deviceReserve'>;
  throttle: Throttle;
  /** Clients that are in. */
  clients(): number;
  onThrottled(address: string): void;
}

/** @throws HallError `broker.account-twice` when two accounts share a user or a client id. */
export function doorkeeper(options: DoorkeeperOptions): Doorkeeper {
  const accounts = new Map(options.accounts.map((account) => [account.user, account]));
  const clientIds = new Set(options.accounts.map(clientIdOf));
  if (accounts.size < options.accounts.length || clientIds.size < options.accounts.length) {
    throw new HallError('broker.account-twice');
  }

  const hasRoom = (role: Account['role'] | 'anonymous') =>
    options.clients() < options.limits.clientsMax - (role === 'device' ? 0 : options.limits.deviceReserve);

  const judgeAnonymous = ({ address, clientId, willTopic }: Attempt): Verdict => {
    if (!options.loopbackAnonymous || !isLoopback(address)) return { code: 5, reason: 'account-needed' };
    if (clientIds.has(clientId)) return { code: 2, reason: 'foreign-client-id' };
    if (willTopic !== undefined) return { code: 5, reason: 'forbidden-will' };
    if (!hasRoom('anonymous')) return { code: 3, reason: 'no-room' };
    return { access: { user: undefined, rights: anonymousRights(options.place) } };
  };

  const judgeAccount = (account: Account, { clientId, willTopic }: Attempt): Verdict => {
    const rights = rightsOf(account, options.place);
    if (clientId !== clientIdOf(account)) return { code: 2, reason: 'foreign-client-id' };
    if (willTopic !== undefined && !rights.publish(willTopic)) return { code: 5, reason: 'forbidden-will' };
    if (!hasRoom(account.role)) return { code: 3, reason: 'no-room' };
    return { access: { user: account.user, rights } };
  };

  return {
    judge(attempt) {
      if (attempt.user === undefined) return judgeAnonymous(attempt);
      if (options.throttle.closed(attempt.address)) return { code: 3, reason: 'throttled' };
      const account = accounts.get(attempt.user);
      const right = samePassword(account?.password.reveal() ?? '', attempt.password ?? new Uint8Array());
      if (account && right) return judgeAccount(account, attempt);
      if (options.throttle.wrong(attempt.address)) options.onThrottled(attempt.address);
      return { code: 4, reason: 'wrong-password' };
    },
    assignedId(user) {
      const account = user === undefined ? undefined : accounts.get(user);
      return account && clientIdOf(account);
    },
  };
}

/** Takes the same time however much of the password is right. */
function samePassword(wanted: string, given: Uint8Array): boolean {
  return timingSafeEqual(digest(wanted), digest(given));
}

function digest(text: string | Uint8Array): Buffer {
  return createHash('sha256').update(text).digest();
}
