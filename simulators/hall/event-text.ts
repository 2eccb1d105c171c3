/**
 * An event in a few words for the screen.
 */
import type { Language } from './screen-texts.ts';

type Data = Record<string, unknown>;

const CALLER_KEYS_ZH: Record<string, string> = {
  'call-next': '呼叫下一位',
  recall: '重呼',
  finish: '办结',
  hang: '挂起',
  'call-back': '回呼',
  'give-up': '弃号',
  transfer: '转移',
  pause: '暂停服务',
  cancel: '取消',
};

const TEXTS: Record<string, Record<Language, (data: Data) => string>> = {
  'hall.evaluation.submitted.v1': {
    zh: (data) => `评价：${text(data['label'])}（${text(data['level'])}）${ticket(data, '票号')}`,
    en: (data) => `rated ${text(data['level'])} of 5${ticket(data, 'ticket')}`,
  },
  'hall.evaluation.unrated.v1': {
    zh: (data) => `未评价${ticket(data, '票号')}`,
    en: (data) => `not rated${ticket(data, 'ticket')}`,
  },
  'hall.evaluation.requested.v1': {
    zh: (data) => `请评价${ticket(data, '票号')}`,
    en: (data) => `asked to rate${ticket(data, 'ticket')}`,
  },
  'hall.caller.key-pressed.v1': {
    zh: (data) => `呼叫器：${CALLER_KEYS_ZH[text(data['key'])] ?? text(data['key'])}`,
    en: (data) => `caller key ${text(data['key'])}`,
  },
  'hall.ticket.requested.v1': {
    zh: (data) => `取号：${businessOf(data)}`,
    en: (data) => `asks for a ticket: ${businessOf(data)}`,
  },
  'hall.ticket.printed.v1': {
    zh: (data) => `出票 ${text(data['ticketNumber'])} ${businessOf(data)}`,
    en: (data) => `ticket ${text(data['ticketNumber'])} printed, ${businessOf(data)}`,
  },
  'hall.ticket.reprinted.v1': {
    zh: (data) => `补打 ${text(data['ticketNumber'])}`,
    en: (data) => `ticket ${text(data['ticketNumber'])} printed again`,
  },
  'hall.ticket.print-failed.v1': {
    zh: (data) => `出票失败 ${text(data['ticketNumber'])}：${text(data['reason'])}`,
    en: (data) => `ticket ${text(data['ticketNumber'])} not printed: ${text(data['reason'])}`,
  },
  'hall.card.read.v1': {
    zh: (data) => `刷身份证 ${text(data['nameMasked'])}`,
    en: (data) => `ID card of ${text(data['nameMasked'])}`,
  },
  'hall.camera.motion.v1': {
    zh: (data) => (data['phase'] === 'ended' ? '移动结束' : '画面有移动'),
    en: (data) => (data['phase'] === 'ended' ? 'motion ended' : 'motion'),
  },
  'hall.board.restarted.v1': { zh: () => '屏重新上电，已补发文字', en: () => 'board lost its text; sent again' },
  'hall.text.expired.v1': { zh: () => '文字到时撤下', en: () => 'text taken off' },
  'hall.attendance.punched.v1': {
    zh: (data) => `打卡：${text(data['name'] ?? data['userId'])}`,
    en: (data) => `punch of ${text(data['name'] ?? data['userId'])}`,
  },
};

export function eventText(type: string, data: Data, language: Language): string {
  return TEXTS[type]?.[language](data) ?? type;
}

function businessOf({ businessType }: Data): string {
  return typeof businessType === 'object' && businessType !== null && 'name' in businessType
    ? text(businessType.name)
    : '';
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function ticket(data: Data, word: string): string {
  const number = text(data['ticketNumber']);
  return number === '' ? '' : ` ${word} ${number}`;
}
