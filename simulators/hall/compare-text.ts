/**
 * The comparison of truth and arrivals in words.
 */
import type { Arrival, TruthReport } from './compare.ts';
import type { Language } from './screen-texts.ts';
import type { Happening } from './stand-in.ts';

const EXAMPLES_MAX = 5;

const WORDS = {
  en: {
    counts: (happened: number, arrived: number) => `Truth: ${happened} happened, ${arrived} arrived.`,
    ok: 'Every one arrived, none was invented, all in order.',
    missing: 'missing at the centre',
    extra: 'at the centre, but never happened',
    disorder: 'out of order',
  },
  zh: {
    counts: (happened: number, arrived: number) => `真实情况：发生 ${happened} 件，中心收到 ${arrived} 件。`,
    ok: '一件不少，一件不多，顺序无误。',
    missing: '中心没有收到',
    extra: '中心收到但从未发生',
    disorder: '顺序错误',
  },
} as const;

export function compareText(report: TruthReport, language: Language = 'en'): string {
  const words = WORDS[language];
  const lines = [words.counts(report.happened, report.arrived)];
  if (report.ok) lines.push(words.ok);
  for (const what of ['missing', 'extra', 'disorder'] as const) {
    if (report[what].length > 0) lines.push(...listed(`${words[what]}: ${report[what].length}`, report[what]));
  }
  return lines.join('\n');
}

function listed(title: string, items: readonly (Happening | Arrival)[]): string[] {
  const examples = items.slice(0, EXAMPLES_MAX).map((item) => {
    const type = 'what' in item ? item.what : item.type;
    return `  ${item.device} ${type} ${JSON.stringify(item.data)}`;
  });
  return [title, ...examples, ...(items.length > EXAMPLES_MAX ? ['  …'] : [])];
}
