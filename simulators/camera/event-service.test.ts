import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { soap, type Reply } from './camera-client.fixture.ts';
import type { CameraOptions } from './camera-options.ts';
import { startCamera, type SimulatedCamera } from './camera.ts';
import { durationMs } from './event-service.ts';
import { expressionMatches } from './topics.ts';
import { childOf, textAt } from './xml-reading.ts';

let camera: SimulatedCamera;
afterEach(() => camera.close());

const EVENTS = '/onvif/event_service';

async function start(options: CameraOptions = {}): Promise<void> {
  camera = await startCamera({ auth: 'none', topics: ['VideoSource/MotionAlarm'], ...options });
}

const subscribe = (life = 'PT60S', filter = '') =>
  soap(camera, {
    path: EVENTS,
    body: `<tev:CreatePullPointSubscription>${filter}<tev:InitialTerminationTime>${life}</tev:InitialTerminationTime></tev:CreatePullPointSubscription>`,
  });
const addressOf = ({ body }: Reply) => new URL(textAt(body, 'SubscriptionReference', 'Address') ?? '').pathname;
const pull = (path: string, options: { timeout?: string; limit?: number; header?: string } = {}) =>
  soap(camera, {
    path,
    header: options.header ?? '',
    body: `<tev:PullMessages><tev:Timeout>${options.timeout ?? 'PT0S'}</tev:Timeout><tev:MessageLimit>${options.limit ?? 10}</tev:MessageLimit></tev:PullMessages>`,
  });
const renew = (path: string, life: string) =>
  soap(camera, { path, body: `<wsnt:Renew><wsnt:TerminationTime>${life}</wsnt:TerminationTime></wsnt:Renew>` });

/** `Changed true`, for each message pulled. */
function told({ body }: Reply): string[] {
  const messages = body?.children.filter(({ name }) => name === 'NotificationMessage') ?? [];
  return messages.map((each) => {
    const message = childOf(each, 'Message', 'Message');
    const value = childOf(message, 'Data', 'SimpleItem')?.attributes['Value'] ?? '';
    return `${message?.attributes['PropertyOperation'] ?? ''} ${value}`;
  });
}

const lifeMs = ({ body }: Reply) =>
  Date.parse(textAt(body, 'TerminationTime') ?? '') - Date.parse(textAt(body, 'CurrentTime') ?? '');
const UNKNOWN = { status: 400, fault: { code: 'wsrf-rw:ResourceUnknownFault' } };

describe('a pull point', () => {
  it('tells first how everything is, then what changes, each once', async () => {
    await start();
    camera.motion(true);
    const path = addressOf(await subscribe());
    expect(told(await pull(path))).toEqual(['Initialized true']);
    expect([camera.motion(true), camera.motion(false), camera.motion(true)]).toEqual([false, true, true]);
    expect(told(await pull(path))).toEqual(['Changed false', 'Changed true']);
    expect(told(await pull(path))).toEqual([]);
    await soap(camera, { path, body: '<tev:SetSynchronizationPoint/>' });
    expect(told(await pull(path))).toEqual(['Initialized true']);
  });

  it('holds a pull back until something happens, or its time is over', async () => {
    await start();
    const path = addressOf(await subscribe());
    await pull(path);
    const waiting = pull(path, { timeout: 'PT30S' });
    await until('the pull waits', () => camera.asked('PullMessages') === 1);
    camera.motion(true);
    expect(told(await waiting)).toEqual(['Changed true']);
    expect(told(await pull(path, { timeout: 'PT0.05S' }))).toEqual([]);
  });

  it('gives no more messages than were asked for, and keeps the others', async () => {
    await start();
    const path = addressOf(await subscribe());
    await pull(path);
    for (const on of [true, false, true]) camera.motion(on);
    expect(told(await pull(path, { limit: 2 }))).toEqual(['Changed true', 'Changed false']);
    expect(told(await pull(path, { limit: 2 }))).toEqual(['Changed true']);
  });

  it('ends at its time unless it is renewed or pulled', async () => {
    await start();
    const path = addressOf(await subscribe('PT0.05S'));
    await until('it is over', () => camera.subscribed() === 0);
    expect(await pull(path)).toMatchObject(UNKNOWN);
    const next = addressOf(await subscribe('PT10S'));
    expect(lifeMs(await renew(next, 'PT1H'))).toBeGreaterThan(3_590_000);
    camera.drift(-3_600_000);
    const momentOfCamera = new Date(camera.body.clock.time() + 1_800_000).toISOString();
    expect(lifeMs(await renew(next, momentOfCamera))).toBeGreaterThan(1_790_000);
    expect(await renew(next, 'soon')).toMatchObject({ status: 400 });
  });

  it('is prolonged by a pull, unless the camera wants it renewed', async () => {
    await start();
    const path = addressOf(await subscribe('PT5S'));
    camera.quirks.pullExtends = false;
    expect(lifeMs(await pull(path))).toBeLessThanOrEqual(5_000);
    camera.quirks.pullExtends = true;
    expect(lifeMs(await pull(path))).toBeGreaterThan(50_000);
  });

  it('is one of few: another is refused until one has ended', async () => {
    await start({ subscriptionsMax: 2 });
    const path = addressOf(await subscribe());
    await subscribe();
    expect(await subscribe()).toMatchObject({ status: 500, fault: { code: 'wsnt:SubscribeCreationFailedFault' } });
    await soap(camera, { path, body: '<wsnt:Unsubscribe/>' });
    expect((await subscribe()).status).toBe(200);
    expect(await pull(path)).toMatchObject(UNKNOWN);
  });

  it('is known by its reference parameters, all of which must come back', async () => {
    await start({ subscriptionForm: 'vendor-parameters' });
    const reply = await subscribe();
    const parameters = childOf(reply.body, 'SubscriptionReference', 'ReferenceParameters')?.children ?? [];
    const [pullNumber, realm] = parameters.map((each) => each.children[0]?.text ?? each.text);
    const path = addressOf(reply);
    const first = `<v:Pull xmlns:v="urn:example:camera:subscription"><v:Number>${pullNumber ?? ''}</v:Number></v:Pull>`;
    const second = `<x:Realm xmlns:x="urn:example:camera:subscription">${(realm ?? '').replace('&', '&amp;')}</x:Realm>`;
    expect(await pull(path, { header: first })).toMatchObject(UNKNOWN);
    expect((await pull(path, { header: first + second })).status).toBe(200);
  });

  it('of a strict camera wants to be told the action and the address', async () => {
    await start({ strictAddressing: true });
    const reply = await subscribe();
    const path = addressOf(reply);
    expect(await pull(path)).toMatchObject({ status: 400, fault: { code: 'wsa5:MessageAddressingHeaderRequired' } });
    const action = 'http://www.onvif.org/ver10/events/wsdl/PullPointSubscription/PullMessages';
    const to = textAt(reply.body, 'SubscriptionReference', 'Address') ?? '';
    const header = `<wsa5:Action>${action}Request</wsa5:Action><wsa5:To>${to}</wsa5:To><wsa5:MessageID>urn:1</wsa5:MessageID>`;
    const answer = await pull(path, { header });
    expect([textAt(answer.header, 'RelatesTo'), textAt(answer.header, 'Action')]).toEqual([
      'urn:1',
      `${action}Response`,
    ]);
  });

  it('may be asked for some topics only', async () => {
    await start({
      topics: ['VideoSource/MotionAlarm', 'RuleEngine/CellMotionDetector/Motion', 'Device/Trigger/DigitalInput'],
    });
    const filter =
      '<tev:Filter><wsnt:TopicExpression>tns1:RuleEngine//.|tns1:Device/Trigger/DigitalInput</wsnt:TopicExpression></tev:Filter>';
    const path = addressOf(await subscribe('PT60S', filter));
    expect(told(await pull(path))).toEqual(['Initialized false', 'Initialized false']);
    camera.motion(true);
    expect(told(await pull(path))).toEqual(['Changed true']);
    expect(expressionMatches('t:Video//.', 'VideoSource/MotionAlarm')).toBe(false);
  });
});

