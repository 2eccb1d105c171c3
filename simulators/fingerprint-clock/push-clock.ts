/**
 * A simulated clock that pushes (ADMS): an HTTP client that introduces itself, hands over its log in batches, asks for commands,
 * and tries again after a pause whatever is not answered with OK. Everything that was truly punched is in `body.truth`.
 */
import { seededRandom } from '../kit/random.ts';
import type { EnrolledUser, LoggedPunch } from './clock-tables.ts';
import { pushBody, type PushBody } from './push-body.ts';
import { ORDINARY_BUILD, type PushBuild } from './push-build.ts';
import { pushRound } from './push-round.ts';
import type { PushQuirks } from './push-talk.ts';
import { alarmLine, bodyOf, photoBody, templateLine } from './push-texts.ts';
import { pushWire, type PushWire } from './push-wire.ts';

export interface PushClockOptions extends Partial<PushBuild> {
  /** Where the server listens. */
  host?: string;
  port: number;
  serial?: string;
  users?: EnrolledUser[];
  /** Punches from before the simulation began. */
  log?: LoggedPunch[];
  pluggedIn?: boolean;
  seed?: number;
}

export interface SimulatedPushClock {
  readonly body: PushBody;
  readonly wire: PushWire;
  readonly quirks: PushQuirks;
  /** Status codes of the server's answers, in order; 0: no answer. */
  readonly answers: readonly number[];
  /** Somebody punches; without a time, now by the clock's own time. */
  punch(userId: string, details?: Partial<Omit<LoggedPunch, 'userId'>>): LoggedPunch;
  alarm(code: number): void;
  /** Somebody is enrolled: the clock tells the person, and the template that nobody asked for. */
  enrol(user: EnrolledUser, template?: string): void;
  photo(userId: string, picture: Uint8Array): void;
  /** Lines as they are, into a table. */
  write(table: string, lines: readonly string[]): void;
  drift(ms: number): void;
  /** The clock loses its power for a moment; its log stays. */
  reboot(): void;
  pullCable(): Promise<void>;
  plugIn(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the clock, plugged in unless told otherwise. */
export function startPushClock(options: PushClockOptions): Promise<SimulatedPushClock> {
  const { host = '127.0.0.1', port, serial = 'BRM9203460118', users = [], log = [], seed = 1, ...rest } = options;
  const { pluggedIn = true, ...builtLike } = rest;
  const build: PushBuild = { ...ORDINARY_BUILD, ...builtLike };
  const random = seededRandom(seed);
  const body = pushBody(build, [...log]);
  const wire = pushWire({ host, port, httpVersion: build.httpVersion, packing: build.packing, random });
  const quirks: PushQuirks = { serial, answersToLose: 0, confirmationsToLose: 0, dies: false, confirmsFirst: false };
  const life = pushRound({ build, body, wire, quirks, userCount: () => users.length, pluggedIn });
  if (users.length > 0) body.postUsers(users);
  const write = (table: string, lines: readonly string[]) => {
    body.post({ table, stamp: '9999', lines: lines.length, body: bodyOf(lines, build.lineEnd, build.encoding) });
    life.wake();
  };
  return Promise.resolve({
    body,
    wire,
    quirks,
    answers: life.answers,
    punch(userId, details) {
      const punch = { time: body.time(), verify: 1, punch: 0, ...details, userId };
      body.store(punch);
      life.wake();
      return punch;
    },
    alarm: (code) => write('OPERLOG', [alarmLine(code, body.time())]),
    enrol(user, template) {
      users.push(user);
      body.postUsers([user]);
      if (template !== undefined) write('OPERLOG', [templateLine(user.userId, template)]);
      life.wake();
    },
    photo(userId, picture) {
      body.post({ table: 'ATTPHOTO', stamp: '9999', lines: 1, body: photoBody(quirks.serial, userId, picture) });
      life.wake();
    },
    write,
    drift: (ms) => void (body.driftMs += ms),
    reboot: life.reboot,
    pullCable() {
      life.plug(false);
      return Promise.resolve();
    },
    plugIn() {
      life.plug(true);
      return Promise.resolve();
    },
    close: life.close,
  });
}
