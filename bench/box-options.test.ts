import { expect, it } from 'vitest';
import { boxOptions, optionsIn } from './box-options.ts';

it('the gateway is measured with the options that the service unit gives to Node', async () => {
  expect(await boxOptions()).toContain('--optimize-for-size');
  expect(optionsIn('ExecStart=/usr/bin/node /opt/a.mjs run /etc/hall.yaml')).toEqual([]);
});

it('a unit that does not start Node is no unit to measure after', () => {
  expect(() => optionsIn('ExecStart=/usr/bin/hall-gateway run /etc/hall.yaml')).toThrow('does not start');
});
