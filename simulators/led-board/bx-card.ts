/**
 * One BX-5K/6K card with its lamps: what it answers (manual, sections 5 to 8), what it shows, and how it misbehaves when asked to.
 */
import { recording, type Recording } from '../kit/recording.ts';
import { cardClock } from './bx-clock.ts';
import { cardHabits, nack, type Body } from './bx-habits.ts';
import { areaMemory } from './bx-memory.ts';
import type { AreaPicture } from './bx-picture.ts';
import type { Telegram } from './bx-telegrams.ts';

export type Family = '5k' | '6k';

export interface CardOptions {
  /** 屏号. */
  address: number;
  family?: Family;
  /** Font files on the card. */
  fonts?: readonly string[];
  /** How far its clock is ahead. */
  driftMs?: number;
  /** IANA name of the zone that its clock was set in. */
  timeZone?: string;
  /** BX-5K1 leaves the bytes about its special area out of its status. */
  hasSpecialArea?: boolean;
}

/** Something that a card must never be told, or not so soon. */
export interface Violation {
  what: 'refresh-too-soon' | 'flash-written' | 'reset' | 'buffer-overrun';
  atMs: number;
}

export interface BxCard {
  readonly address: number;
  /** What a person sees now: nothing when lamps or power are off. */
  visible(): readonly AreaPicture[];
  /** The same for a terminal: a line for each line of each area. */
  renderText(): string;
  readonly power: 'on' | 'off';
  readonly lamps: 'on' | 'off';
  /** 0 to 15. */
  readonly brightness: number;
  /** What its clock says, as local time without a zone: `2026-06-01 08:00:00`. */
  clockText(): string;
  /** Requests for this card, damaged ones too. */
  readonly heard: Recording<Telegram>;
  readonly violations: readonly Violation[];
  /** Takes the mains away: every dynamic area is lost. */
  powerOff(): void;
  powerOn(): void;
  /** Neither obeys nor answers, like crashed firmware; what it showed stays. */
  hang(): void;
  wake(): void;
  /** Answers the next `count` requests with this error and does not obey them. */
  refuse(error: number, count: number): void;
  /** Obeys the next `count` requests without a reply. */
  loseReplies(count: number): void;
  /** Deals with a telegram; the reply's data, or nothing when it stays silent. */
  hear(telegram: Telegram): Buffer | undefined;
  close(): void;
}

const LIMITS = { '5k': { areas: 8, bytes: 512 }, '6k': { areas: 5, bytes: 1_024 } };
const FONTS = ['O000', 'O001', 'O002', 'E000', 'E001', 'E002'];
const BROADCAST_SILENT = 0xffff;
const VIOLATIONS_MAX = 1_000;

/** A card with power; `onChange` is called each time that what a person sees became another. */
export function bxCard(options: CardOptions, onChange: () => void): BxCard {
  const { address, family = '6k', fonts = FONTS, timeZone = 'Asia/Shanghai', hasSpecialArea = true } = options;
  const limits = LIMITS[family];
  const heard = recording<Telegram>();
  const violations = recording<Violation>(VIOLATIONS_MAX);
  const clock = cardClock(timeZone, options.driftMs ?? 0);
  const body: Body = { power: 'on', lamps: 'on', brightness: 15, hanging: false };
  let refusing = { error: 0, count: 0 };
  let repliesLost = 0;

  const violate = (what: Violation['what']) => violations.add({ what, atMs: Date.now() });
  const seen = () => (body.power === 'on' && body.lamps === 'on' ? memory.pictures() : []);
  const changing = <T>(act: () => T): T => {
    const before = JSON.stringify(seen());
    const result = act();
    if (JSON.stringify(seen()) !== before) onChange();
    return result;
  };
  const memory = areaMemory({ limits, fonts, changing, onTooSoon: () => violate('refresh-too-soon') });
  const habits = cardHabits({ body, memory, clock, hasSpecialArea, violate });
  const answer = ({ data, intact }: Telegram): Buffer | undefined => {
    if (data.length > limits.bytes) {
      violate('buffer-overrun');
      return undefined;
    }
    if (!intact) return nack(5);
    if (refusing.count > 0) {
      refusing.count -= 1;
      return nack(refusing.error);
    }
    const result = changing(() => habits.obey(data));
    return typeof result === 'number' ? nack(result) : result;
  };
  return {
    address,
    visible: seen,
    renderText: () => seen().map(drawText).join('\n'),
    get power() {
      return body.power;
    },
    get lamps() {
      return body.lamps;
    },
    get brightness() {
      return body.brightness;
    },
    clockText: () => clock.text(),
    heard,
    violations: violations.entries,
    powerOff: () =>
      changing(() => {
        memory.clear();
        body.power = 'off';
      }),
    powerOn: () => changing(() => void (body.power = 'on')),
    hang: () => void (body.hanging = true),
    wake: () => void (body.hanging = false),
    refuse: (error, count) => void (refusing = { error, count }),
    loseReplies: (count) => void (repliesLost = count),
    hear(telegram) {
      if (body.power === 'off' || body.hanging) return undefined;
      heard.add(telegram);
      const reply = answer(telegram);
      const isWanted = telegram.destination !== BROADCAST_SILENT && telegram.data[2] !== 2;
      if (reply === undefined || !isWanted) return undefined;
      if (repliesLost === 0) return reply;
      repliesLost -= 1;
      return undefined;
    },
    close: () => memory.clear(),
  };
}

function drawText({ text, colour, width }: AreaPicture): string {
  const lines = text.split('\n').map((line) => `│ ${line}`);
  return [`┌ ${colour} ${width}px`, ...lines].join('\n');
}
