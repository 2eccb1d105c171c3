/**
 * What must not happen to an alarm between the camera and the spool.
 */
import { expect, it } from 'vitest';
import { HallError } from '../../gateway/kernel/errors.ts';
import type { CameraLink, SoapAnswer } from './onvif-link.ts';
import { openPullPoint } from './onvif-pull-point.ts';
import { envelope } from './onvif-soap.ts';
import { descend, readXml } from './onvif-xml.ts';

const ALARM =
  '<NotificationMessage><Topic>tns1:RuleEngine/TamperDetector/Tamper</Topic><Message><Message PropertyOperation="Changed">' +
  '<Data><SimpleItem Name="IsTamper" Value="true"/></Data></Message></Message></NotificationMessage>';
/** Little is left of the subscription. */
const PULLED =
  '<PullMessagesResponse><CurrentTime>2026-06-01T00:00:00Z</CurrentTime>' +
  `<TerminationTime>2026-06-01T00:00:01Z</TerminationTime>${ALARM}</PullMessagesResponse>`;
const CREATED =
  '<CreatePullPointSubscriptionResponse><SubscriptionReference><Address>/sub/1</Address></SubscriptionReference>' +
  '</CreatePullPointSubscriptionResponse>';

function answer(body: string): SoapAnswer {
  const text = envelope(body);
  const read = descend(readXml(text), 'Body');
  if (!read) throw new Error('not reached: the envelope has a body');
  return { text, body: read };
}

/** A camera with an alarm to tell, that has no time for a renewal. */
const link: CameraLink = {
  name: 'camera',
  offsetMs: 0,
  ask({ action = '' }) {
    if (action.includes('CreatePullPoint')) return Promise.resolve(answer(CREATED));
    if (action.includes('PullMessages')) return Promise.resolve(answer(PULLED));
    return Promise.reject(new HallError('camera.no-answer'));
  },
  fetch: () => Promise.reject(new HallError('camera.not-supported')),
  close: () => undefined,
};

it('an alarm that was pulled is heard, although the subscription cannot be renewed after it', async () => {
  const point = await openPullPoint(link, '/events', 60_000);
  await expect(point.pull()).resolves.toMatchObject([{ signal: 'tamper', active: true }]);
  await expect(point.pull()).rejects.toMatchObject({ code: 'camera.no-answer' });
});
