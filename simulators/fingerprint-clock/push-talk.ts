/**
 * What a clock that pushes says to its server: one exchange after the other, and the same batch again after a failure.
 */
import { recording } from '../kit/recording.ts';
import type { PushBody } from './push-body.ts';
import type { PushBuild } from './push-build.ts';
import { errandsOf, outcomeOf, REBOOT } from './push-errands.ts';
import type { HttpAnswer, PushWire } from './push-wire.ts';

/** How it misbehaves; a test may change these at any time. */
export interface PushQuirks {
  /** What it calls itself. */
  serial: string;
  /** The answers to the next so many uploads get lost. */
  answersToLose: number;
  /** The next so many commands are carried out, and never confirmed. */
  confirmationsToLose: number;
  /** It restarts at once when it is told to, and confirms nothing. */
  dies: boolean;
  /** A query is confirmed before its punches are uploaded. */
  confirmsFirst: boolean;
}

export interface TalkParts {
  build: PushBuild;
  body: PushBody;
  wire: PushWire;
  quirks: PushQuirks;
  userCount: () => number;
  /** False while the clock is without power or cable. */
  awake: () => boolean;
  restart: () => void;
}

/** All but `forget` resolve to true when the server has said OK. */
export interface PushTalk {
  /** Status codes of the answers; 0: none came. */
  readonly answers: readonly number[];
  introduce(): Promise<boolean>;
  handOver(): Promise<boolean>;
  /** Asks for commands if it is time to, and carries them out. */
  poll(): Promise<boolean>;
  untilPollMs(): number;
  errorDelayMs(): number;
  /** After a restart, it has to introduce itself. */
  forget(): void;
}

const DEFAULT_DELAY_MS = 10_000;
const DEFAULT_ERROR_DELAY_MS = 30_000;

export function pushTalk({ build, body, wire, quirks, userCount, awake, restart }: TalkParts): PushTalk {
  const answers = recording<number>();
  let options = new Map<string, string>();
  let introduced = false;
  let nextPollMs = 0;

  const ask = async (method: 'GET' | 'POST', page: string, query: string, sent?: Uint8Array, deaf = false) => {
    const target = `/iclock/${page}${build.pageEnding}?SN=${quirks.serial}${query}`;
    const answer = await wire.exchange(method, target, sent, deaf);
    answers.add(answer?.status ?? 0);
    const date = answer?.headers.get('date');
    if (date !== undefined) body.setTime(Date.parse(date));
    return answer;
  };
  const introduce = async (): Promise<boolean> => {
    if (introduced) return true;
    const version = build.pushVersion === '' ? '' : `&pushver=${build.pushVersion}`;
    const answer = await ask('GET', 'cdata', `&options=all${version}&language=83`);
    if (!isGood(answer) || !answer.text.startsWith('GET OPTION FROM: ')) return false;
    options = optionsOf(answer.text);
    body.takeOptions(options);
    introduced = true;
    nextPollMs = 0;
    return true;
  };
  const handOver = async (): Promise<boolean> => {
    for (let upload = body.next(); upload && awake(); upload = body.next()) {
      const deaf = quirks.answersToLose > 0;
      if (deaf) quirks.answersToLose -= 1;
      const answer = await ask('POST', 'cdata', `&table=${upload.table}&Stamp=${upload.stamp}`, upload.body, deaf);
      if (!isGood(answer) || !answer.text.startsWith('OK')) return false;
      upload.done();
    }
    return true;
  };
  const confirm = async (outcomes: string): Promise<boolean> => {
    if (outcomes === '') return true;
    if (quirks.confirmationsToLose > 0) {
      quirks.confirmationsToLose -= 1;
      return true;
    }
    return isGood(await ask('POST', 'devicecmd', '', Buffer.from(outcomes)));
  };
  const carryOut = async (text: string): Promise<boolean> => {
    const errands = errandsOf(text);
    const outcomes = errands.map((errand) => outcomeOf(errand, body)).join('');
    const restarts = errands.some((errand) => errand.text === REBOOT);
    if (restarts && quirks.dies) {
      restart();
      return true;
    }
    const steps = [handOver, () => confirm(outcomes)];
    if (quirks.confirmsFirst) steps.reverse();
    for (const step of steps) if (!(await step())) return false;
    if (restarts) restart();
    return true;
  };
  return {
    answers: answers.entries,
    introduce,
    handOver,
    async poll() {
      if (Date.now() < nextPollMs) return true;
      const info = [build.firmware, userCount(), 0, body.log.length, '192.168.1.201', 10, 7, 0, 0].join(',');
      const answer = await ask('GET', 'getrequest', nextPollMs === 0 ? `&INFO=${encodeURIComponent(info)}` : '');
      if (!isGood(answer)) return false;
      nextPollMs = Date.now() + (build.delayMs ?? secondsOf(options.get('Delay'), DEFAULT_DELAY_MS));
      return carryOut(answer.text);
    },
    untilPollMs: () => Math.max(0, nextPollMs - Date.now()),
    errorDelayMs: () => build.errorDelayMs ?? secondsOf(options.get('ErrorDelay'), DEFAULT_ERROR_DELAY_MS),
    forget: () => void (introduced = false),
  };
}

function isGood(answer: HttpAnswer | undefined): answer is HttpAnswer {
  return answer?.status === 200;
}

function optionsOf(text: string): Map<string, string> {
  return new Map(text.split('\n').map((line) => [line.split('=')[0] ?? '', line.trimEnd().replace(/^[^=]*=/, '')]));
}

function secondsOf(text: string | undefined, otherwiseMs: number): number {
  const seconds = Number(text ?? Number.NaN);
  return Number.isNaN(seconds) ? otherwiseMs : seconds * 1_000;
}
