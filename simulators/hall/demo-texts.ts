/**
 * What the demo says before the screen opens and after it closed, in Chinese and English.
 */
import type { ScreenView } from './screen.ts';
import { screenTexts, type Language } from './screen-texts.ts';

export interface DemoTexts {
  starting: string;
  stopping: string;
  /** After a second Ctrl-C. */
  stoppedAtOnce: string;
  portTaken(port: number): string;
  /** The gateway did not come up, or ended by itself; `lastWords` may be empty. */
  gatewayEnded(lastWords: string, logFile: string): string;
}

/** `--port-base` in the hint: far enough from the one that is taken. */
const NEXT_BASE = 1_000;

const zh: DemoTexts = {
  starting: '演示大厅正在启动……',
  stopping: '正在依次停止：等最后的记录到达中心，然后停止网关（再按一次 Ctrl-C 立即停止）……',
  stoppedAtOnce: '已立即停止，没有核对；未送达的记录留在磁盘上，下次启动时补传。',
  portTaken: (port) =>
    `端口 ${port} 已被占用（也许演示已在另一个窗口运行）。要另开一个，请换端口和目录：\n` +
    `  npm start -- --port-base ${port + NEXT_BASE} --directory .cache/demo-2`,
  gatewayEnded: (lastWords, logFile) =>
    `网关意外退出，原因如下：\n${lastWords || '（网关没有说明）'}\n完整日志：${logFile}`,
};

const en: DemoTexts = {
  starting: 'starting the demo hall ...',
  stopping: 'stopping in order: the last records reach the centre, then the gateway stops (Ctrl-C again: at once) ...',
  stoppedAtOnce: 'stopped at once, without a verdict; records that were not sent are on disk and go at the next start.',
  portTaken: (port) =>
    `Port ${port} is taken (perhaps the demo runs in another window). For a second one choose ports and folder:\n` +
    `  npm start -- --port-base ${port + NEXT_BASE} --directory .cache/demo-2`,
  gatewayEnded: (lastWords, logFile) =>
    `The gateway ended by itself. It said:\n${lastWords || '(nothing)'}\nIts whole log: ${logFile}`,
};

export function demoTexts(language: Language): DemoTexts {
  return language === 'zh' ? zh : en;
}

/** One line that says where things are, for an output that is no terminal. */
export function plainLine({ language, link, waiting, head, centre, truth }: ScreenView): string {
  const texts = screenTexts(language);
  return [
    `${texts.queue} ${texts.link[link] ?? link}`,
    texts.waiting(waiting),
    texts.head(head),
    `${texts.centre} ${texts.verdict(centre.events, centre.gaps, centre.repeats, centre.disorder)}`,
    texts.truthCounts(truth.made, truth.arrived),
  ].join(' · ');
}
