// Who was called in first sits down first.
import { expect, it } from 'vitest';
import { waitingRoom } from './waiting-room.ts';

it('gives the seat of one who is on the way to nobody else', async () => {
  const room = waitingRoom<string>(1);
  room.enter('first');
  const turn = room.seat();
  room.take(() => false);
  await turn;
  await Promise.resolve();
  expect(room.seat()).toBeDefined();
  room.enter('second', true);
  expect(room.size).toBe(1);
});
