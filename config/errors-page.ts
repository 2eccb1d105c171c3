/**
 * docs/errors.md: every code of the error table, in both languages, grouped by the part that says it.
 */
import { ERROR_TABLE, type ErrorRow, type Remedy } from '../gateway/kernel/error-table.ts';

const REMEDIES: Record<Remedy, string> = {
  retry: 'tries again · 自动重试',
  reset: 'opens afresh · 自动重连',
  operator: 'a person · 需人工处理',
};

const HEAD = `# Errors · 错误码

<!-- Generated from gateway/kernel/error-table.ts by \`npm run generate\`; do not edit. -->

Every error of the gateway has a code. It stands in the log, in states (\`reason.code\`), in results (\`error.code\`) and in what
\`hall-gateway check\` prints. The third column says who mends it.

网关的每个错误都有编号，出现在日志、设备状态（\`reason.code\`）、命令结果（\`error.code\`）和 \`hall-gateway check\` 的输出中。第三列说明由谁处理。
`;

export function errorsPage(): string {
  const groups = new Map<string, [string, ErrorRow][]>();
  for (const row of Object.entries<ErrorRow>(ERROR_TABLE)) {
    const part = row[0].split('.')[0] ?? '';
    groups.set(part, [...(groups.get(part) ?? []), row]);
  }
  return [HEAD, ...[...groups].map(([part, rows]) => groupText(part, rows))].join('\n');
}

function groupText(part: string, rows: readonly [string, ErrorRow][]): string {
  const lines = rows.map(
    ([code, { remedy, en, zh }]) =>
      `| \`${code}\` | ${cell(en.what)}<br>${cell(zh.what)} | ${REMEDIES[remedy]} | ${cell(en.hint)}<br>${cell(zh.hint)} |`,
  );
  const head =
    '| code · 编号 | what happened · 情况 | who mends it · 处理 | what to do · 办法 |\n| --- | --- | --- | --- |';
  return `## ${part}\n\n${head}\n${lines.join('\n')}\n`;
}

/** A text inside a Markdown table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
