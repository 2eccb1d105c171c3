import { expect, test } from 'vitest';
import { commandTopic, eventTopic, parseCommandTopic, sourceOf, topicMatches } from './topics.ts';

test('a command topic is read back into its parts', () => {
  expect(parseCommandTopic(commandTopic('nanshan', 'evaluator', 'e-1', 'beep'))).toEqual({
    hall: 'nanshan',
    kind: 'evaluator',
    device: 'e-1',
    name: 'beep',
  });
});

test.each([
  'hall/v1/x/evaluator/e-1/command',
  'hall/v1/x/evaluator/e-1/event/beep',
  'hall/v1//k/d/command/n',
  'a/v1/h/k/d/command/n',
])('%s is no command topic', (topic) => expect(parseCommandTopic(topic)).toBeUndefined());

test('events and sources are spelled as the contract says', () => {
  expect(eventTopic('nanshan', 'evaluator', 'e-1', 'hall.evaluation.submitted.v1')).toBe(
    'hall/v1/nanshan/evaluator/e-1/event/hall.evaluation.submitted.v1',
  );
  expect(sourceOf({ hall: 'nanshan', gateway: 'gw-1' }, 'evaluator', 'e-1')).toBe(
    '/halls/nanshan/gateways/gw-1/evaluator/e-1',
  );
});

test.each([
  ['a/#', 'a', true],
  ['a/#', 'a/b/c', true],
  ['+/b', 'a/b', true],
  ['+', '/a', false],
  ['a/+', 'a/', true],
  ['a/+', 'a', false],
  ['#', '$SYS/x', false],
  ['+/x', '$SYS/x', false],
  ['$SYS/#', '$SYS/x', true],
  ['a/b', 'a/b/c', false],
])('filter %s and topic %s: %s (MQTT 3.1.1 section 4.7)', (filter, topic, expected) => {
  expect(topicMatches(filter, topic)).toBe(expected);
});
