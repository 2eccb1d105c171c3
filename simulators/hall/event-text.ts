/**
 * An event in a few words for the screen.
 */
import type { Language } from './screen-texts.ts';

type Data = Record<string, unknown>;

const TEXTS: Record<string, Record<Language, (data: Data) => string>> = {
  'hall.evaluation.submitted.v1': {
    zh: (data) => `评价：${text(data['label'])}（${text(data['level'])}）${text(data['ticketNumber'])}`,
    en: (data) => `evaluation ${text(data['level'])} of 5 (${text(data['label'])}) ${text(data['ticketNumber'])}`,
  },
  'hall.evaluation.unrated.v1': {
    zh: (data) => `未评价 ${text(data['ticketNumber'])}`,
    en: (data) => `not rated ${text(data['ticketNumber'])}`,
  },
  'hall.evaluation.requested.v1': {
    zh: (data) => `请评价 ${text(data['ticketNumber'])}`,
    en: (data) => `please evaluate ${text(data['ticketNumber'])}`,
  },
  'hall.caller.key-pressed.v1': {
    zh: (data) => `呼叫器按键：${text(data['key'])}`,
    en: (data) => `caller key: ${text(data['key'])}`,
  },
  'hall.attendance.punched.v1': {
    zh: (data) => `打卡：${text(data['name'] ?? data['userId'])}`,
    en: (data) => `punch: ${text(data['name'] ?? data['userId'])}`,
  },
};

export function eventText(type: string, data: Data, language: Language): string {
  return TEXTS[type]?.[language](data) ?? type;
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
