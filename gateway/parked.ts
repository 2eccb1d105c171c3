/**
 * `hall-gateway parked FILE`: what the broker of the centre could not bear, and how it gets there by another way. It reads
 * beside the running gateway and changes nothing.
 */
import { textOf } from './kernel/errors.ts';
import { reportText, type Language } from './settings/check-report.ts';
import { padded } from './settings/display-width.ts';
import { readBox } from './settings/read-settings.ts';
import { readCursorsBeside } from './spool/cursors-beside.ts';
import { parkedEvents, SHELF_OWNER, type ParkedEvent } from './uplink/parked-shelf.ts';

export interface ParkedOptions {
  lang: Language;
  /** The events themselves, one CloudEvents object a line, as the centre would have had them. */
  json: boolean;
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
}

/** Exit codes of the command. */
export const PARKED_READ = 0;
export const PARKED_UNREADABLE = 1;

const WORDS = {
  en: {
    none: 'No event is set aside: the centre has got, or will get, every one.',
    some: (count: number) => `${count} set aside, because the broker of the centre does not bear them:`,
    columns: { time: 'set aside', sequence: 'sequence', bytes: 'bytes', why: 'why', topic: 'topic' },
    cut: 'it cuts the connection',
    refused: (code: number) => `it refuses it (PUBACK ${code})`,
    then: (file: string) =>
      `To hand them to the centre, as one event a line: hall-gateway parked ${file} --json > parked.jsonl`,
    unreadable: (directory: string, why: string) =>
      `The spool in ${directory} cannot be read: ${why}.\n  → Look at gateway.dataDirectory; run the command on the box, with sudo.`,
  },
  zh: {
    none: '没有搁置的消息：全部已送达或将送达中心。',
    some: (count: number) => `共搁置 ${count} 条，因为中心的消息服务器不接受它们：`,
    columns: { time: '搁置时间', sequence: '序号', bytes: '字节', why: '原因', topic: '主题' },
    cut: '服务器断开连接',
    refused: (code: number) => `服务器拒收（PUBACK ${code}）`,
    then: (file: string) => `要转交给中心，请导出（每行一条）：hall-gateway parked ${file} --json > parked.jsonl`,
    unreadable: (directory: string, why: string) =>
      `无法读取 ${directory} 中的数据：${why}。\n  → 请核对 gateway.dataDirectory，并在主机上用 sudo 执行。`,
  },
} as const;

type Words = (typeof WORDS)[Language];

/** Prints the list, or the events; resolves with the exit code. */
export async function runParked(file: string, { lang, json, stdout, stderr }: ParkedOptions): Promise<number> {
  const read = readBox(file);
  if (!read.ok) {
    stderr.write(reportText(file, read, lang));
    return PARKED_UNREADABLE;
  }
  const { gateway, hall } = read.box;
  try {
    const events = parkedEvents(await readCursorsBeside(gateway.dataDirectory, SHELF_OWNER));
    if (json) for (const { body } of events) stdout.write(`${body}\n`);
    else stdout.write(listText(events, { file, timeZone: hall.timeZone, words: WORDS[lang] }));
    return PARKED_READ;
  } catch (thrown) {
    stderr.write(`${WORDS[lang].unreadable(gateway.dataDirectory, textOf(thrown))}\n`);
    return PARKED_UNREADABLE;
  }
}

interface ListOptions {
  file: string;
  timeZone: string;
  words: Words;
}

function listText(events: readonly ParkedEvent[], { file, timeZone, words }: ListOptions): string {
  if (events.length === 0) return `${words.none}\n`;
  const rows = events.map(({ parkedAtMs, sequence, body, reasonCode, topic }) => ({
    time: localTime(parkedAtMs, timeZone),
    sequence: String(sequence),
    bytes: String(Buffer.byteLength(body)),
    why: reasonCode === undefined ? words.cut : words.refused(reasonCode),
    topic,
  }));
  const lines = [words.columns, ...rows].map(lineText);
  return [words.some(events.length), '', ...lines, '', words.then(file), ''].join('\n');
}

const WIDTH = { time: 21, sequence: 10, bytes: 8, why: 30 };

function lineText({ time, sequence, bytes, why, topic }: Record<keyof Words['columns'], string>): string {
  const columns = [padded(time, WIDTH.time), padded(sequence, WIDTH.sequence), padded(bytes, WIDTH.bytes)];
  return `  ${columns.join('')}${padded(why, WIDTH.why)}${topic}`;
}

/** `2026-06-01 09:12:30` in the hall's time zone. */
function localTime(ms: number, timeZone: string): string {
  return new Date(ms).toLocaleString('sv-SE', { timeZone });
}
