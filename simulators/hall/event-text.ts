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
  'hall.attendance.punched.v1': {
    zh: (data) => `打卡：${text(data['name'] ?? data['userId'])}`,
    en: (data) => `punch of ${text(data['name'] ?? data['userId'])}`,
  },
};

export function eventText(type: string, data: Data, language: Language): string {
  return TEXTS[type]?.[language](data) ?? type;
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function ticket(data: Data, word: string): string {
  const number = text(data['ticketNumber']);
  return number === '' ? '' : ` ${word} ${number}`;
}
