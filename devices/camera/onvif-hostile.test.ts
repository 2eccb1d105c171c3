/**
 * Cameras that mean harm, or are broken beyond it: what they send costs the gateway a bounded wait and nothing else.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../gateway/kernel/clock.ts';
import { Secret } from '../../gateway/kernel/secret.ts';
import { requireTool } from '../../simulators/kit/tools.ts';
import { cameraForTest, runDriver } from './onvif-rig.fixture.ts';
import { cameraLink, placeOf, type CameraLink } from './onvif-link.ts';
import { publicUri } from './onvif-public-uri.ts';
import { onvifConfigSchema } from './onvif-settings.ts';
import { envelope } from './onvif-soap.ts';

const SECRET = 'sown-Pa55&word';
const MIB = 1_048_576;

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function badCamera(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<CameraLink> {
  const server = createServer(answer);
  onTestFinished(() => server.closeAllConnections());
  return linkTo({ port: await listening(server) });
}

function linkTo(settings: object): CameraLink {
  const stop = new AbortController();
  const account = { username: 'hall', password: new Secret(SECRET) };
  const config = onvifConfigSchema.parse({ host: '127.0.0.1', replyTimeoutMs: 800, ...account, ...settings });
  const link = cameraLink(config, systemClock(), stop.signal);
  onTestFinished(() => {
    stop.abort(new Error('the test is over'));
    link.close();
  });
  return link;
}

const ask = (link: CameraLink) => link.ask({ envelope: envelope('<GetTime/>'), to: '/onvif/device_service' });

describe('an answer of a camera', () => {
  it('of a gigabyte is cut off after a megabyte', async () => {
    let sent = 0;
    const link = await badCamera((_, response) => {
      const piece = Buffer.alloc(MIB, 'a');
      const more = () => {
        while (!response.destroyed && sent < 1_024 * MIB && response.write(piece)) sent += piece.length;
        response.once('drain', more);
      };
      more();
    });
    const before = process.memoryUsage.rss();
    await expect(ask(link)).rejects.toMatchObject({ code: 'camera.answer-broken' });
    expect(sent).toBeLessThan(64 * MIB);
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * MIB);
  });

  it('that comes one byte in a hundred milliseconds is given up at the deadline', async () => {
    const link = await badCamera((_, response) => {
      const timer = setInterval(() => response.write('a'), 100);
      response.on('close', () => clearInterval(timer));
    });
    const begun = performance.now();
    await expect(ask(link)).rejects.toMatchObject({ code: 'camera.no-answer' });
    expect(performance.now() - begun).toBeLessThan(3_000);
  });

  it.each([
    ['billion laughs', '<!DOCTYPE l [<!ENTITY a "ha">]><s:Envelope xmlns:s="x">&a;</s:Envelope>'],
    ['ten thousand levels', `${'<Envelope>'.repeat(10_000)}${'</Envelope>'.repeat(10_000)}`],
    ['half a document', '<s:Envelope xmlns:s="x"><s:Body><Get'],
    ['a page of a web server', '<html><body>Envelope not found</body></html>'],
  ])('with %s is refused', async (_, text) => {
    await expect(ask(await badCamera((_request, response) => response.end(text)))).rejects.toMatchObject({
      code: 'camera.answer-broken',
    });
  });

  it('with headers without end is refused', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write(`X-A: ${'b'.repeat(8_192)}\r\n`), 1);
      socket.on('close', () => clearInterval(timer));
    });
    await expect(ask(linkTo({ port: await listening(server) }))).rejects.toMatchObject({ code: 'camera.no-answer' });
  });

  it('that resets the connection after it was read ends no process', async () => {
    const link = await badCamera((request, response) => {
      response.end('<e:Envelope xmlns:e="x"><e:Body/></e:Envelope>', () => request.socket.resetAndDestroy());
    });
    for (let nth = 0; nth < 20; nth += 1) await ask(link).catch(() => undefined);
    await expect(
      ask(link).then(
        () => 'answered',
        (thrown: unknown) => thrown,
      ),
    ).resolves.toSatisfy((outcome) => outcome === 'answered' || outcome instanceof Error);
  });

  it('that asks for the password in clear gets none', async () => {
    const heard: string[] = [];
    const link = await badCamera((request, response) => {
      heard.push(JSON.stringify(request.headers));
      request.on('data', (piece: Buffer) => heard.push(piece.toString()));
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="camera"' }).end();
    });
    await expect(ask(link)).rejects.toMatchObject({ code: 'camera.not-authorised' });
    expect(heard.join()).not.toContain(SECRET);
    expect(heard.join()).not.toContain(Buffer.from(`hall:${SECRET}`).toString('base64'));
  });

  it('that takes each nonce once is asked several things at a time', async () => {
    const open = new Set<string>();
    let issued = 0;
    const link = await badCamera((request, response) => {
      const nonce = /nonce="(\d+)"/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      if (open.delete(nonce)) {
        response.end('<e:Envelope xmlns:e="x"><e:Body/></e:Envelope>');
        return;
      }
      issued += 1;
      open.add(String(issued));
      response.writeHead(401, { 'WWW-Authenticate': `Digest realm="c", nonce="${issued}", qop="auth"` }).end();
    });
    await ask(link);
    await expect(Promise.all([ask(link), ask(link), ask(link)])).resolves.toHaveLength(3);
  });

  it('that never stops saying 401 is not asked for ever', async () => {
    let asked = 0;
    const link = await badCamera((_, response) => {
      asked += 1;
      response.writeHead(401, { 'WWW-Authenticate': `Digest realm="c", nonce="${asked}", stale=true` }).end();
    });
    await expect(ask(link)).rejects.toMatchObject({ code: 'camera.not-authorised' });
    expect(asked).toBeLessThanOrEqual(3);
  });
});

describe.each(['huge', 'billion-laughs', 'deep', 'truncated', 'cut-off', 'web-page'] as const)(
  'a camera whose every answer is %s',
  (answer) => {
    it('is offline with a reason, and comes back when it is well', async () => {
      const simulated = await cameraForTest();
      simulated.quirks.answer = answer;
      const { seen, online } = runDriver(simulated);
      await seen.until('it is offline', () => seen.presence.state === 'offline');
      expect(seen.presence).toMatchObject({
        reason: { code: expect.stringMatching(/^camera\.(?:answer-broken|no-answer|answer-refused)$/) as string },
      });
      simulated.quirks.answer = 'honest';
      await online();
    });
  },
);

describe('an address that a camera gives', () => {
  it.each([
    ['http://169.254.169.254/latest/meta-data', { port: 80, path: '/latest/meta-data' }],
    ['http://10.0.0.1:81/snap.jpg?channel=1', { port: 80, path: '/snap.jpg?channel=1' }],
    ['http://camera:8899/onvif/events', { port: 8899, path: '/onvif/events' }],
    ['/onvif/media', { port: 80, path: '/onvif/media' }],
    ['http://admin:secret@camera/x', { port: 80, path: '/x' }],
  ])('%s leads to the camera of hall.yaml all the same', (uri, place) => {
    expect(placeOf(uri, 'camera', 80)).toEqual(place);
  });

  it.each(['file:///etc/passwd', 'gopher://camera/', 'nonsense', '//evil/x', ''])('"%s" is refused', (uri) => {
    expect(() => placeOf(uri, 'camera', 80)).toThrow(expect.objectContaining({ code: 'camera.answer-refused' }));
  });

  it.each([
    ['rtsp://admin:hush@10.0.0.9:554/Streaming/101?transport=tcp', 'rtsp://cam:554/Streaming/101?transport=tcp'],
    ['rtsp://10.0.0.9/live?user=admin&password=hush&channel=1', 'rtsp://cam/live?channel=1'],
    ['rtsp://10.0.0.9:554/user=admin_password=hush_channel=1.sdp', 'rtsp://cam:554/channel=1.sdp'],
    ['rtsp://10.0.0.9/live/hush/1', undefined],
    ['file:///etc/passwd', undefined],
    ['javascript:alert(1)', undefined],
  ])('%s is told as %s', (uri, told) => {
    expect(publicUri(uri, 'cam', ['hush'])).toBe(told);
  });
});

describe('a password', () => {
  it('is in nothing that a gateway says, writes or logs', async () => {
    const simulated = await cameraForTest({ user: 'sownuser', password: SECRET, auth: 'both' });
    const { seen, folder, online } = runDriver(simulated, { snapshots: { publish: true } });
    await online();
    simulated.tamper(true);
    await seen.command('snapshot', {});
    await expect(seen.command('goto-preset', { preset: 'none' })).rejects.toThrow();
    await seen.until('the alarm arrived', () => seen.store.occurrences.length >= 2);
    await simulated.pullCable();
    await seen.until('it is offline', () => seen.presence.state === 'offline');
    const { states, store, log, said, identity, presence } = seen;
    const everything = JSON.stringify({ states, store: store.occurrences, log, said, identity, presence, folder });
    for (const secret of [SECRET, encodeURIComponent(SECRET), 'sownuser', Buffer.from(SECRET).toString('base64')]) {
      expect(everything).not.toContain(secret);
    }
  });
});

const openssl = requireTool('openssl');
describe.skipIf(!openssl)('a camera on HTTPS', () => {
  function secureCamera() {
    const folder = mkdtempSync(join(tmpdir(), 'camera-tls-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync(openssl ?? '', ['req', '-x509', ...newKey, '-keyout', key, '-out', cert, '-days', '2', ...subject], {
      stdio: 'ignore',
    });
    const tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
    return { tls, certificate: cert, fingerprint: new X509Certificate(tls.cert).fingerprint256, folder };
  }

  it('is known by its fingerprint or by its certificate, and asked by onvif', async () => {
    const { tls, certificate, fingerprint } = secureCamera();
    for (const trust of [{ fingerprint }, { ca: certificate }, { insecure: 'a test without secrets' }]) {
      const { seen, online } = runDriver(await cameraForTest({ tls, auth: 'digest' }), { tls: trust });
      await online();
      await seen.command('snapshot', {});
      expect(seen.log.find(({ event }) => event === 'camera.online')?.facts['backend']).toBe('onvif');
    }
  });

  it('that hangs in the handshake holds no connection longer than the visit', async () => {
    let connections = 0;
    const server = createTcpServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined).on('close', () => (connections -= 1));
      socket.resume();
    });
    const port = await listening(server);
    const { seen, stop } = runDriver(
      { host: '127.0.0.1', port, body: { build: { user: 'hall', password: SECRET } } },
      { tls: { fingerprint: 'AB:'.repeat(31) + 'AB' }, replyTimeoutMs: 200 },
    );
    await seen.until('it is offline', () => seen.presence.state === 'offline');
    await stop();
    await seen.until('the connections are closed', () => connections === 0, 5_000);
  });

  it('gets not one byte when its certificate is another one', async () => {
    const { tls } = secureCamera();
    let bytes = 0;
    const server = createSecureServer(tls, (request) => request.on('data', (piece: Buffer) => (bytes += piece.length)));
    server.on('request', () => (bytes += 1));
    onTestFinished(() => server.closeAllConnections());
    const port = await listening(server);
    for (const wrong of [{ fingerprint: 'AB:'.repeat(31) + 'AB' }, {}]) {
      await expect(ask(linkTo({ port, tls: wrong }))).rejects.toMatchObject({ code: 'camera.certificate-refused' });
    }
    const other = secureCamera();
    await expect(ask(linkTo({ port, tls: { ca: other.certificate } }))).rejects.toMatchObject({
      code: 'camera.certificate-refused',
    });
    expect(bytes).toBe(0);
  });
});

it('a neighbour that only echoes is no camera, and said to be silent', async () => {
  const server = createTcpServer((socket) => socket.pipe(socket));
  const port = await listening(server);
  await expect(ask(linkTo({ port }))).rejects.toMatchObject({ code: 'camera.no-answer' });
});