describe('a camera that misbehaves', () => {
  it('forgets its subscriptions without a word', async () => {
    await start();
    const path = addressOf(await subscribe());
    camera.dropSubscriptions();
    expect(await pull(path)).toMatchObject(UNKNOWN);
  });

  it('answers a pull at once with nothing, however long it may wait', async () => {
    await start();
    const path = addressOf(await subscribe());
    await pull(path);
    camera.quirks.pullAnswersAtOnce = true;
    expect(told(await pull(path, { timeout: 'PT60S' }))).toEqual([]);
  });

  it('tells everything twice', async () => {
    await start();
    const path = addressOf(await subscribe());
    await pull(path);
    camera.quirks.repeatEvents = true;
    camera.motion(true);
    expect(told(await pull(path))).toEqual(['Changed true', 'Changed true']);
    expect(camera.truth).toHaveLength(1);
  });

  it('storms: a thousand events a second', async () => {
    await start();
    await camera.storm(1_000, 0.2);
    expect(camera.truth.filter(({ what }) => what === 'motion')).toHaveLength(200);
  });

  it('has no events at all', async () => {
    await start({ events: false });
    expect(await subscribe()).toMatchObject({ status: 500, fault: { code: 'ter:ActionNotSupported' } });
  });
});

describe('every topic', () => {
  it('is told by the hand that causes it', async () => {
    await start({
      topics: [
        'VideoSource/GlobalSceneChange/AnalyticsService',
        'RuleEngine/TamperDetector/Tamper',
        'VideoSource/SignalLoss',
        'VideoSource/ConnectionFailed',
        'Device/Trigger/DigitalInput',
        'Device/Trigger/Relay',
        'Monitoring/ProcessorUsage',
      ],
    });
    const path = addressOf(await subscribe());
    await pull(path);
    camera.tamper(true);
    camera.videoLoss(true);
    camera.digitalInput(true);
    camera.relay(true);
    camera.processorUsage(93);
    const { body } = await pull(path);
    const topics = body?.children.map((each) => textAt(each, 'Topic')).filter((topic) => topic !== undefined);
    expect(topics).toEqual([
      'tns1:VideoSource/GlobalSceneChange/AnalyticsService',
      'tns1:RuleEngine/TamperDetector/Tamper',
      'tns1:VideoSource/SignalLoss',
      'tns1:VideoSource/ConnectionFailed',
      'tns1:Device/Trigger/DigitalInput',
      'tns1:Device/Trigger/Relay',
      'tns1:Monitoring/ProcessorUsage',
    ]);
    expect(camera.truth.map(({ what }) => what)).toEqual([
      'tamper',
      'video-loss',
      'digital-input',
      'relay',
      'processor-usage',
    ]);
  });

  it('stands in the set of topics', async () => {
    await start();
    const { body } = await soap(camera, { path: EVENTS, body: '<tev:GetEventProperties/>' });
    expect(
      childOf(body, 'TopicSet', 'VideoSource', 'MotionAlarm', 'MessageDescription')?.attributes['IsProperty'],
    ).toBe('true');
  });
});

it('durations are read as XML Schema writes them', () => {
  const read = ['PT60S', 'PT1M30.5S', 'P1DT2H', 'PT', 'P', '60', 'PT-1S'].map(durationMs);
  expect(read).toEqual([60_000, 90_500, 93_600_000, undefined, undefined, undefined, undefined]);
});
