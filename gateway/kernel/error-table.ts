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
  'settings.invalid': {
    remedy: 'operator',
    en: { what: 'hall.yaml has mistakes.', hint: 'Run "hall-gateway check hall.yaml" and mend what it lists.' },
    zh: { what: 'hall.yaml 有错误。', hint: '请运行“hall-gateway check hall.yaml”，并按提示逐项修改。' },
  },
  'settings.file-unreadable': {
    remedy: 'operator',
    en: { what: 'The settings file cannot be read.', hint: 'Check the path and the rights of the file.' },
    zh: { what: '无法读取配置文件。', hint: '请检查文件路径和读取权限。' },
  },
  'settings.file-too-large': {
    remedy: 'operator',
    en: { what: 'The settings file is too large.', hint: 'Check that the path leads to hall.yaml.' },
    zh: { what: '配置文件过大。', hint: '请确认路径指向的是 hall.yaml。' },
  },
  'settings.yaml-invalid': {
    remedy: 'operator',
    en: {
      what: 'The settings file is not correct YAML.',
      hint: 'Mend the line that is shown; compare with config/hall.example.yaml.',
    },
    zh: { what: '配置文件不是正确的 YAML。', hint: '请修改所示的行，可对照 config/hall.example.yaml。' },
  },
  'settings.key-unknown': {
    remedy: 'operator',
    en: { what: 'A key is not known here.', hint: 'Correct its spelling or remove it.' },
    zh: { what: '出现了不认识的键。', hint: '请改正拼写，或删除该键。' },
  },
  'settings.key-missing': {
    remedy: 'operator',
    en: { what: 'A key is missing.', hint: 'Add it, as config/hall.example.yaml shows.' },
    zh: { what: '缺少必需的键。', hint: '请参照 config/hall.example.yaml 补上。' },
  },
  'settings.type-wrong': {
    remedy: 'operator',
    en: { what: 'A value is of the wrong type.', hint: 'Write a value of the type that is named.' },
    zh: { what: '值的类型不对。', hint: '请改成所要求的类型。' },
  },
  'settings.value-wrong': {
    remedy: 'operator',
    en: { what: 'A value is not allowed.', hint: 'Write one of the values that are named.' },
    zh: { what: '值不在允许范围内。', hint: '请改成允许的值。' },
  },
  'settings.secret-plain': {
    remedy: 'operator',
    en: {
      what: 'A password or key stands in the settings file.',
      hint: 'Put it into a file (chmod 600) or an environment variable and refer to it.',
    },
    zh: { what: '密码或密钥直接写在了配置文件里。', hint: '请写入单独的文件（chmod 600）或环境变量，再在此引用。' },
  },
  'settings.secret-missing': {
    remedy: 'operator',
    en: {
      what: 'A secret that the settings refer to is not there.',
      hint: 'Create the file, or set the environment variable.',
    },
    zh: { what: '引用的密码或密钥不存在。', hint: '请创建该文件，或设置该环境变量。' },
  },
  'settings.secret-unprotected': {
    remedy: 'operator',
    en: {
      what: 'Others may read the file of a secret.',
      hint: "Give it to the gateway's user and run chmod 600 on it.",
    },
    zh: { what: '其他用户可以读取密码文件。', hint: '请把文件归网关用户所有，并执行 chmod 600。' },
  },
  'settings.driver-unknown': {
    remedy: 'operator',
    en: { what: 'No driver exists for this kind and wire.', hint: 'Use one of the kinds and wires that are listed.' },
    zh: { what: '没有对应这种设备和接线方式的驱动。', hint: '请使用所列的设备类型（kind）和接线方式（wire）。' },
  },
  'settings.duplicate': {
    remedy: 'operator',
    en: { what: 'Two entries have the same name or the same place.', hint: 'Change one of the two.' },
    zh: { what: '两个条目的名称或位置相同。', hint: '请修改其中一个。' },
  },
  'settings.reference-unknown': {
    remedy: 'operator',
    en: {
      what: 'An entry refers to something that does not exist.',
      hint: 'Correct the name, or add what it refers to.',
    },
    zh: { what: '引用的名称不存在。', hint: '请改正名称，或补上被引用的条目。' },
  },
  'settings.unused': {
    remedy: 'operator',
    en: { what: 'An entry is used by nobody.', hint: 'Remove it, or use it.' },
    zh: { what: '有条目未被使用。', hint: '请删除该条目，或加以使用。' },
  },
  'settings.contradiction': {
    remedy: 'operator',
    en: { what: 'Two settings do not go together.', hint: 'Change one of the two.' },
    zh: { what: '两项设置相互矛盾。', hint: '请修改其中一项。' },
  },

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
