import { expect, test } from 'vitest';
import { retainedMessages } from './retained.ts';

test('the newest truth replaces the older one, and the same truth is told once', () => {
  const board = retainedMessages();
  const heard: string[] = [];
  const stop = board.onChange((topic, payload) => heard.push(`${topic}=${payload}`));
  board.set('a', '1');
  board.set('a', '1');
  board.set('a', '2');
  stop();
  board.set('a', '3');
  expect(heard).toEqual(['a=1', 'a=2']);
  expect([...board.entries()]).toEqual([['a', '3']]);
});
