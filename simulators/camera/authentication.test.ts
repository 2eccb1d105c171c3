import { describe, expect, it, onTestFinished } from 'vitest';
import { send, soap, token, type Reply } from './camera-client.fixture.ts';
import type { CameraOptions } from './camera-options.ts';
import { startCamera, type SimulatedCamera } from './camera.ts';
import { digestFields, digestResponse, type DigestAlgorithm } from './digest.ts';
import { DEVICE_PATH } from './device-service.ts';
import { passwordDigest } from './soap-auth.ts';

let camera: SimulatedCamera;

async function start(options: CameraOptions): Promise<void> {
  const started = await startCamera(options);
  onTestFinished(() => started.close());
  camera = started;
}

const QUESTION = { path: DEVICE_PATH, body: '<tds:GetDeviceInformation/>' };
const PICTURE = '/onvif-http/snapshot?Profile_1';
const account = () => camera.body.build;
const withToken = (header: string) => soap(camera, { ...QUESTION, header });

describe('a UsernameToken', () => {
  it('is the digest that the specification says', () => {
    const nonce = Buffer.from('AAECAwQFBgcICQoLDA0ODw==', 'base64');
    expect(passwordDigest(nonce, '2026-01-01T00:00:00Z', 'admin')).toBe('35372Ck6Z2rXk5X2F0BGFGLFSOI=');
  });

  it('is accepted once, and refused when somebody plays it again', async () => {
    await start({ auth: 'usernametoken' });
    const header = token(account(), Date.now());
    expect((await withToken(header)).status).toBe(200);
    expect(await withToken(header)).toMatchObject({ status: 400, fault: { code: 'ter:NotAuthorized' } });
  });

  it.each([400, 401, 500] as const)(
    'is refused with status %d when the password is wrong or nothing was sent',
    async (refusalStatus) => {
      await start({ auth: 'usernametoken', refusalStatus });
      const refused = { status: refusalStatus, fault: { code: 'ter:NotAuthorized', reason: 'Sender not Authorized' } };
      expect(await withToken(token({ ...account(), password: 'wrong' }, Date.now()))).toMatchObject(refused);
      expect(await withToken('')).toMatchObject(refused);
      expect(camera.asked('GetDeviceInformation', refusalStatus)).toBe(2);
    },
  );

  it('has to be made within five minutes of the time that the camera believes it is', async () => {
    await start({ auth: 'usernametoken' });
    camera.drift(6 * 60_000);
    expect((await withToken(token(account(), Date.now()))).status).toBe(400);
    expect((await withToken(token(account(), Date.now() + 6 * 60_000))).status).toBe(200);
  });

  it('is not needed to ask for the time', async () => {
    await start({ auth: 'usernametoken' });
    camera.drift(-86_400_000);
    const { status, body } = await soap(camera, { path: DEVICE_PATH, body: '<tds:GetSystemDateAndTime/>' });
    expect([status, body?.name]).toEqual([200, 'GetSystemDateAndTimeResponse']);
  });

  it('is not looked at by a camera that wants HTTP digest', async () => {
    await start({ auth: 'digest' });
    expect((await withToken(token(account(), Date.now()))).status).toBe(401);
  });

  it('or HTTP digest is enough for a camera that takes both', async () => {
    await start({ auth: 'both' });
    expect((await withToken(token(account(), Date.now()))).status).toBe(200);
    expect((await signedIn()).status).toBe(200);
    expect((await withToken(token({ ...account(), password: 'wrong' }, Date.now()))).status).toBe(400);
  });
});

/** Every WWW-Authenticate line of an answer. */
function challengesOf({ rawHeaders }: Reply): string[] {
  return rawHeaders.filter((_, index) => rawHeaders[index - 1] === 'WWW-Authenticate');
}

function authorization(challenge: string, counter: number, password = account().password): string {
  const { realm = '', nonce = '', qop, algorithm } = digestFields(challenge) ?? {};
  const own = {
    username: account().user,
    realm,
    nonce,
    uri: DEVICE_PATH,
    ...(algorithm !== undefined && { algorithm }),
    ...(qop !== undefined && { qop, nc: counter.toString(16).padStart(8, '0'), cnonce: 'abc' }),
  };
  const kind = (algorithm ?? 'MD5') as DigestAlgorithm;
  const response = digestResponse(own, kind, password, { method: 'POST', uri: DEVICE_PATH });
  return `Digest ${Object.entries({ ...own, response })
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`;
}

const withDigest = (value: string) => soap(camera, { ...QUESTION, headers: { Authorization: value } });

async function signedIn(counter = 1): Promise<Reply> {
  const [challenge = ''] = challengesOf(await soap(camera, QUESTION));
  return withDigest(authorization(challenge, counter));
}

describe('HTTP digest', () => {
  it.each([
    ['standard', [/^Digest realm="IP Camera", nonce="\w+", qop="auth", algorithm=MD5$/, /algorithm=SHA-256$/]],
    [
      'hikvision',
      [/^Digest qop="auth", realm="[^"]+", nonce="\w+", stale="FALSE"$/, /algorithm="SHA-256", stale="FALSE"$/],
    ],
    ['rfc2069', [/^Digest realm="[^"]+", nonce="\w+"$/, /algorithm=SHA-256$/]],
    ['padded-nonce', [/nonce="[\w+/]+=="/, /algorithm=SHA-256$/]],
  ] as const)(
    'asks in its %s form, MD5 first and SHA-256 second, and takes an answer to either',
    async (dialect, forms) => {
      await start({ auth: 'digest', digest: { dialect, algorithms: ['MD5', 'SHA-256'] } });
      const challenges = challengesOf(await soap(camera, QUESTION));
      expect(challenges).toEqual(forms.map((form) => expect.stringMatching(form) as string));
      for (const challenge of challenges) expect((await withDigest(authorization(challenge, 1))).status).toBe(200);
      for (const challenge of challenges)
        expect((await withDigest(authorization(challenge, 2, 'wrong'))).status).toBe(401);
    },
  );

  it('takes each counter of a nonce once', async () => {
    await start({ auth: 'digest' });
    const [challenge = ''] = challengesOf(await soap(camera, QUESTION));
    const statuses = [];
    for (const counter of [1, 2, 2, 1, 3]) statuses.push((await withDigest(authorization(challenge, counter))).status);
    expect(statuses).toEqual([200, 200, 401, 401, 200]);
  });

  it('says that a nonce is stale when it was used often enough, so that nobody is asked for another password', async () => {
    await start({ auth: 'digest', digest: { nonceUsesMax: 1 } });
    const [challenge = ''] = challengesOf(await soap(camera, QUESTION));
    expect((await withDigest(authorization(challenge, 1))).status).toBe(200);
    const [renewed = ''] = challengesOf(await withDigest(authorization(challenge, 2)));
    expect(renewed).toMatch(/, stale=true$/);
    expect((await withDigest(authorization(renewed, 1))).status).toBe(200);
    camera.expireNonces();
    expect(challengesOf(await withDigest(authorization(renewed, 2)))).toEqual([expect.stringMatching(/stale=true$/)]);
  });

  it('guards the picture of every camera but an open one', async () => {
    await start({ auth: 'usernametoken' });
    expect((await send(camera, { method: 'GET', path: PICTURE, headers: {} })).status).toBe(401);
    await start({ auth: 'none' });
    expect((await send(camera, { method: 'GET', path: PICTURE, headers: {} })).status).toBe(200);
  });
});
