/**
 * Short words of the page: kinds, hands, their fields, troubles. A hand that is not listed is called by its summary.
 */
export interface Words {
  zh: string;
  en: string;
}

type Table = Readonly<Record<string, Words>>;

/** In the order in which a visitor meets them. */
export const KIND_WORDS: Table = {
  'ticket-dispenser': { zh: '取号机', en: 'Ticket dispensers' },
  'led-board': { zh: 'LED 屏', en: 'LED boards' },
  evaluator: { zh: '评价器', en: 'Evaluators' },
  'fingerprint-clock': { zh: '指纹打卡机', en: 'Fingerprint clocks' },
  camera: { zh: '摄像机', en: 'Cameras' },
};

export const HAND_WORDS: Table = {
  press: { zh: '取号', en: 'Take a ticket' },
  card: { zh: '刷身份证', en: 'Show an ID card' },
  rate: { zh: '评价', en: 'Rate' },
  decline: { zh: '关闭评价', en: 'Close the question' },
  call: { zh: '呼叫器', en: 'Caller key' },
  reload: { zh: '刷新页面', en: 'Reload the page' },
  punch: { zh: '打卡', en: 'Punch' },
  motion: { zh: '画面移动', en: 'Motion' },
  input: { zh: '报警输入', en: 'Alarm input' },
  'power-off': { zh: '断电', en: 'Power off' },
  'power-on': { zh: '上电', en: 'Power on' },
  hang: { zh: '死机', en: 'Hang' },
  wake: { zh: '恢复应答', en: 'Wake' },
  'tear-paper': { zh: '缺纸', en: 'Paper out' },
  'paper-near-end': { zh: '纸将尽', en: 'Paper low' },
  refill: { zh: '换纸', en: 'Refill' },
  'open-cover': { zh: '开盖', en: 'Open cover' },
  'close-cover': { zh: '合盖', en: 'Close cover' },
  jam: { zh: '卡刀', en: 'Jam knife' },
  'clear-jam': { zh: '切刀恢复', en: 'Clear knife' },
  noise: { zh: '总线干扰', en: 'Bus noise' },
  drift: { zh: '时钟走偏', en: 'Clock drift' },
  reboot: { zh: '重启', en: 'Reboot' },
  slow: { zh: '应答变慢', en: 'Slow answers' },
  tamper: { zh: '遮挡镜头', en: 'Cover the lens' },
  'video-loss': { zh: '视频丢失', en: 'Video loss' },
};

/** A device is in this state since the hand of that name. */
export const TROUBLE_WORDS: Table = {
  cable: { zh: '已拔线', en: 'unplugged' },
  'power-off': { zh: '已断电', en: 'no power' },
  hang: { zh: '已死机', en: 'hung' },
  'tear-paper': { zh: '缺纸', en: 'paper out' },
  'paper-near-end': { zh: '纸将尽', en: 'paper low' },
  'open-cover': { zh: '盖已打开', en: 'cover open' },
  jam: { zh: '切刀卡住', en: 'knife jammed' },
  slow: { zh: '应答慢', en: 'slow' },
  tamper: { zh: '镜头被遮', en: 'lens covered' },
  'video-loss': { zh: '视频丢失', en: 'no video' },
};

export const FIELD_WORDS: Table = {
  userId: { zh: '工号', en: 'user' },
  punch: { zh: '代码', en: 'code' },
  seconds: { zh: '秒', en: 'seconds' },
  ms: { zh: '毫秒', en: 'ms' },
  person: { zh: '第几人', en: 'person no.' },
  business: { zh: '业务', en: 'business' },
  key: { zh: '按键', en: 'key' },
  level: { zh: '等级', en: 'level' },
};

export const CALLER_KEY_WORDS: Table = {
  'call-next': { zh: '呼叫下一位', en: 'call next' },
  recall: { zh: '重呼', en: 'recall' },
  finish: { zh: '办结', en: 'finish' },
  hang: { zh: '挂起', en: 'put aside' },
  'call-back': { zh: '回呼', en: 'call back' },
  'give-up': { zh: '弃号', en: 'give up' },
  transfer: { zh: '转移', en: 'transfer' },
  pause: { zh: '暂停服务', en: 'pause' },
  cancel: { zh: '取消', en: 'cancel' },
  'one-metre': { zh: '一米线', en: 'one-metre line' },
};

/** @returns the words of the table, or the name itself in both languages. */
export function wordsOf(table: Table, name: string): Words {
  return Object.hasOwn(table, name) ? (table[name] ?? same(name)) : same(name);
}

export function same(text: string): Words {
  return { zh: text, en: text };
}
