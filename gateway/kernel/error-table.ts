/**
 * Every error of the gateway, in one table: what happened, what to do next, who can mend it; in English and in Chinese.
 * `docs/errors.md` is generated from it.
 */
export type Remedy = 'retry' | 'reset' | 'operator';

export interface ErrorText {
  what: string;
  hint: string;
}

export interface ErrorRow {
  remedy: Remedy;
  en: ErrorText;
  zh: ErrorText;
}

export const ERROR_TABLE = {
  // --- messages and events
  'message.json-invalid': {
    remedy: 'operator',
    en: {
      what: 'A message is not acceptable JSON.',
      hint: 'Send one JSON object in UTF-8, as docs/contract.md shows.',
    },
    zh: { what: '消息不是合格的 JSON。', hint: '请按 docs/contract.md 的示例发送一个 UTF-8 编码的 JSON 对象。' },
  },
  'event.invalid': {
    remedy: 'operator',
    en: {
      what: 'A driver reported an event that does not fit its contract.',
      hint: 'Report this with the log: it is a defect of the driver.',
    },
    zh: { what: '驱动上报的事件不符合约定。', hint: '这是驱动程序的缺陷，请附日志反馈。' },
  },

  // --- settings

  // --- spool
  'spool.closed': {
    remedy: 'retry',
    en: { what: 'The spool is closed.', hint: 'The gateway is stopping; try again when it runs.' },
    zh: { what: '记录库已关闭。', hint: '网关正在停止，请在它运行后重试。' },
  },

  // --- broker

  // --- uplink

  // --- commands

  // --- devices and lines
  'device.stopped': {
    remedy: 'retry',
    en: {
      what: 'The driver of this device was stopped.',
      hint: 'Nothing to do: the gateway is stopping or restarting it.',
    },
    zh: { what: '该设备的驱动已停止。', hint: '无需处理：网关正在停止或重启该驱动。' },
  },

  'line.unreachable': {
    remedy: 'retry',
    en: {
      what: 'A line cannot be opened.',
      hint: 'Check power, cable, address and port of the device; the gateway keeps trying.',
    },
    zh: { what: '线路无法打开。', hint: '请检查设备电源、网线/串口线、地址和端口；网关会持续重试。' },
  },
  'line.lost': {
    remedy: 'reset',
    en: { what: 'A line dropped.', hint: 'Check cable and power; the gateway opens it again by itself.' },
    zh: { what: '线路中断。', hint: '请检查线缆和电源；网关会自动重新连接。' },
  },
  'line.stuck': {
    remedy: 'reset',
    en: {
      what: 'The other end of a line takes no bytes.',
      hint: 'Restart the device or the serial server; the gateway opens the line afresh.',
    },
    zh: { what: '线路对端不接收数据。', hint: '请重启设备或串口服务器；网关会重新打开线路。' },
  },

  // --- evaluator

  // --- fingerprint clock

  // --- command line and service
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERROR_TABLE;

/** The row of a code, typed loosely for those who print it. */
export function errorRow(code: ErrorCode): ErrorRow {
  return ERROR_TABLE[code];
}
