/**
 * What happened at a device, in a few words for the page.
 */
import { CALLER_KEY_WORDS, same, wordsOf, type Words } from './hand-words.ts';
import type { Happening } from './stand-in.ts';

type Data = Record<string, unknown>;

const WORDS: Readonly<Record<string, (data: Data) => Words>> = {
  'hall.evaluation.submitted.v1': ({ level, reasons }) => {
    const why = Array.isArray(reasons) && reasons.length > 0 ? reasons.map(text).join('、') : '';
    return { zh: `评价 ${text(level)} 分${after('：', why)}`, en: `rated ${text(level)} of 5${after(': ', why)}` };
  },
  'hall.caller.key-pressed.v1': ({ key }) => {
    const { zh, en } = wordsOf(CALLER_KEY_WORDS, text(key));
    return { zh: `呼叫器：${zh}`, en: `caller key: ${en}` };
  },
  'hall.ticket.requested.v1': ({ businessType }) => {
    const business = fieldOf(businessType, 'name');
    return { zh: `取号：${business}`, en: `asks for a ticket: ${business}` };
  },
  'hall.ticket.printed.v1': ({ ticketNumber }) => ({
    zh: `出票 ${text(ticketNumber)}`,
    en: `ticket ${text(ticketNumber)} printed`,
  }),
  'hall.ticket.reprinted.v1': ({ ticketNumber }) => ({
    zh: `补打 ${text(ticketNumber)}`,
    en: `ticket ${text(ticketNumber)} printed again`,
  }),
  'ticket.on-paper': ({ ticketNumber }) => ({
    zh: `纸上：${text(ticketNumber)}`,
    en: `on paper: ${text(ticketNumber)}`,
  }),
  'hall.card.read.v1': ({ idNumberMasked }) => ({
    zh: `刷身份证${after(' ', text(idNumberMasked))}`,
    en: `ID card read${after(' ', text(idNumberMasked))}`,
  }),
  'hall.attendance.punched.v1': ({ userId }) => ({ zh: `工号 ${text(userId)} 打卡`, en: `punch of ${text(userId)}` }),
  'hall.camera.motion.v1': phases({ zh: '画面移动', en: 'motion' }),
  'hall.camera.tamper.v1': phases({ zh: '镜头遮挡', en: 'lens covered' }),
  'hall.camera.video-loss.v1': phases({ zh: '视频丢失', en: 'video loss' }),
  'hall.camera.digital-input.v1': phases({ zh: '报警输入', en: 'alarm input' }),
  'board.shows': ({ text: whole, areas }) => {
    const shown = Array.isArray(areas) ? areas.map((area) => fieldOf(area, 'text')).join(' ') : text(whole);
    return shown.trim() === '' ? { zh: '清屏', en: 'dark' } : { zh: `显示“${shown}”`, en: `shows “${shown}”` };
  },
};

/** An unknown happening is told by its own name and fields. */
export function happeningWords({
  what,
  data,
  maybe,
  late,
}: Pick<Happening, 'what' | 'data' | 'maybe' | 'late'>): Words {
  const { zh, en } = Object.hasOwn(WORDS, what) ? (WORDS[what]?.(data) ?? same(what)) : same(plain(what, data));
  if (maybe) return { zh: `${zh}（未必送达）`, en: `${en} (perhaps not delivered)` };
  return late ? { zh: `${zh}（稍后上报）`, en: `${en} (told later)` } : { zh, en };
}

function phases({ zh, en }: Words): (data: Data) => Words {
  return ({ phase }) => (phase === 'ended' ? { zh: `${zh}结束`, en: `${en} ended` } : { zh, en });
}

function plain(what: string, data: Data): string {
  const fields = Object.entries(data).map(([name, value]) => `${name} ${text(value) || JSON.stringify(value)}`);
  return [what, fields.join(', ')].filter(Boolean).join(': ');
}

function fieldOf(value: unknown, name: string): string {
  return typeof value === 'object' && value !== null
    ? text(Object.entries(value).find(([key]) => key === name)?.[1])
    : '';
}

function after(mark: string, value: string): string {
  return value === '' ? '' : `${mark}${value}`;
}

function text(value: unknown): string {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '';
}
