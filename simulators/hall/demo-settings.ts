/**
 * hall.yaml of the demo hall: what stands in it, on which addresses, and the account of the calling programme.
 */
export interface DemoPlaces {
  dataDirectory: string;
  brokerPort: number;
  websocketPort: number;
  centreUrl: string;
  evaluatorPath: string;
  clocks: readonly DemoClock[];
  windows: readonly number[];
  passwordFile: string;
}

export interface DemoClock {
  id: string;
  name: string;
  host: string;
  port: number;
  transport: 'tcp' | 'udp';
}

export const DEMO_HALL = 'demo';
export const DEMO_GATEWAY = 'gw-1';
export const CALLING_PROGRAMME = 'calling-programme';
/** An evaluation that nobody answers ends quickly, so that a newcomer sees one. */
const EVALUATION_TIMEOUT_SECONDS = 8;

export function evaluatorId(window: number): string {
  return `evaluator-${String(window).padStart(2, '0')}`;
}

/** The text of the file; every value is a plain scalar of ours, so no quoting is needed beyond JSON's. */
export function demoSettings(places: DemoPlaces): string {
  const evaluators = places.windows.map(
    (window) =>
      `  - { id: ${evaluatorId(window)}, kind: evaluator, wire: rs485, window: ${window}, line: evaluators, address: ${window}, ` +
      `keys: five-key, evaluationTimeoutSeconds: ${EVALUATION_TIMEOUT_SECONDS}, sameEvaluationMs: 1000 }`,
  );
  const clocks = places.clocks.map(
    ({ id, name, host, port, transport }) =>
      `  - { id: ${id}, kind: fingerprint-clock, wire: zk, name: ${name}, host: ${host}, port: ${port}, transport: ${transport} }`,
  );
  return `# 演示大厅的配置 / the settings of the demo hall; written anew at every start
hall: { id: ${DEMO_HALL}, name: 演示政务大厅, timeZone: Asia/Shanghai }
gateway: { id: ${DEMO_GATEWAY}, dataDirectory: ${JSON.stringify(places.dataDirectory)} }
spool: { quotaMiB: 64 }
broker:
  listen: 127.0.0.1:${places.brokerPort}
  websocket: 127.0.0.1:${places.websocketPort}
  loopbackAnonymous: true
  accounts:
    # 叫号软件 / the calling programme on the windows' PCs
    - { user: ${CALLING_PROGRAMME}, role: software, commands: [evaluator/*], password: { file: ${JSON.stringify(places.passwordFile)} } }
uplink:
  url: ${places.centreUrl}
  confirm: receipt
  receiptTimeoutMs: 10000
  backoff: { firstMs: 200, maxMs: 2000 }
lines:
  evaluators: { type: serial, path: ${JSON.stringify(places.evaluatorPath)}, baudRate: 9600 }
devices:
${[...evaluators, ...clocks].join('\n')}
`;
}
