/** What the centre has is told to the spool once, in the right epoch, and never at the price of a gateway that cannot stop. */
import { expect, it } from 'vitest';
import type { SpoolStatus } from '../spool/port.ts';
import { confirmer } from './confirmer.ts';

function spoolThat(confirm: (through: number) => Promise<void>) {
  const status: Pick<SpoolStatus, 'confirmed'> = { confirmed: 0 };
  return { epoch: 'one', status: () => status as SpoolStatus, confirm };
}

it('lets the gateway stop while the disk refuses', { timeout: 3_000 }, async () => {
  const asked: number[] = [];
  const spool = spoolThat((through) => {
    asked.push(through);
    return new Promise<void>(() => undefined);
  });
  const confirming = confirmer(spool, () => undefined);
  confirming.confirm(7);
  confirming.confirm(8);
  await confirming.flush();
  expect(asked).toEqual([7]);
});

it('passes nothing on that was said of an epoch that is over', async () => {
  const asked: number[] = [];
  const spool = spoolThat((through) => Promise.resolve(void asked.push(through)));
  const confirming = confirmer(spool, () => undefined);
  confirming.confirm(7);
  spool.epoch = 'two';
  confirming.confirm(8);
  await confirming.flush();
  expect(asked).toEqual([7]);
});
