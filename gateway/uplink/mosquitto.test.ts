/** The uplink against a real Mosquitto: TLS with certificates right and wrong, a stopped process, a message limit. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startConsumer, type Consumer } from '../../simulators/central/consumer.ts';
import { verdictText } from '../../simulators/central/verdict-text.ts';
import { requireTool } from '../../simulators/kit/tools.ts';
import { until } from '../../simulators/kit/until.ts';
import { evaluation, PLACE, startTestGateway, type TestGateway } from './proving-ground.ts';

const mosquitto = requireTool('mosquitto');
const openssl = requireTool('openssl');

describe.skipIf(!mosquitto || !openssl)('the uplink to Mosquitto', () => {
  let folder: string;
  let broker: ChildProcess | undefined;
  let consumer: Consumer | undefined;
  let gateway: TestGateway | undefined;
  let port = 0;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'uplink-mosquitto-'));
  });
  afterEach(async () => {
    broker?.kill('SIGCONT');
    await gateway?.close();
    await consumer?.close();
    if (broker) await stop(broker);
    [broker, consumer, gateway] = [undefined, undefined, undefined];
    rmSync(folder, { recursive: true, force: true });
  });

  const path = (name: string) => join(folder, name);
  const start = async (lines: string[] = [], listener: string[] = []) => {
    port = await freePort();
    const tls = await freePort();
    const config = [
      ...[`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'max_queued_messages 0', ...lines],
      ...(listener.length > 0 ? [`listener ${tls} 127.0.0.1`, ...listener] : []),
    ];
    writeFileSync(path('mosquitto.conf'), `user root\nlog_type none\n${config.join('\n')}\n`);
    broker = spawn(mosquitto ?? '', ['-c', path('mosquitto.conf')], { stdio: 'ignore' });
    await until('mosquitto listens', () => listens(port));
    consumer = await startConsumer({ url: `mqtt://127.0.0.1:${port}`, hall: PLACE.hall });
    return tls;
  };
  const judged = async (count: number) => {
    await until(`${count} events at the centre`, () => (consumer?.events() ?? 0) >= count);
    await until('all confirmed', () => (gateway?.uplink.status().acked ?? 0) >= count);
    const verdict = consumer?.verdict({ events: gateway?.expected() ?? [] });
    expect(verdict?.ok, verdict && verdictText(verdict)).toBe(true);
  };
  const trouble = (code: string) => until(code, () => gateway?.uplink.status().error?.code === code);
  /** Certificates for 127.0.0.1, signed by an authority of their own. */
  const certificate = (name: string, days: number) => {
    const run = (...options: string[]) => execFileSync(openssl ?? '', options, { cwd: folder, stdio: 'ignore' });
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    run(
      'req',
      '-x509',
      ...key,
      '-keyout',
      `${name}-ca.key`,
      '-out',
      `${name}-ca.pem`,
      '-days',
      '30',
      '-subj',
      `/CN=${name} CA`,
    );
    run('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    writeFileSync(path(`${name}.ext`), 'subjectAltName=IP:127.0.0.1\n');
    const sign = ['x509', '-req', '-in', `${name}.csr`, '-CA', `${name}-ca.pem`, '-CAkey', `${name}-ca.key`];
    run(...sign, '-CAcreateserial', '-days', String(days), '-extfile', `${name}.ext`, '-out', `${name}.pem`);
  };
  const tlsLines = (name: string) => [`certfile ${path(`${name}.pem`)}`, `keyfile ${path(`${name}.key`)}`];

  it('drains a backlog in batches, and stays in order', async () => {
    await start();
    gateway = await startTestGateway({ url: `mqtt://127.0.0.1:${port}`, batch: { rowsMax: 100 } });
    await gateway.record(5_000);
    await judged(5_000);
    expect(consumer?.messages()).toBeLessThan(5_000);
  });

  it('says so when the broker refuses a state, which nobody would miss otherwise', async () => {
    writeFileSync(path('acl'), 'topic read hall/v1/#\n', { mode: 0o600 });
    await start([`acl_file ${path('acl')}`]);
    gateway = await startTestGateway({ url: `mqtt://127.0.0.1:${port}`, protocol: '5' });
    await until('the link is up', () => gateway?.uplink.status().link === 'up');
    gateway.retained.set('hall/v1/demo/evaluator/w1/state', '{"mode":"ready"}');
    await trouble('uplink.publish-forbidden');
    expect(gateway.uplink.status().error?.facts).toMatchObject({ reasonCode: 0x87 });
  });

  it('goes over TLS with an authority of its own and a client certificate', async () => {
    certificate('server', 30);
    certificate('client', 30);
    const tls = await start([], [...tlsLines('server'), `cafile ${path('client-ca.pem')}`, 'require_certificate true']);
    const files = { ca: path('server-ca.pem'), cert: path('client.pem'), key: path('client.key') };
    gateway = await startTestGateway({ url: `mqtts://127.0.0.1:${tls}`, tls: files });
    await gateway.record(200);
    await judged(200);
  });

  it('goes over a WebSocket', async () => {
    const websocket = await start([], ['protocol websockets']);
    gateway = await startTestGateway({ url: `ws://127.0.0.1:${websocket}` });
    await gateway.record(500);
    await judged(500);
  });

  it('refuses a broker whose certificate another authority signed, and says so', async () => {
    certificate('server', 30);
    certificate('other', 30);
    const tls = await start([], tlsLines('server'));
    gateway = await startTestGateway({ url: `mqtts://127.0.0.1:${tls}`, tls: { ca: path('other-ca.pem') } });
    await gateway.record(1);
    await trouble('uplink.certificate-untrusted');
    expect(gateway.uplink.status().error?.hint).toContain('uplink.tls.ca');
    expect(consumer?.events()).toBe(0);
  });

  it('refuses an expired certificate, and says so', async () => {
    certificate('server', -1);
    const tls = await start([], tlsLines('server'));
    gateway = await startTestGateway({ url: `mqtts://127.0.0.1:${tls}`, tls: { ca: path('server-ca.pem') } });
    await gateway.record(1);
    await trouble('uplink.certificate-expired');
    expect(consumer?.events()).toBe(0);
  });

  it('says when the broker refuses its own certificate, and when a file is missing', async () => {
    certificate('server', 30);
    const tls = await start([], [...tlsLines('server'), `cafile ${path('server-ca.pem')}`, 'require_certificate true']);
    gateway = await startTestGateway({ url: `mqtts://127.0.0.1:${tls}`, tls: { ca: path('server-ca.pem') } });
    await trouble('uplink.client-certificate-refused');
    await gateway.close();
    gateway = await startTestGateway({ url: `mqtts://127.0.0.1:${tls}`, tls: { ca: path('absent.pem') } });
    await trouble('uplink.tls-file-unreadable');
  });

  it('sees within one and a half keep-alives that the broker stands still, and goes on when it runs again', async () => {
    await start();
    gateway = await startTestGateway({ url: `mqtt://127.0.0.1:${port}`, keepAliveSeconds: 2 });
    await until('up', () => gateway?.uplink.status().link === 'up');
    const stoppedMs = performance.now();
    broker?.kill('SIGSTOP');
    await trouble('uplink.frozen');
    // Who needs two keep-alives is caught; a busy machine is not.
    expect(performance.now() - stoppedMs).toBeLessThan(3_900);
    await gateway.record(50);
    broker?.kill('SIGCONT');
    await judged(50);
  });

  it('parks what is over the limit of the broker, and the others pass', async () => {
    await start(['max_packet_size 2000']);
    gateway = await startTestGateway({ url: `mqtt://127.0.0.1:${port}`, parkAfterTries: 2 });
    const note = 'x'.repeat(3_000);
    await gateway.spool.append({
      drafts: Array.from({ length: 9 }, (_, n) => evaluation(n, n === 4 ? { note } : {})),
    });
    await until('nine in their places', () => consumer?.events() === 9);
    expect(consumer?.verdict()).toMatchObject({ ok: true, explained: 1 });
    expect(gateway.uplink.status().parked).toBe(1);
  });

  it('never has more under way than an MQTT 5 broker bears', async () => {
    await start(['max_inflight_messages 5']);
    gateway = await startTestGateway({ url: `mqtt://127.0.0.1:${port}`, protocol: '5', windowRows: 1_000 });
    let most = 0;
    const watching = setInterval(() => (most = Math.max(most, gateway?.uplink.status().inFlight ?? 0)), 1);
    await gateway.record(2_000);
    await judged(2_000);
    clearInterval(watching);
    expect(most).toBeLessThanOrEqual(5);
    expect(gateway.uplink.status().reconnects).toBe(0);
  });
});

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ port, host: '127.0.0.1' }, () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}
