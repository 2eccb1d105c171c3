// The second listener, with TLS.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, describe, expect, it } from 'vitest';
import { requireTool } from '../../simulators/kit/tools.ts';
import { HOST, start } from './testing-broker.ts';

const openssl = requireTool('openssl');
const folder = mkdtempSync(join(tmpdir(), 'broker-tls-'));
const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!openssl)('a broker with a certificate', () => {
  it('serves MQTT over TLS beside the plain listener', async () => {
    const self = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
    execFileSync(openssl!, [...self, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const heard: string[] = [];
    const { broker } = await start({
      tls: { listen: { host: HOST, port: 0 }, cert, key },
      onDeviceMessage: (_device, rest) => Promise.resolve(void heard.push(rest)),
    });
    const client = await mqtt.connectAsync(`mqtts://${HOST}:${broker.tlsPort}`, {
      clientId: 'box-1',
      username: 'box-1',
      password: 'box-password',
      rejectUnauthorized: false,
    });
    await client.publishAsync('device/box-1/up', 'x', { qos: 1 });
    expect(heard).toEqual(['up']);
    await client.endAsync();
  });

  it('a certificate that is not there is said with its path', async () => {
    const missing = join(folder, 'missing.pem');
    const starting = start({ tls: { listen: { host: HOST, port: 0 }, cert: missing, key: missing } });
    await expect(starting).rejects.toMatchObject({ code: 'broker.certificate-unusable', facts: { cert: missing } });
  });
});
