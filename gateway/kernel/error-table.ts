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
      hint: 'Put it into /etc/hall-gateway/hall-gateway.env (chmod 600) and refer to it with {env: NAME}.',
    },
    zh: {
      what: '密码或密钥直接写在了配置文件里。',
      hint: '请写入 /etc/hall-gateway/hall-gateway.env（chmod 600），此处用 {env: 名称} 引用。',
    },
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
  'spool.event-too-large': {
    remedy: 'operator',
    en: {
      what: 'An event is larger than the spool takes.',
      hint: 'Report this with the log: no device should say so much.',
    },
    zh: { what: '事件超过记录库允许的大小。', hint: '任何设备都不应上报这么大的数据，请附日志反馈。' },
  },
  'spool.quota-full': {
    remedy: 'retry',
    en: {
      what: 'The spool is full of records that the centre has not confirmed.',
      hint: 'Restore the link to the centre, or raise the quota of the spool. Devices wait until there is room; nothing is lost.',
    },
    zh: {
      what: '记录库已被中心尚未确认的记录占满。',
      hint: '请恢复与中心的网络连接，或调大记录库配额。设备会等待空间，记录不会丢失。',
    },
  },
  'spool.disk-full': {
    remedy: 'operator',
    en: {
      what: 'The disk is full.',
      hint: 'Delete what does not belong to the gateway from this disk. New records wait in memory until there is room.',
    },
    zh: { what: '磁盘已满。', hint: '请删除磁盘上与网关无关的文件。新记录暂存在内存中，等待磁盘空间。' },
  },
  'spool.read-only': {
    remedy: 'operator',
    en: {
      what: 'The disk takes no writes (it is mounted read-only).',
      hint: 'An SD card that wears out turns read-only: replace it. New records wait in memory, do not switch off before.',
    },
    zh: {
      what: '磁盘不可写（已变为只读）。',
      hint: 'SD 卡老化后会变为只读，请更换。新记录暂存在内存中，处理完成前请勿断电。',
    },
  },
  'spool.disk-failing': {
    remedy: 'operator',
    en: {
      what: 'The disk or folder of the spool does not work.',
      hint: 'Check that the folder exists, belongs to the gateway, and that the card is sound. The gateway tries every second.',
    },
    zh: {
      what: '记录库所在的磁盘或目录无法使用。',
      hint: '请检查目录是否存在、权限是否属于网关、存储卡是否正常。网关每秒重试一次。',
    },
  },
  'spool.corrupt': {
    remedy: 'reset',
    en: {
      what: 'The file of the spool is damaged.',
      hint: 'The gateway sets the file aside and salvages what is readable; replace the card when it happens again.',
    },
    zh: { what: '记录库文件已损坏。', hint: '网关会隔离该文件并抢救可读的记录；若再次发生请更换存储卡。' },
  },
  'spool.from-the-future': {
    remedy: 'operator',
    en: {
      what: 'The spool was written by a newer version of the gateway.',
      hint: 'Install that version or a newer one again; this one leaves the file untouched.',
    },
    zh: { what: '记录库由更新版本的网关写入。', hint: '请重新安装该版本或更新的版本；当前版本不会改动该文件。' },
  },
  'spool.in-use': {
    remedy: 'operator',
    en: {
      what: 'Another gateway is using this spool.',
      hint: 'Stop the other one first, or give this one a folder of its own.',
    },
    zh: { what: '该记录库正被另一个网关使用。', hint: '请先停止另一个网关，或为当前网关指定单独的目录。' },
  },

  // --- broker
  'broker.port-taken': {
    remedy: 'operator',
    en: {
      what: 'The port of the local broker is taken by another programme.',
      hint: 'Stop the other broker (often "mosquitto"), or choose another port under "broker:" in hall.yaml.',
    },
    zh: {
      what: '本地消息服务的端口已被其他程序占用。',
      hint: '请停止另一个消息服务（常见的是 mosquitto），或在 hall.yaml 的 "broker:" 中改用其他端口。',
    },
  },
  'broker.listen-failed': {
    remedy: 'operator',
    en: {
      what: 'The local broker cannot listen at its address.',
      hint: 'Check host and port under "broker:" in hall.yaml: the address must belong to this box.',
    },
    zh: {
      what: '本地消息服务无法在设定的地址上监听。',
      hint: '请检查 hall.yaml 中 "broker:" 的主机和端口：地址必须属于本机。',
    },
  },
  'broker.certificate-unusable': {
    remedy: 'operator',
    en: {
      what: 'The certificate or key of the local broker cannot be used.',
      hint: 'Check the files under "broker.tls" in hall.yaml: both in PEM, readable by the gateway, belonging together.',
    },
    zh: {
      what: '本地消息服务的证书或密钥无法使用。',
      hint: '请检查 hall.yaml 中 "broker.tls" 的文件：均为 PEM 格式、网关可读、且相互匹配。',
    },
  },
  'broker.account-twice': {
    remedy: 'operator',
    en: {
      what: 'Two accounts of the local broker share a user name or a client id.',
      hint: 'Give every account under "broker.accounts" in hall.yaml its own user and client id.',
    },
    zh: {
      what: '本地消息服务有两个账号使用了相同的用户名或客户端标识。',
      hint: '请在 hall.yaml 的 "broker.accounts" 中为每个账号设置各自的用户名和客户端标识。',
    },
  },
  'broker.protocol-violation': {
    remedy: 'reset',
    en: {
      what: 'A client of the local broker broke the MQTT protocol or a limit, and was disconnected.',
      hint: 'Look at the programme or device at that address; it must speak MQTT 3.1.1.',
    },
    zh: {
      what: '本地消息服务的客户端违反了 MQTT 协议或限制，已断开。',
      hint: '请检查该地址的程序或设备，须使用 MQTT 3.1.1。',
    },
  },
  'broker.not-allowed': {
    remedy: 'operator',
    en: {
      what: 'A client of the local broker said something its account may not say, and was disconnected.',
      hint: 'Check role, device and commands of the account under "broker.accounts" in hall.yaml.',
    },
    zh: {
      what: '本地消息服务的客户端发布了其账号无权发布的内容，已断开。',
      hint: '请检查 hall.yaml 中 "broker.accounts" 下该账号的角色、设备和命令权限。',
    },
  },

  // --- uplink
  'uplink.unreachable': {
    remedy: 'retry',
    en: {
      what: 'The central broker cannot be reached.',
      hint: 'Check the network, the address in uplink.url and the firewall; the gateway keeps trying and stores everything meanwhile.',
    },
    zh: {
      what: '无法连接中心的消息服务器。',
      hint: '请检查网络、uplink.url 地址和防火墙；网关会持续重试，期间的数据都已保存。',
    },
  },
  'uplink.refused': {
    remedy: 'operator',
    en: {
      what: 'The central broker refuses the gateway.',
      hint: 'Check user name, password and client id with the operators of the centre; the gateway keeps trying.',
    },
    zh: {
      what: '中心的消息服务器拒绝了网关的连接。',
      hint: '请与中心的管理员核对用户名、密码和客户端标识；网关会持续重试。',
    },
  },
  'uplink.unavailable': {
    remedy: 'retry',
    en: {
      what: 'The central broker says that it is not available now.',
      hint: 'Nothing to do here: the gateway keeps trying.',
    },
    zh: { what: '中心的消息服务器当前不可用。', hint: '本地无需处理：网关会持续重试。' },
  },
  'uplink.certificate-untrusted': {
    remedy: 'operator',
    en: {
      what: "The central broker's certificate is not trusted.",
      hint: 'Set uplink.tls.ca to the authority that signed it, and uplink.tls.serverName if the name differs; tell the centre if it changed.',
    },
    zh: {
      what: '中心服务器的证书不受信任。',
      hint: '请将 uplink.tls.ca 设为签发该证书的 CA；名称不同时设置 uplink.tls.serverName；如证书有变更请联系中心。',
    },
  },
  'uplink.certificate-expired': {
    remedy: 'operator',
    en: {
      what: "The central broker's certificate has expired.",
      hint: 'Ask the centre to renew its certificate; check the clock of this box too.',
    },
    zh: { what: '中心服务器的证书已过期。', hint: '请通知中心更新证书；同时检查本机时间是否正确。' },
  },
  'uplink.certificate-not-yet-valid': {
    remedy: 'retry',
    en: {
      what: "The central broker's certificate is not valid yet by the clock of this box.",
      hint: 'Check the clock of this box (NTP): it is probably in the past; the gateway keeps trying.',
    },
    zh: {
      what: '按本机时间，中心服务器的证书尚未生效。',
      hint: '请检查本机时间（NTP）：很可能时间偏早；网关会持续重试。',
    },
  },
  'uplink.client-certificate-refused': {
    remedy: 'operator',
    en: {
      what: 'The central broker refuses the certificate of this gateway.',
      hint: 'Check uplink.tls.cert and uplink.tls.key: the authority, the dates, and that they belong together.',
    },
    zh: {
      what: '中心服务器拒绝了本网关的证书。',
      hint: '请检查 uplink.tls.cert 与 uplink.tls.key：签发机构、有效期以及两者是否匹配。',
    },
  },
  'uplink.tls-file-unreadable': {
    remedy: 'operator',
    en: {
      what: 'A certificate or key file of the uplink cannot be read.',
      hint: 'Check the paths below uplink.tls and that the gateway may read the files.',
    },
    zh: { what: '上行链路的证书或密钥文件无法读取。', hint: '请检查 uplink.tls 下的路径以及网关对文件的读取权限。' },
  },
  'uplink.lost': {
    remedy: 'retry',
    en: {
      what: 'The connection to the central broker dropped.',
      hint: 'Nothing to do: the gateway connects again and sends what is not confirmed.',
    },
    zh: { what: '与中心消息服务器的连接中断。', hint: '无需处理：网关会重新连接并补发未确认的数据。' },
  },
  'uplink.epoch-over': {
    remedy: 'retry',
    en: {
      what: 'The spool counts its events afresh; the gateway connects again to say so.',
      hint: 'Nothing to do for the link. If the log says spool.salvaged, the disk has damaged data: replace it soon.',
    },
    zh: {
      what: '本地存储的事件已重新编号；网关将重新连接并告知中心。',
      hint: '链路无需处理。若日志中有 spool.salvaged，说明磁盘损坏过数据，请尽快更换。',
    },
  },
  'uplink.frozen': {
    remedy: 'retry',
    en: {
      what: 'The central broker has stopped answering.',
      hint: 'Tell the centre if it lasts; the gateway connects again by itself.',
    },
    zh: { what: '中心消息服务器停止响应。', hint: '若持续出现请通知中心；网关会自动重新连接。' },
  },
  'uplink.ack-timeout': {
    remedy: 'retry',
    en: {
      what: 'The central broker does not acknowledge messages.',
      hint: 'Tell the centre if it lasts: its broker may be overloaded or out of disk; the gateway connects again by itself.',
    },
    zh: {
      what: '中心消息服务器未对消息进行确认。',
      hint: '若持续出现请通知中心：其服务器可能过载或磁盘已满；网关会自动重新连接。',
    },
  },
  'uplink.receipt-late': {
    remedy: 'retry',
    en: {
      what: 'The central system sends no receipt.',
      hint: 'Tell the centre: its consumer may be down. Nothing is lost; unconfirmed events are sent again.',
    },
    zh: {
      what: '中心系统未发送回执。',
      hint: '请通知中心：其消费程序可能已停止。数据不会丢失，未确认的事件会重新发送。',
    },
  },
  'uplink.receipt-invalid': {
    remedy: 'operator',
    en: {
      what: 'The central system sent a receipt that cannot be right.',
      hint: 'Show this to the developers of the centre; the receipt was ignored and nothing is lost.',
    },
    zh: { what: '中心系统发送的回执不正确。', hint: '请将此信息反馈给中心的开发人员；该回执已忽略，数据没有丢失。' },
  },
  'uplink.subscription-refused': {
    remedy: 'operator',
    en: {
      what: 'The central broker does not let the gateway subscribe to its commands or receipts.',
      hint: 'Ask the operators of the centre for the rights listed in docs/contract.md; commands do not arrive until then.',
    },
    zh: {
      what: '中心消息服务器不允许网关订阅命令或回执。',
      hint: '请向中心管理员申请 docs/contract.md 中列出的权限；在此之前无法接收命令。',
    },
  },
  'uplink.message-refused': {
    remedy: 'operator',
    en: {
      what: 'The central broker refuses one message again and again.',
      hint: 'The message is set aside on disk after some tries and a notice is sent in its place; compare its size with the limit of the broker.',
    },
    zh: {
      what: '中心消息服务器反复拒绝同一条消息。',
      hint: '多次尝试后该消息会被搁置在磁盘上，并发送一条说明；请对照服务器的消息大小限制。',
    },
  },
  'uplink.publish-forbidden': {
    remedy: 'operator',
    en: {
      what: 'The central broker takes no events from this gateway.',
      hint: 'Ask the operators of the centre for the rights listed in docs/contract.md, or for a larger quota; nothing is lost, the gateway goes on trying.',
    },
    zh: {
      what: '中心消息服务器不接收本网关的事件。',
      hint: '请向中心管理员申请 docs/contract.md 中列出的权限或更大的配额；数据没有丢失，网关会继续重试。',
    },
  },
  'uplink.shelf-full': {
    remedy: 'operator',
    en: {
      what: 'Too many messages are set aside already.',
      hint: 'Ask the centre to raise the message limit of its broker; the uplink stands still at the next refused message.',
    },
    zh: { what: '已搁置的消息过多。', hint: '请中心提高其服务器的消息限制；遇到下一条被拒绝的消息时上行会停在该处。' },
  },
  'uplink.command-undelivered': {
    remedy: 'retry',
    en: {
      what: 'A command from the centre could not be taken in.',
      hint: 'The centre gets no acknowledgement and may send it again; look for disk trouble in the log.',
    },
    zh: { what: '来自中心的命令未能接收。', hint: '中心不会收到确认，可重新下发；请在日志中查看磁盘是否异常。' },
  },

  // --- commands
  'command.malformed': {
    remedy: 'operator',
    en: {
      what: 'A command is not written as the contract asks.',
      hint: 'Send a JSON object with "id" and "data" to a command topic, as docs/contract.md shows.',
    },
    zh: {
      what: '命令不符合约定格式。',
      hint: '请按 docs/contract.md 向命令主题发送包含 "id" 和 "data" 的 JSON 对象。',
    },
  },
  'command.retained': {
    remedy: 'operator',
    en: {
      what: 'A command was sent as a retained message.',
      hint: 'Send it again without the retain flag and with a new id.',
    },
    zh: { what: '命令被作为保留消息发送。', hint: '请去掉保留标志，并用新的 id 重新发送。' },
  },
  'command.device-unknown': {
    remedy: 'operator',
    en: {
      what: 'A command names a device that this hall does not have.',
      hint: 'Compare kind and device in the topic with the inventory.',
    },
    zh: { what: '命令所指的设备不在本大厅。', hint: '请将主题中的设备类型和设备编号与设备清单核对。' },
  },
  'command.unsupported': {
    remedy: 'operator',
    en: {
      what: 'The device does not know this command.',
      hint: 'See docs/contract.md for the commands of its kind, and the device page for those of its wire.',
    },
    zh: {
      what: '设备不支持该命令。',
      hint: '请在 docs/contract.md 查看该类设备的命令，并在设备说明中查看该接线方式支持的命令。',
    },
  },
  'command.input-invalid': {
    remedy: 'operator',
    en: {
      what: 'The data of a command does not fit its schema.',
      hint: 'Correct the value at the named place and send the command with a new id.',
    },
    zh: { what: '命令的数据不符合约定。', hint: '请修正所指位置的值，并用新的 id 重新发送。' },
  },
  'command.expired': {
    remedy: 'retry',
    en: {
      what: 'A command came, or had its turn, after its time.',
      hint: 'Send it with a new id if it is still wanted; check the clocks if it was not late.',
    },
    zh: { what: '命令已超过有效期。', hint: '如仍需要，请用新的 id 重新发送；若并未超时，请检查双方时钟。' },
  },
  'command.queue-full': {
    remedy: 'retry',
    en: {
      what: 'Too many commands wait for this device.',
      hint: 'Wait for results before sending more, then send with a new id.',
    },
    zh: { what: '该设备等待执行的命令过多。', hint: '请等待已有命令返回结果后，再用新的 id 发送。' },
  },
  'command.device-absent': {
    remedy: 'retry',
    en: {
      what: 'The device that a command is for cannot be reached.',
      hint: 'Bring the device back (see its state message), then send the command with a new id.',
    },
    zh: { what: '命令所指的设备当前无法连接。', hint: '请先恢复设备（见其状态消息），再用新的 id 发送。' },
  },
  'command.timed-out': {
    remedy: 'retry',
    en: {
      what: 'A device did not carry out a command in time.',
      hint: 'Check the device; it may still have carried the command out.',
    },
    zh: { what: '设备未在规定时间内完成命令。', hint: '请检查设备；设备可能已经执行了该命令。' },
  },
  'command.failed': {
    remedy: 'retry',
    en: {
      what: 'A device failed to carry out a command.',
      hint: 'See the message; try again with a new id.',
    },
    zh: { what: '设备执行命令失败。', hint: '请查看错误信息，并用新的 id 重试。' },
  },
  'command.output-invalid': {
    remedy: 'operator',
    en: {
      what: 'A driver answered a command with something that does not fit its contract.',
      hint: 'Report this with the log: it is a defect of the driver. The device may have carried the command out.',
    },
    zh: {
      what: '驱动返回的命令结果不符合约定。',
      hint: '这是驱动程序的缺陷，请附日志反馈；设备可能已经执行了该命令。',
    },
  },
  'command.interrupted': {
    remedy: 'operator',
    en: {
      what: 'The gateway stopped while a command was open.',
      hint: 'The device may or may not have carried it out: look at the device, then send the command with a new id if needed.',
    },
    zh: { what: '命令执行期间网关停止。', hint: '设备可能已执行也可能未执行：请查看设备，必要时用新的 id 重新发送。' },
  },
  'command.stopping': {
    remedy: 'retry',
    en: {
      what: 'The gateway is stopping and takes no commands.',
      hint: 'Send it again when the gateway runs.',
    },
    zh: { what: '网关正在停止，不再接收命令。', hint: '请在网关运行后重新发送。' },
  },

  // --- devices and lines
  'device.driver-failed': {
    remedy: 'reset',
    en: {
      what: 'The driver of a device ended although it should run.',
      hint: 'The gateway starts it again by itself; if this goes on, report it with the log.',
    },
    zh: { what: '设备驱动意外结束。', hint: '网关会自动重新启动该驱动；如持续出现，请附日志反馈。' },
  },
  'device.driver-stuck': {
    remedy: 'operator',
    en: {
      what: 'The driver of a device does not end after it was stopped.',
      hint: 'Report this with the log: it is a defect of the driver.',
    },
    zh: { what: '设备驱动收到停止通知后没有结束。', hint: '这是驱动程序的缺陷，请附日志反馈。' },
  },
  'device.overrun': {
    remedy: 'retry',
    en: {
      what: 'A device reports faster than its records can be stored.',
      hint: 'Nothing was acknowledged to the device; look for a device or driver that repeats itself.',
    },
    zh: { what: '设备上报速度超过记录写入速度。', hint: '未向设备确认任何记录；请检查设备或驱动是否在重复上报。' },
  },
  'device.state-invalid': {
    remedy: 'operator',
    en: {
      what: 'A driver reported a state that does not fit its contract.',
      hint: 'Report this with the log: it is a defect of the driver. The last good state stands.',
    },
    zh: { what: '驱动上报的状态不符合约定。', hint: '这是驱动程序的缺陷，请附日志反馈；保留上一个正确状态。' },
  },
  'device.not-listening': {
    remedy: 'retry',
    en: {
      what: 'Nobody hears messages of this device.',
      hint: 'Check that the device is in hall.yaml with the wire "mqtt"; the gateway may be starting or stopping.',
    },
    zh: {
      what: '没有驱动接收该设备的消息。',
      hint: '请确认 hall.yaml 中有该设备且接线方式为 "mqtt"；网关也可能正在启动或停止。',
    },
  },
  'line.unknown': {
    remedy: 'operator',
    en: {
      what: 'A device names a line that is not in hall.yaml.',
      hint: 'Add the line under "lines", or correct its name at the device.',
    },
    zh: { what: '设备引用的线路不在 hall.yaml 中。', hint: '请在 "lines" 下添加该线路，或修正设备中的线路名称。' },
  },
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

  'line.port-missing': {
    remedy: 'retry',
    en: {
      what: 'A serial port is not there.',
      hint: 'Plug the serial adapter in and compare the path in hall.yaml with the files in /dev/serial/by-id/; the gateway keeps trying.',
    },
    zh: {
      what: '串口不存在。',
      hint: '请插好串口转换器，并核对 hall.yaml 中的路径与 /dev/serial/by-id/ 下的文件；网关会持续重试。',
    },
  },
  'line.port-forbidden': {
    remedy: 'operator',
    en: {
      what: 'The gateway may not open a serial port.',
      hint: 'See its group with "ls -l": the service may open ports of the group "dialout". For another group type "systemctl edit hall-gateway", add SupplementaryGroups=<group> below [Service], and restart the service.',
    },
    zh: {
      what: '网关没有打开串口的权限。',
      hint: '请用“ls -l 串口路径”查看所属组：服务可打开 dialout 组的串口。若为其他组，请执行 systemctl edit hall-gateway，在 [Service] 下加一行 SupplementaryGroups=组名，然后重启服务。',
    },
  },
  'line.port-busy': {
    remedy: 'operator',
    en: {
      what: 'Another program has the serial port open.',
      hint: 'Find it with "fuser -v <port>" and stop it; each port belongs to one program (ModemManager is a common culprit).',
    },
    zh: {
      what: '串口已被其他程序占用。',
      hint: '请用“fuser -v 串口路径”查出并停止该程序；一个串口只能由一个程序使用（常见的是 ModemManager）。',
    },
  },

  // --- evaluator
  'evaluator.not-heard': {
    remedy: 'retry',
    en: {
      what: 'The line of an evaluator works, but the device itself has not been heard.',
      hint: 'Nothing is wrong until somebody presses a key and nothing arrives: then check power, A/B wiring and the address of the device.',
    },
    zh: {
      what: '评价器所在线路正常，但尚未收到该设备的数据。',
      hint: '无人按键时属正常；若按键后仍无数据，请检查设备电源、A/B 接线和设备地址。',
    },
  },
  'evaluator.bus-crowded': {
    remedy: 'retry',
    en: {
      what: 'Too many frames wait for one device of an RS-485 bus.',
      hint: 'Send commands to this device less often; about forty short frames a second fit on the whole bus.',
    },
    zh: {
      what: 'RS-485 总线上等待发送给同一设备的数据过多。',
      hint: '请降低对该设备的命令频率；整条总线每秒约可传四十个短帧。',
    },
  },
  'evaluator.key-unknown': {
    remedy: 'operator',
    en: {
      what: 'An evaluator sent a key that its key map does not have.',
      hint: 'Compare the labels of the keys with keyMap of this device in hall.yaml; the key was not acknowledged and not recorded.',
    },
    zh: {
      what: '评价器发来了按键映射中没有的按键。',
      hint: '请核对设备按键标签与 hall.yaml 中该设备的 keyMap；该按键未应答、未记录。',
    },
  },
  'evaluator.ticket-not-showable': {
    remedy: 'operator',
    en: {
      what: 'The display of a caller cannot show this ticket number.',
      hint: 'The display has three digits: send a ticket number that ends with a digit, for example A023.',
    },
    zh: { what: '呼叫器显示屏无法显示该票号。', hint: '显示屏只有三位数字：请发送以数字结尾的票号，例如 A023。' },
  },

  // --- fingerprint clock
  'clock.comm-key-refused': {
    remedy: 'operator',
    en: {
      what: 'The clock refused the comm key.',
      hint: "Read the comm key (Comm Key) in the clock's communication menu and set commKey; the gateway asks again every few minutes.",
    },
    zh: {
      what: '考勤机拒绝了通讯密码。',
      hint: '请在考勤机“通讯设置”中查看通讯密码并填写 commKey；网关每隔几分钟重试一次。',
    },
  },
  'clock.other-device': {
    remedy: 'operator',
    en: {
      what: 'Another clock answers at this address.',
      hint: 'Check address and serial number; if the clock was replaced on purpose, change or remove serial in hall.yaml.',
    },
    zh: {
      what: '该地址上是另一台考勤机。',
      hint: '请核对地址和序列号；如确已更换设备，请修改或删除 hall.yaml 中的 serial。',
    },
  },
  'clock.busy': {
    remedy: 'retry',
    en: {
      what: 'The clock closes new connections at once.',
      hint: 'Close other attendance software: most clocks talk to one client only; a session that was cut off frees itself after some minutes.',
    },
    zh: {
      what: '考勤机立即断开新连接。',
      hint: '请关闭其他考勤软件：多数考勤机只允许一个客户端；异常中断的会话几分钟后自动释放。',
    },
  },
  'clock.no-answer': {
    remedy: 'reset',
    en: {
      what: 'The clock does not answer.',
      hint: 'Look at its screen; if it hangs, restart it. The gateway connects afresh by itself.',
    },
    zh: { what: '考勤机没有应答。', hint: '请查看设备屏幕；若死机请重启设备。网关会自动重新连接。' },
  },
  'clock.answer-refused': {
    remedy: 'retry',
    en: {
      what: 'The clock refused a request.',
      hint: 'The model may not support it; the next try comes by itself. See docs/devices/fingerprint-clock.md.',
    },
    zh: {
      what: '考勤机拒绝了请求。',
      hint: '该型号可能不支持此功能；网关会自动重试。参见 docs/devices/fingerprint-clock.md。',
    },
  },
  'clock.answer-broken': {
    remedy: 'reset',
    en: {
      what: 'The clock sent data that does not add up.',
      hint: 'The gateway reads again over a new connection; nothing was recorded from the broken data. If it stays, check the network cable.',
    },
    zh: {
      what: '考勤机返回的数据不完整或不一致。',
      hint: '网关会重新连接并再次读取，错误数据不会入库。如持续出现，请检查网线。',
    },
  },
  'clock.log-unreadable': {
    remedy: 'operator',
    en: {
      what: 'The attendance log has a layout that the driver does not know.',
      hint: 'Nothing is lost: the log stays in the clock. Report model and firmware.',
    },
    zh: { what: '考勤记录格式无法识别。', hint: '记录仍保存在考勤机中，不会丢失。请反馈设备型号和固件版本。' },
  },
  'clock.absent': {
    remedy: 'retry',
    en: { what: 'The clock is not connected.', hint: 'See why in its presence, and try again when it is online.' },
    zh: { what: '考勤机未连接。', hint: '请查看其离线原因，待上线后重试。' },
  },
  'clock.time-not-set': {
    remedy: 'operator',
    en: {
      what: 'The clock did not take the time.',
      hint: 'Set the time in its menu, and see whether it has a time server or a lock on its settings.',
    },
    zh: { what: '考勤机时间设置未生效。', hint: '请在设备菜单中手动校时，并检查是否启用了对时服务器或设置锁定。' },
  },
  'clock.hall-time-unknown': {
    remedy: 'retry',
    en: {
      what: 'The gateway does not know the time itself yet.',
      hint: 'Wait until its own clock is set (NTP), or connect a time server.',
    },
    zh: { what: '网关自身时间尚未校准。', hint: '请等待网关完成 NTP 对时，或接入时间服务器。' },
  },

  // --- ticket dispenser: printer and kiosk
  'ticket.character-unprintable': {
    remedy: 'operator',
    en: {
      what: 'A ticket holds a character that the printer cannot print.',
      hint: 'Send the text without it; with "charset: gbk", gb18030 knows more characters if the printer does too. Nothing was printed.',
    },
    zh: {
      what: '票面上有打印机无法打印的字符。',
      hint: '请去掉该字符后重新发送；若配置为 charset: gbk，且打印机支持，可改为 gb18030。未打印任何内容。',
    },
  },
  'ticket.printer-no-answer': {
    remedy: 'retry',
    en: {
      what: 'The line to a ticket printer works, but the printer does not answer.',
      hint: 'Look whether the printer is switched on and not hanging; an interface board that does not pass DLE EOT needs "realTimeStatus: false".',
    },
    zh: {
      what: '取号打印机的线路正常，但打印机没有应答。',
      hint: '请检查打印机是否开机、是否死机；若接口板不转发 DLE EOT，请设置 realTimeStatus: false。',
    },
  },
  'ticket.paper-out': {
    remedy: 'operator',
    en: { what: 'The ticket printer has no paper.', hint: 'Put a new roll in and close the cover.' },
    zh: { what: '取号打印机缺纸。', hint: '请更换纸卷并合上纸仓盖。' },
  },
  'ticket.cover-open': {
    remedy: 'operator',
    en: { what: 'The cover of the ticket printer is open.', hint: 'Close the cover until it clicks.' },
    zh: { what: '取号打印机的盖子没有合上。', hint: '请合上盖子，听到“咔”声为止。' },
  },
  'ticket.cutter-fault': {
    remedy: 'operator',
    en: {
      what: 'The cutter of the ticket printer is jammed.',
      hint: 'Switch the printer off, remove the paper from the cutter, and switch it on again.',
    },
    zh: { what: '取号打印机的切刀卡住。', hint: '请关闭打印机电源，清除切刀处的纸，再重新开机。' },
  },
  'ticket.printer-fault': {
    remedy: 'operator',
    en: {
      what: 'The ticket printer reports a fault.',
      hint: 'Switch the printer off and on; if the fault stays, it needs service.',
    },
    zh: { what: '取号打印机报告故障。', hint: '请将打印机断电重启；若故障仍在，请报修。' },
  },
  'ticket.printer-offline': {
    remedy: 'retry',
    en: {
      what: 'The ticket printer cannot print now.',
      hint: 'See the state of the kiosk for the reason, mend it, and send print-ticket again: nothing was printed.',
    },
    zh: {
      what: '取号打印机当前无法打印。',
      hint: '请查看设备状态中的原因，处理后重新发送 print-ticket：未打印任何内容。',
    },
  },
  'ticket.unconfirmed': {
    remedy: 'operator',
    en: {
      what: 'Nobody can say whether a ticket was printed.',
      hint: 'Look whether the ticket lies at the kiosk; if not, send reprint: the copy is marked 补打.',
    },
    zh: {
      what: '无法确认票是否已打印。',
      hint: '请查看取号机出纸口；若没有出票，请发送 reprint 命令，补打的票会标注“补打”。',
    },
  },
  'ticket.unknown': {
    remedy: 'operator',
    en: {
      what: 'This kiosk does not know a ticket of this number.',
      hint: 'Compare the number with the ticket.printed events of this kiosk; a ticket that was never sent here needs print-ticket.',
    },
    zh: {
      what: '本取号机没有该票号的记录。',
      hint: '请与该取号机的 ticket.printed 事件核对票号；从未发送到本机的票请用 print-ticket。',
    },
  },
  'ticket.copies-exhausted': {
    remedy: 'operator',
    en: { what: 'A ticket was printed too often.', hint: 'Give the person a new number.' },
    zh: { what: '该票补打次数过多。', hint: '请为办事人重新取号。' },
  },
  'ticket.time-unknown': {
    remedy: 'retry',
    en: {
      what: 'The gateway does not know the time that the ticket would show.',
      hint: 'Send issuedAt with the ticket, or wait until the clock of the box is set (NTP).',
    },
    zh: {
      what: '网关时间尚未校准，无法在票面上打印取号时间。',
      hint: '请在命令中给出 issuedAt，或等待网关完成 NTP 对时。',
    },
  },
  'ticket.queue-full': {
    remedy: 'retry',
    en: {
      what: 'Too many tickets wait for one printer.',
      hint: 'Wait for the results of the earlier ones, then send it again.',
    },
    zh: { what: '等待同一台打印机的票过多。', hint: '请等待前面的票打印完成后再发送。' },
  },

  // --- ticket dispenser: ID-card reader and buttons
  'card-reader.no-answer': {
    remedy: 'retry',
    en: {
      what: 'The ID-card reader does not answer.',
      hint: 'Check its power and cable, and that the baud rate in hall.yaml is that of the reader (mostly 115200).',
    },
    zh: {
      what: '身份证阅读器没有应答。',
      hint: '请检查阅读器电源和线缆，并核对 hall.yaml 中的波特率与阅读器一致（多为 115200）。',
    },
  },
  'card-reader.refused': {
    remedy: 'retry',
    en: {
      what: 'The ID-card reader does not accept a command.',
      hint: 'If it goes on, look for a bad cable or a wrong baud rate; the reader may also not be of the SAM_V kind.',
    },
    zh: {
      what: '身份证阅读器不接受命令。',
      hint: '如持续出现，请检查线缆和波特率；也可能不是 SAM_V 协议的阅读器。',
    },
  },
  'card-reader.card-unreadable': {
    remedy: 'retry',
    en: {
      what: 'An ID card cannot be read.',
      hint: 'Take the card away and lay it flat on the reader again; another card on top of it disturbs.',
    },
    zh: { what: '无法读取身份证。', hint: '请拿开证件后重新平放在阅读器上；不要与其他卡片叠放。' },
  },
  'card-reader.module-fault': {
    remedy: 'operator',
    en: {
      what: 'The security module of the ID-card reader does not work.',
      hint: 'Switch the reader off and on; if it happens again, its supplier must exchange or authorise the module.',
    },
    zh: {
      what: '身份证阅读器的安全模块工作不正常。',
      hint: '请将阅读器断电重启；如再次出现，需由供应商更换或授权安全模块。',
    },
  },
  'kiosk.button-unknown': {
    remedy: 'operator',
    en: {
      what: 'A button of the kiosk sent a code that hall.yaml does not know.',
      hint: 'Add the code under "buttons" of this ticket dispenser, or ignore it if the button has no meaning.',
    },
    zh: {
      what: '取号机按键发送了 hall.yaml 中没有的代码。',
      hint: '请在该取号机的 "buttons" 中添加此代码；无用的按键可不处理。',
    },
  },

  // --- led board
  'board.no-answer': {
    remedy: 'retry',
    en: {
      what: 'The LED board does not answer.',
      hint: 'Check its power, its address, the baud rate, and A/B of its line; the gateway asks again by itself.',
    },
    zh: { what: 'LED 显示屏没有应答。', hint: '请检查显示屏电源、屏号（地址）、波特率和 A/B 接线；网关会自动重试。' },
  },
  'board.answer-broken': {
    remedy: 'retry',
    en: {
      what: 'The answers of the LED board arrive damaged.',
      hint: 'Look for noise on the line: termination, grounding, two boards with one address; the gateway asks again by itself.',
    },
    zh: {
      what: 'LED 显示屏的应答数据损坏。',
      hint: '请检查线路干扰：终端电阻、接地、是否有两块屏使用同一屏号；网关会自动重试。',
    },
  },
  'board.busy': {
    remedy: 'retry',
    en: {
      what: 'The LED board says that it is busy.',
      hint: 'Wait until other software has finished writing to it, then send the command with a new id.',
    },
    zh: { what: 'LED 显示屏正忙。', hint: '请等待其他软件对该屏的写入结束，再用新的 id 发送命令。' },
  },
  'board.memory-full': {
    remedy: 'operator',
    en: {
      what: 'The LED board has no memory left for this.',
      hint: 'Shorten the text, or use fewer areas; delete programs that other software has left on the controller.',
    },
    zh: { what: 'LED 显示屏存储空间不足。', hint: '请缩短文字或减少区域，并删除其他软件留在控制卡上的节目。' },
  },
  'board.font-missing': {
    remedy: 'operator',
    en: {
      what: 'The LED board does not have the font of this area.',
      hint: "Choose a font that is on the card (fonts in hall.yaml), or load it with the vendor's software.",
    },
    zh: {
      what: 'LED 显示屏缺少该区域使用的字库。',
      hint: '请在 hall.yaml 中改用卡内已有的字库，或用厂家软件下载字库。',
    },
  },
  'board.refused': {
    remedy: 'operator',
    en: {
      what: 'The LED board refused a command.',
      hint: 'Check model and areas of this board in hall.yaml against the card; the message names what it said.',
    },
    zh: {
      what: 'LED 显示屏拒绝了命令。',
      hint: '请核对 hall.yaml 中该屏的型号和区域与控制卡是否一致；错误信息中有具体原因。',
    },
  },
  'board.text-unencodable': {
    remedy: 'operator',
    en: {
      what: 'A text has a character that the LED board cannot show.',
      hint: 'Replace the character that is named; boards of this kind know the characters of GB2312 or GBK only.',
    },
    zh: {
      what: '文字中有 LED 显示屏无法显示的字符。',
      hint: '请替换所指出的字符；此类显示屏只支持 GB2312 或 GBK 字符。',
    },
  },
  'board.text-too-long': {
    remedy: 'operator',
    en: {
      what: 'A text does not fit into its area of the LED board.',
      hint: 'Shorten it to the number of bytes that is named (a Chinese character takes two).',
    },
    zh: { what: '文字超出 LED 显示屏区域的容量。', hint: '请缩短到所示的字节数以内（一个汉字占两个字节）。' },
  },
  'board.call-incomplete': {
    remedy: 'operator',
    en: {
      what: "The board's template for calls asks for something that the command does not say.",
      hint: 'Send it with the command (for example window), set it at the device in hall.yaml, or change callTemplate.',
    },
    zh: {
      what: '叫号模板中有命令未提供的内容。',
      hint: '请在命令中提供（例如 window），或在 hall.yaml 中为设备设置，或修改 callTemplate。',
    },
  },
  'board.area-unknown': {
    remedy: 'operator',
    en: {
      what: 'A command names an area that this LED board does not have.',
      hint: 'Use a name from areas of this device in hall.yaml, or leave it out for the first area.',
    },
    zh: {
      what: '命令指定的区域在该显示屏上不存在。',
      hint: '请使用 hall.yaml 中该设备 areas 下的名称，或省略以使用第一个区域。',
    },
  },
  'board.line-crowded': {
    remedy: 'retry',
    en: {
      what: 'Too many frames wait on the line of the LED boards.',
      hint: 'Put fewer boards on one line, or send commands less often.',
    },
    zh: { what: 'LED 显示屏线路上等待的数据过多。', hint: '请减少同一线路上的显示屏，或降低命令频率。' },
  },

  // --- led board: modbus
  'modbus.no-answer': {
    remedy: 'retry',
    en: {
      what: 'A Modbus device does not answer.',
      hint: 'Check its power, its unit number, A and B of its pair, and the baud rate; the gateway goes on asking.',
    },
    zh: {
      what: 'Modbus 设备没有应答。',
      hint: '请检查设备电源、站号、A/B 线是否接反以及波特率；网关会继续询问。',
    },
  },
  'modbus.unit-resting': {
    remedy: 'retry',
    en: {
      what: 'A Modbus device did not answer several times in a row; it is asked only now and then.',
      hint: 'Check its power and wires. It is used again as soon as it answers; send the command again then.',
    },
    zh: {
      what: 'Modbus 设备连续多次没有应答，现在只偶尔询问。',
      hint: '请检查其电源和接线；设备一应答即恢复使用，届时请重新发送命令。',
    },
  },
  'modbus.refused': {
    remedy: 'operator',
    en: {
      what: 'A Modbus device refused a request (exception).',
      hint: 'Compare the registers and function codes of the profile in hall.yaml with the manual of the device.',
    },
    zh: {
      what: 'Modbus 设备拒绝了请求（异常码）。',
      hint: '请对照设备说明书核对 hall.yaml 中该配置的寄存器地址和功能码。',
    },
  },
  'modbus.busy': {
    remedy: 'retry',
    en: { what: 'A Modbus device is busy.', hint: 'Send the command again in a moment.' },
    zh: { what: 'Modbus 设备正忙。', hint: '请稍后重新发送命令。' },
  },
  'modbus.garbled': {
    remedy: 'retry',
    en: {
      what: 'The answer of a Modbus device is not the answer to what was asked.',
      hint: 'Look for two devices with one unit number, a missing 120 ohm resistor, or a second master on the wires.',
    },
    zh: {
      what: 'Modbus 设备的应答与请求不符。',
      hint: '请检查是否有两台设备站号相同、缺少 120 欧终端电阻，或总线上另有主站。',
    },
  },
  'modbus.crowded': {
    remedy: 'retry',
    en: {
      what: 'Too many requests wait for one Modbus bus.',
      hint: 'Send fewer commands, or divide the devices among several buses.',
    },
    zh: { what: '一条 Modbus 总线上等待的请求过多。', hint: '请减少命令数量，或把设备分到多条总线上。' },
  },
  'modbus.unit-taken': {
    remedy: 'operator',
    en: {
      what: 'Two devices in hall.yaml have the same unit number on one Modbus bus.',
      hint: 'Give each its own unit number, at the device and in hall.yaml; lines with the same "bus" count as one.',
    },
    zh: {
      what: 'hall.yaml 中同一条 Modbus 总线上有两台设备站号相同。',
      hint: '请在设备和 hall.yaml 中为每台设备设置不同的站号；“bus”相同的线路算同一条总线。',
    },
  },

  'modbus.profile-lacks': {
    remedy: 'operator',
    en: {
      what: 'The register profile of a board has nothing for this command.',
      hint: 'Use a command that the board can do, or add the registers to its map in hall.yaml if its manual has them.',
    },
    zh: {
      what: '显示屏的寄存器配置中没有该命令所需的内容。',
      hint: '请改用该屏支持的命令；若说明书中有相应寄存器，请加入 hall.yaml 的 map。',
    },
  },
  'modbus.text-not-kept': {
    remedy: 'operator',
    en: {
      what: 'A board confirmed a text, and something else stands in its registers.',
      hint: 'Check start and bytesMax of its text registers; if they cannot be read back, set readBack: false in its map.',
    },
    zh: {
      what: '显示屏已确认写入，但读回的内容不一致。',
      hint: '请核对文字寄存器的起始地址和 bytesMax；若该寄存器不可读，请在 map 中设置 readBack: false。',
    },
  },

  // --- camera
  'camera.no-answer': {
    remedy: 'retry',
    en: {
      what: 'The camera does not answer.',
      hint: 'Check power, network cable, address and port; "hall-gateway discover" lists the cameras that can be found. The gateway keeps trying.',
    },
    zh: {
      what: '摄像机没有应答。',
      hint: '请检查电源、网线、地址和端口；可用 hall-gateway discover 查找网络中的摄像机。网关会持续重试。',
    },
  },
  'camera.not-authorised': {
    remedy: 'operator',
    en: {
      what: 'The camera refused the user name or password.',
      hint: 'Check username and password; many cameras (Hikvision, Dahua) want an ONVIF user of its own, made in their web page. The gateway asks again slowly, so that the account is not locked.',
    },
    zh: {
      what: '摄像机拒绝了用户名或密码。',
      hint: '请核对 username 和 password；海康、大华等摄像机需要在网页中单独添加 ONVIF 用户。网关会放慢重试，避免账号被锁定。',
    },
  },
  'camera.answer-broken': {
    remedy: 'reset',
    en: {
      what: 'The camera sent something that cannot be accepted.',
      hint: 'Restart the camera; if it stays, report model and firmware. Nothing of the answer was used.',
    },
    zh: {
      what: '摄像机返回的内容无法接受。',
      hint: '请重启摄像机；如持续出现，请反馈型号和固件版本。该应答未被采用。',
    },
  },
  'camera.answer-refused': {
    remedy: 'retry',
    en: {
      what: 'The camera refused a request.',
      hint: 'The model may not support it; see docs/devices/camera.md.',
    },
    zh: { what: '摄像机拒绝了请求。', hint: '该型号可能不支持此功能；参见 docs/devices/camera.md。' },
  },
  'camera.not-supported': {
    remedy: 'operator',
    en: {
      what: 'The camera does not have what was asked for.',
      hint: 'Use a model that has it, or leave the command out.',
    },
    zh: { what: '摄像机不具备所请求的功能。', hint: '请使用支持该功能的型号，或不再发送此命令。' },
  },
  'camera.other-device': {
    remedy: 'operator',
    en: {
      what: 'Another camera answers at this address.',
      hint: 'Check address and serial number; if the camera was replaced on purpose, change or remove serial in hall.yaml.',
    },
    zh: {
      what: '该地址上是另一台摄像机。',
      hint: '请核对地址和序列号；如确已更换设备，请修改或删除 hall.yaml 中的 serial。',
    },
  },
  'camera.moved': {
    remedy: 'operator',
    en: {
      what: 'The camera was found at another address.',
      hint: 'Correct host in hall.yaml, and give the camera a fixed address.',
    },
    zh: { what: '摄像机的地址已改变。', hint: '请修改 hall.yaml 中的 host，并为摄像机设置固定地址。' },
  },
  'camera.certificate-refused': {
    remedy: 'operator',
    en: {
      what: 'The certificate of the camera is not the expected one.',
      hint: 'Compare the fingerprint in hall.yaml with the one in the web page of the camera; a certificate that changed by itself may be an attack.',
    },
    zh: {
      what: '摄像机的证书与预期不符。',
      hint: '请将 hall.yaml 中的指纹与摄像机网页中显示的证书指纹核对；证书无故变化可能是攻击。',
    },
  },
  'camera.absent': {
    remedy: 'retry',
    en: { what: 'The camera is not connected.', hint: 'See why in its presence, and try again when it is online.' },
    zh: { what: '摄像机未连接。', hint: '请查看其离线原因，待上线后重试。' },
  },
  'camera.busy': {
    remedy: 'retry',
    en: { what: 'The camera is still busy with an earlier request.', hint: 'Send commands to it less often.' },
    zh: { what: '摄像机仍在处理之前的请求。', hint: '请降低对该摄像机的命令频率。' },
  },
  'camera.picture-unusable': {
    remedy: 'retry',
    en: {
      what: 'What the camera sent is not a picture that can be kept.',
      hint: 'Open the snapshot address of the camera in a browser; lower its picture size.',
    },
    zh: { what: '摄像机返回的不是可保存的图片。', hint: '请在浏览器中打开摄像机的抓图地址查看；或降低图片尺寸。' },
  },
  'camera.picture-not-kept': {
    remedy: 'operator',
    en: {
      what: 'A picture could not be written to disk.',
      hint: 'Check the free space and the rights of the folder for snapshots.',
    },
    zh: { what: '图片无法写入磁盘。', hint: '请检查抓图目录的剩余空间和写入权限。' },
  },
  'camera.preset-unknown': {
    remedy: 'operator',
    en: {
      what: 'The camera has no such preset.',
      hint: 'Send the name or token of a preset as it is stored in the camera.',
    },
    zh: { what: '摄像机没有该预置位。', hint: '请发送摄像机中已保存的预置位名称或编号。' },
  },
  'camera.time-not-set': {
    remedy: 'operator',
    en: {
      what: 'The camera did not take the time.',
      hint: 'See in its web page whether it takes its time from NTP, and whether the user may change it.',
    },
    zh: {
      what: '摄像机时间设置未生效。',
      hint: '请在摄像机网页中检查是否启用 NTP 校时，以及该用户是否有权限修改时间。',
    },
  },

  // --- fingerprint clock: push (adms)
  'push.port-taken': {
    remedy: 'operator',
    en: {
      what: 'Another program has the port on which clocks push their punches.',
      hint: 'Find it with "ss -ltnp", stop it, or choose another port in "listen" and at every clock; the gateway keeps trying, the clocks keep their punches.',
    },
    zh: {
      what: '考勤机推送端口已被其他程序占用。',
      hint: '请用“ss -ltnp”查出并停止该程序，或在 listen 和每台考勤机上改用其他端口；网关会持续重试，记录保存在考勤机中。',
    },
  },
  'push.port-forbidden': {
    remedy: 'operator',
    en: {
      what: 'The gateway may not open the port on which clocks push their punches.',
      hint: 'Choose a port above 1023 in "listen", and the same port at every clock.',
    },
    zh: {
      what: '网关没有打开考勤机推送端口的权限。',
      hint: '请在 listen 中使用 1023 以上的端口，并在每台考勤机上设置相同端口。',
    },
  },
  'push.address-missing': {
    remedy: 'retry',
    en: {
      what: 'The address on which clocks push their punches cannot be opened.',
      hint: 'Compare "listen" with the addresses of this box ("ip -4 address"), and check its network cable; the gateway keeps trying.',
    },
    zh: {
      what: '考勤机推送地址无法打开。',
      hint: '请核对 listen 与本机地址（ip -4 address），并检查本机网线；网关会持续重试。',
    },
  },
  'push.clock-quiet': {
    remedy: 'retry',
    en: {
      what: 'The clock has not asked for longer than it should.',
      hint: "Check power and network cable of the clock, and the server's address and port in its menu (Cloud Server, ADMS); it keeps its punches and hands them over later.",
    },
    zh: {
      what: '考勤机长时间没有连接网关。',
      hint: '请检查考勤机电源和网线，并核对其“云服务器/ADMS”菜单中的服务器地址和端口；记录保存在考勤机中，恢复后会自动补传。',
    },
  },
  'push.clock-unknown': {
    remedy: 'operator',
    en: {
      what: 'A clock pushes punches to this hall and is not in hall.yaml.',
      hint: 'Add it with its serial number; until then it is refused and keeps its punches.',
    },
    zh: {
      what: '有考勤机向本大厅推送记录，但未在 hall.yaml 中登记。',
      hint: '请按其序列号登记；登记前网关拒绝接收，记录保存在考勤机中。',
    },
  },
  'push.disk-waits': {
    remedy: 'retry',
    en: {
      what: 'Punches wait for the disk, and the clock was told to send them again.',
      hint: 'Nothing is lost: look for "spool.trouble" in the log.',
    },
    zh: {
      what: '打卡记录正等待写入磁盘，已通知考勤机稍后重传。',
      hint: '记录不会丢失：请在日志中查看 spool.trouble。',
    },
  },
  'push.upload-too-large': {
    remedy: 'operator',
    en: {
      what: 'A clock sends more at once than the gateway takes.',
      hint: 'Switch off photos and templates in its server settings; report model and firmware.',
    },
    zh: {
      what: '考勤机单次上传的数据过大。',
      hint: '请在考勤机服务器设置中关闭照片和模板上传，并反馈型号和固件版本。',
    },
  },
  'push.upload-stalled': {
    remedy: 'retry',
    en: {
      what: 'An upload of a clock broke off in the middle.',
      hint: 'The clock keeps it and sends it again; when this comes often, check network cable and switch of the clock.',
    },
    zh: {
      what: '考勤机上传中途中断。',
      hint: '记录仍在考勤机中，稍后会自动重传；若经常出现，请检查考勤机的网线和交换机。',
    },
  },
  'push.upload-unreadable': {
    remedy: 'operator',
    en: {
      what: 'A clock packs its uploads in a way that cannot be unpacked.',
      hint: 'Its punches stay in the clock: switch off compression and encryption in its server menu, or send them straight to this box without a proxy; report model and firmware.',
    },
    zh: {
      what: '考勤机上传的数据经过压缩，但无法解开。',
      hint: '记录仍保存在考勤机中：请在“云服务器”菜单中关闭压缩和加密，不要经过代理服务器，直接上传到本网关；并反馈型号和固件版本。',
    },
  },
  'push.table-unknown': {
    remedy: 'operator',
    en: {
      what: 'A clock uploads a table of which nobody knows what it holds.',
      hint: 'It stays in the clock and comes again; other tables go on. Report model, firmware and the table; if it certainly holds no punches, list it in "dropTables".',
    },
    zh: {
      what: '考勤机上传了网关不认识的数据表。',
      hint: '这些数据仍保存在考勤机中并会反复上传，其他数据表不受影响。请反馈型号、固件版本和表名；确认其中没有打卡记录后，可将表名写入 dropTables。',
    },
  },
  'push.dialect-unknown': {
    remedy: 'operator',
    en: {
      what: 'The clock pushes in the form of access control, not of attendance.',
      hint: 'Set it to time-attendance mode (push protocol "TA"/"ATT"); it keeps its punches until then.',
    },
    zh: {
      what: '该设备以门禁方式推送，而不是考勤方式。',
      hint: '请将设备切换为考勤模式（考勤 PUSH 协议）；切换前记录保存在设备中。',
    },
  },

  // --- evaluator: tablet
  'evaluator.evaluation-unknown': {
    remedy: 'operator',
    en: {
      what: 'A tablet spoke of an evaluation that the gateway did not begin.',
      hint: 'Nothing was recorded. Let the tablet show only what stands on its topic down/prompt; begin an evaluation with start-evaluation.',
    },
    zh: {
      what: '平板提交的评价不是网关发起的。',
      hint: '未作记录。平板只应显示 down/prompt 主题上的评价；请用 start-evaluation 发起评价。',
    },
  },
  'evaluator.evaluation-over': {
    remedy: 'operator',
    en: {
      what: 'This evaluation has its outcome already.',
      hint: 'The first outcome stands, so nothing was recorded; let the tablet close the prompt as soon as it was answered.',
    },
    zh: { what: '该评价已有结果。', hint: '以第一次结果为准，未再记录；平板应在提交后立即关闭评价界面。' },
  },
  'evaluator.window-wrong': {
    remedy: 'operator',
    en: {
      what: 'A tablet says that it stands at another window than hall.yaml says.',
      hint: 'Compare the window set in the tablet with "window" of this device in hall.yaml; the mark was not recorded.',
    },
    zh: {
      what: '平板上报的窗口与 hall.yaml 不一致。',
      hint: '请核对平板上设置的窗口号与 hall.yaml 中该设备的 window；该评价未记录。',
    },
  },
  'evaluator.reason-missing': {
    remedy: 'operator',
    en: {
      what: 'A mark of level 1 or 2 came without a reason.',
      hint: 'Let the tablet ask for at least one of the reasons offered in the prompt, then submit again with a new id.',
    },
    zh: { what: '“不满意”或“非常不满意”未附原因。', hint: '平板应让群众至少选择一项原因，然后用新的 id 重新提交。' },
  },
  'evaluator.mark-too-late': {
    remedy: 'operator',
    en: {
      what: 'A mark was given after the time of its evaluation had run out.',
      hint: 'Nothing was recorded as a mark; let the tablet close the prompt when its time is over.',
    },
    zh: { what: '评价是在超时之后作出的。', hint: '未作为评价记录；平板应在超时后关闭评价界面。' },
  },
  'evaluator.visit-rated': {
    remedy: 'operator',
    en: {
      what: 'This visit has been rated already.',
      hint: 'One visit is rated once; begin an evaluation only for a visit that has no mark yet.',
    },
    zh: { what: '该次办件已经评价过。', hint: '一次一评：只能对尚未评价的办件发起评价。' },
  },

  // --- devices that speak MQTT themselves (tablets, kiosks)
  'mqtt-device.not-connected': {
    remedy: 'retry',
    en: {
      what: 'The device has not connected to the local broker.',
      hint: 'Check that it is switched on, in the network, and set to the address, port, user and password of the gateway’s broker.',
    },
    zh: {
      what: '设备尚未连接到网关的消息服务。',
      hint: '请检查设备电源和网络，以及其中设置的网关地址、端口、用户名和密码。',
    },
  },
  'mqtt-device.left': {
    remedy: 'retry',
    en: {
      what: 'The device has left the local broker.',
      hint: 'Check its power and network; it connects again by itself.',
    },
    zh: { what: '设备已断开与网关消息服务的连接。', hint: '请检查设备电源和网络；恢复后设备会自动重新连接。' },
  },
  'mqtt-device.not-heard': {
    remedy: 'retry',
    en: {
      what: 'The device is connected perhaps, but sends no heartbeat.',
      hint: 'Look whether its program hangs; restart the program or the device.',
    },
    zh: { what: '设备可能仍在连接，但没有发送心跳。', hint: '请查看设备上的程序是否卡死，必要时重新启动程序或设备。' },
  },
  'mqtt-device.no-answer': {
    remedy: 'retry',
    en: {
      what: 'The device did not answer a command in time.',
      hint: 'Look at the device whether it did what was asked, then send the command again with a new id.',
    },
    zh: { what: '设备没有按时应答命令。', hint: '请先在设备上查看命令是否已执行，再用新的 id 重新发送。' },
  },
  'mqtt-device.said-no': {
    remedy: 'operator',
    en: {
      what: 'The device answered that it cannot carry out a command.',
      hint: 'The message names the reason that it gave; remove it at the device, then send the command again with a new id.',
    },
    zh: {
      what: '设备答复不能执行该命令。',
      hint: '错误信息中有设备给出的原因；请在设备上排除后，用新的 id 重新发送。',
    },
  },
  'mqtt-device.crowded': {
    remedy: 'retry',
    en: {
      what: 'Too many commands wait for the answer of one device.',
      hint: 'Send commands to this device less often.',
    },
    zh: { what: '等待同一设备应答的命令过多。', hint: '请降低对该设备的命令频率。' },
  },
  'mqtt-device.message-invalid': {
    remedy: 'operator',
    en: {
      what: 'A message of a device does not fit its contract.',
      hint: 'Compare it with the examples in docs/devices/; nothing was recorded.',
    },
    zh: { what: '设备消息不符合约定。', hint: '请对照 docs/devices/ 中的示例修改设备程序；未作记录。' },
  },
  'mqtt-device.message-unknown': {
    remedy: 'operator',
    en: {
      what: 'A device spoke on a topic that its contract does not have.',
      hint: 'Compare the topic with the tables in docs/devices/; nothing was recorded.',
    },
    zh: { what: '设备使用了约定之外的主题。', hint: '请对照 docs/devices/ 中的主题表；未作记录。' },
  },
  'mqtt-device.version-unknown': {
    remedy: 'operator',
    en: {
      what: 'A device speaks another version of the contract.',
      hint: 'Every message carries "v": 1; bring the program of the device and the gateway to the same version.',
    },
    zh: { what: '设备使用了不同版本的约定。', hint: '每条消息须带有 "v": 1；请使设备程序与网关的版本一致。' },
  },
  'mqtt-device.identity-number': {
    remedy: 'operator',
    en: {
      what: 'A message of a device held a full ID-card number.',
      hint: 'It was neither recorded nor logged; let the device mask the number (first six and last four digits) or send its keyed hash.',
    },
    zh: {
      what: '设备消息中含有完整的身份证号码。',
      hint: '该消息未记录、未写入日志；设备须先脱敏（只留前六位和后四位）或改用带密钥的散列值。',
    },
  },

  // --- boards behind firmata
  'hall-board.no-answer': {
    remedy: 'retry',
    en: {
      what: 'What is on the line does not speak Firmata.',
      hint: 'Check power, USB cable and speed (57600 baud); flash the board with `hall-gateway flash PORT`.',
    },
    zh: {
      what: '线路上的设备没有按 Firmata 协议应答。',
      hint: '请检查供电、USB 线和波特率（57600）；必要时用 hall-gateway flash 端口 重新烧录。',
    },
  },
  'hall-board.flooding': {
    remedy: 'retry',
    en: {
      what: 'A board says more than a board can say.',
      hint: 'Look for a wrong speed or a loop of the wires; if a serial server is between, restart it. The line was closed.',
    },
    zh: {
      what: '板子发来的数据多得不正常。',
      hint: '请检查波特率、接线是否成环；如经串口服务器，请重启它。该线路已关闭，稍后重试。',
    },
  },
  'hall-board.runner-lost': {
    remedy: 'retry',
    en: {
      what: 'The helper process of a board ended.',
      hint: 'It is started again by itself; report this with the log if it happens often.',
    },
    zh: { what: '板子的辅助进程意外结束。', hint: '系统会自动重启该进程；如经常发生，请附日志反馈。' },
  },
  'hall-board.runner-hung': {
    remedy: 'retry',
    en: {
      what: 'The helper process of a board hangs.',
      hint: 'It was ended and is started again by itself; report this with the log if it happens often.',
    },
    zh: { what: '板子的辅助进程没有响应。', hint: '系统已将其结束并自动重启；如经常发生，请附日志反馈。' },
  },
  'hall-board.runner-busy': {
    remedy: 'retry',
    en: { what: 'The helper process of a board takes no more messages.', hint: 'Try again in a few seconds.' },
    zh: { what: '板子的辅助进程暂时接收不了更多消息。', hint: '请几秒后重试。' },
  },
  'hall-board.not-ours': {
    remedy: 'operator',
    en: {
      what: 'The board speaks Firmata, but does not carry our firmware.',
      hint: 'Flash it with `hall-gateway flash PORT`, or describe its pins under `stock`.',
    },
    zh: {
      what: '板子支持 Firmata，但没有烧录本项目的固件。',
      hint: '请执行 hall-gateway flash 端口 烧录，或在配置中用 stock 说明各引脚。',
    },
  },
  'hall-board.wrong-profile': {
    remedy: 'operator',
    en: {
      what: 'The board is set up for another purpose.',
      hint: 'Set its jumpers (docs/firmware.md, profiles and pins), or name the right line in hall.yaml.',
    },
    zh: {
      what: '板子的用途设置与配置不符。',
      hint: '请检查板上跳线（见 docs/firmware.md），或改正 hall.yaml 中的线路。',
    },
  },
  'hall-board.silent': {
    remedy: 'retry',
    en: {
      what: 'A board fell silent, though its line is open.',
      hint: 'It is opened again by itself; check its power supply if it happens often.',
    },
    zh: { what: '板子没有响应，但线路是通的。', hint: '系统会自动重新连接；如经常发生，请检查板子供电。' },
  },
  'hall-board.unanswered': {
    remedy: 'retry',
    en: {
      what: 'A board did not answer a command.',
      hint: 'Try again; check cable and power supply if it happens often.',
    },
    zh: { what: '板子没有应答命令。', hint: '请重试；如经常发生，请检查线缆和供电。' },
  },
  'hall-board.refused': {
    remedy: 'operator',
    en: {
      what: 'A board refused a command.',
      hint: 'The message says why; compare the command with what the board has (keys, lamps, display).',
    },
    zh: { what: '板子拒绝执行命令。', hint: '原因见消息；请核对板子实际装有的按键、灯和显示。' },
  },
  'hall-board.crowded': {
    remedy: 'retry',
    en: { what: 'Too many commands wait for a board.', hint: 'Send fewer, or wait for their results.' },
    zh: { what: '等待板子执行的命令过多。', hint: '请减少命令，或等待之前命令的结果。' },
  },
  'hall-board.records-missing': {
    remedy: 'operator',
    en: {
      what: 'A board left out numbers: presses may have been lost in it.',
      hint: 'It happens when more than 60 presses waited for the gateway, or the power failed during a press; look how long the gateway was away.',
    },
    zh: {
      what: '板子的按键顺序号有空缺，可能丢失了按键。',
      hint: '网关离线期间按键超过 60 次，或按键瞬间断电时会出现；请核对网关离线了多久。',
    },
  },
  'hall-board.not-showable': {
    remedy: 'operator',
    en: {
      what: 'The display of a hall board cannot show this.',
      hint: 'It has one colour, at most 8 places, and letters, digits and a few signs; the message names the place.',
    },
    zh: {
      what: '大厅板的显示屏无法显示该内容。',
      hint: '该屏为单色，最多 8 位，只能显示字母、数字和少数符号；消息中指明了位置。',
    },
  },
  'flash.avrdude-missing': {
    remedy: 'operator',
    en: {
      what: 'The program avrdude, which writes boards, is not installed.',
      hint: 'Install it: sudo apt install avrdude; then repeat.',
    },
    zh: { what: '没有安装烧录程序 avrdude。', hint: '请执行 sudo apt install avrdude，然后重试。' },
  },
  'flash.firmware-missing': {
    remedy: 'operator',
    en: {
      what: 'The file with the firmware is missing.',
      hint: 'It is shipped beside the gateway as firmware-bridge/firmware/hall-board.hex; install the gateway again, or name a file with --hex.',
    },
    zh: {
      what: '找不到固件文件。',
      hint: '固件随网关提供（firmware-bridge/firmware/hall-board.hex）；请重新安装网关，或用 --hex 指定文件。',
    },
  },
  'flash.firmware-damaged': {
    remedy: 'operator',
    en: {
      what: 'The file with the firmware is damaged.',
      hint: 'Install the gateway again, or name a whole Intel HEX file with --hex; nothing was written.',
    },
    zh: { what: '固件文件已损坏。', hint: '请重新安装网关，或用 --hex 指定完整的 Intel HEX 文件；没有写入任何内容。' },
  },
  'flash.serial-malformed': {
    remedy: 'operator',
    en: {
      what: 'This cannot be the serial number of a board.',
      hint: 'Take 1 to 16 letters, digits or signs without a space at either end, for example EV-0007; nothing was written.',
    },
    zh: {
      what: '板子的序列号格式不对。',
      hint: '序列号为 1 至 16 个英文字母、数字或符号，首尾不能是空格，例如 EV-0007；没有写入任何内容。',
    },
  },
  'flash.serial-not-kept': {
    remedy: 'retry',
    en: {
      what: 'The board does not say the serial number that it was given.',
      hint: 'Repeat; if it happens again, replace the board: its memory is worn out.',
    },
    zh: { what: '板子没有保存住序列号。', hint: '请重试；如仍不成功，说明板上存储器已损坏，请更换板子。' },
  },
  'flash.not-a-hall-board': {
    remedy: 'operator',
    en: {
      what: 'What is on this port does not answer as a hall board.',
      hint: 'Check the port (ls /dev/serial/by-id/). To replace the program that is on the board, as on most new ones, repeat with --force.',
    },
    zh: {
      what: '该端口上的设备不是大厅板。',
      hint: '请核对端口（ls /dev/serial/by-id/）。如要替换板上原有的程序（新板子大多自带程序），请加 --force 重试。',
    },
  },
  'flash.wrong-chip': {
    remedy: 'operator',
    en: {
      what: 'The chip is not an ATmega328P.',
      hint: 'This firmware is for Uno and Nano boards with that chip only; nothing was written.',
    },
    zh: { what: '芯片不是 ATmega328P。', hint: '本固件只适用于该芯片的 Uno、Nano 板；没有写入任何内容。' },
  },
  'flash.not-verified': {
    remedy: 'operator',
    en: {
      what: 'What was written is not what was read back.',
      hint: 'Repeat; if it happens again, replace the cable or the board.',
    },
    zh: { what: '写入后校验不一致。', hint: '请重试；如仍不一致，请更换线缆或板子。' },
  },
  'flash.port': {
    remedy: 'operator',
    en: {
      what: 'The port cannot be opened.',
      hint: 'Check the name, whether the gateway runs (stop it first), and the rights (group dialout).',
    },
    zh: { what: '端口无法打开。', hint: '请核对端口名；网关正在运行时请先停止；并检查权限（dialout 组）。' },
  },
  'flash.no-boot-loader': {
    remedy: 'retry',
    en: {
      what: 'The boot loader does not answer.',
      hint: 'Repeat; press the reset button of the board just before. Only boards with Optiboot (115200 baud) are written.',
    },
    zh: {
      what: '引导程序没有应答。',
      hint: '请重试，开始前按一下板上的复位键。只支持带 Optiboot（115200 波特）的板子。',
    },
  },
  'flash.failed': {
    remedy: 'retry',
    en: {
      what: 'The board was not written.',
      hint: 'The lines above say why; repeat the same command, the boot loader is still there.',
    },
    zh: { what: '烧录没有完成。', hint: '原因见上文；引导程序仍在，请重新执行同一命令。' },
  },

  // --- command line and service
  'service.spool-wedged': {
    remedy: 'reset',
    en: {
      what: 'The spool does not answer.',
      hint: 'systemd restarts the gateway; if it happens again, replace the SD card.',
    },
    zh: { what: '记录库没有响应。', hint: 'systemd 会重新启动网关；如再次发生，请更换 SD 卡。' },
  },
  'service.loop-late': {
    remedy: 'reset',
    en: {
      what: 'The program does not keep up with its own timers.',
      hint: 'systemd restarts the gateway; report this with the log, and look what else runs on the box.',
    },
    zh: { what: '程序运行严重滞后。', hint: 'systemd 会重新启动网关；请附日志反馈，并检查本机还运行了哪些程序。' },
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERROR_TABLE;

/** The row of a code, typed loosely for those who print it. */
export function errorRow(code: ErrorCode): ErrorRow {
  return ERROR_TABLE[code];
}
