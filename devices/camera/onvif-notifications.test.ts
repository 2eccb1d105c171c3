import { describe, expect, it } from 'vitest';
import frames from './frames.json' with { type: 'json' };
import { readNotification } from './onvif-notifications.ts';
import { readXml } from './onvif-xml.ts';

describe('a notification of a camera', () => {
  it.each(frames.notifications)('is understood: $name', ({ xml, meaning }) => {
    expect(readNotification(readXml(xml)) ?? null).toEqual(meaning);
  });

  const changed = (topic: string, items: string) =>
    readNotification(
      readXml(
        `<N><Topic>${topic}</Topic><Message><Message PropertyOperation="Changed"><Data>${items}</Data></Message></Message></N>`,
      ),
    );

  it.each([
    ['tns1:VideoSource/SignalLoss', 'video-loss'],
    ['tns1:VideoSource/ConnectionFailed', 'video-loss'],
    ['tns1:VideoSource/tnshik:VideoLoss', 'video-loss'],
    ['tns1:RuleEngine/TamperDetector/Tamper', 'tamper'],
    ['tns1:RuleEngine/MotionRegionDetector/Motion', 'motion'],
  ])('with the topic %s is %s', (topic, signal) => {
    expect(changed(topic, '<SimpleItem Name="Whatever" Value="true"/>')).toMatchObject({ signal, active: true });
  });

  it('is an alarm all the same when its time is none, or its topic has no end', () => {
    const endless = `tns1:RuleEngine/TamperDetector/${'a'.repeat(100_000)}`;
    const notification = readNotification(
      readXml(
        `<N><Topic>${endless}</Topic><Message><Message UtcTime="-000001-01-01T00:00:00Z" PropertyOperation="Changed"><Data>` +
          '<SimpleItem Name="IsTamper" Value="true"/></Data></Message></Message></N>',
      ),
    );
    expect(notification).toMatchObject({ signal: 'tamper', active: true, deviceTimeMs: undefined });
    expect(notification?.topic.length).toBeLessThan(1_000);
  });

  it('says nothing when its state cannot be told', () => {
    expect(changed('tns1:VideoSource/MotionAlarm', '<SimpleItem Name="State" Value="maybe"/>')).toBeUndefined();
    const two = '<SimpleItem Name="A" Value="true"/><SimpleItem Name="B" Value="false"/>';
    expect(changed('tns1:VideoSource/MotionAlarm', two)).toBeUndefined();
  });
});
