import { expect, it } from 'vitest';
import { boxEnvironment, boxOptions, optionsIn, variablesIn } from './box-options.ts';

it('the gateway is measured with the options that the service unit gives to Node', () => {
  expect(boxOptions()).toContain('--optimize-for-size');
  expect(optionsIn('ExecStart=/usr/bin/node /opt/a.mjs run /etc/hall.yaml')).toEqual([]);
});

it('a unit that does not start Node is no unit to measure after', () => {
  expect(() => optionsIn('ExecStart=/usr/bin/hall-gateway run /etc/hall.yaml')).toThrow('does not start');
});

it('the variables that the unit sets are set for what is measured', () => {
  expect(boxEnvironment()['MALLOC_ARENA_MAX']).toBe('2');
  expect(variablesIn('EnvironmentFile=-/etc/x.env\nEnvironment=A=1\nEnvironment=B=two')).toEqual({ A: '1', B: 'two' });
});
