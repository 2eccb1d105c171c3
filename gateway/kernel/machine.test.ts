import { expect, test } from 'vitest';
import { runMachine, type Transition } from './machine.ts';

type Light = 'red' | 'green';
type Input = 'go' | 'stop';
const table: Transition<Light, Input, Light> = (_state, input) =>
  input === 'go' ? { state: 'green', effects: ['green'] } : { state: 'red', effects: ['red'] };

test('effects are done in order, and an input caused by an effect waits its turn', () => {
  const seen: string[] = [];
  const machine = runMachine<Light, Input, Light>('red', table, (effect) => {
    seen.push(`begin ${effect}`);
    if (effect === 'green') machine.send('stop');
    seen.push(`end ${effect}`);
  });
  machine.send('go');
  expect(seen).toEqual(['begin green', 'end green', 'begin red', 'end red']);
  expect(machine.state).toBe('red');
});

test('an effect that throws leaves the machine usable', () => {
  let broken = true;
  const machine = runMachine<Light, Input, Light>('red', table, () => {
    if (broken) throw new Error('lamp');
  });
  expect(() => machine.send('go')).toThrow('lamp');
  broken = false;
  machine.send('stop');
  expect(machine.state).toBe('red');
});
