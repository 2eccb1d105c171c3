/**
 * What the centre has confirmed, and who waits until that is durable.
 */
import { deferred, type Deferred } from '../kernel/waiting.ts';
import type { Ledger } from './ledger.ts';

export interface Confirmations {
  readonly waiting: number;
  /** Highest sequence of this ledger's epoch that was confirmed. */
  wanted(ledger: Ledger): number;
  /** Resolves when the mark is durable. What is confirmed beyond the head of `ledger` means nothing and is cut off. */
  add(through: number, ledger: Ledger): Promise<void>;
  /** Answers those whose mark is durable, and those whose epoch is over. */
  settle(ledger: Ledger): void;
  refuse(error: Error): void;
}

export function confirmations(): Confirmations {
  let newest = { epoch: '', through: 0 };
  let waiting: { epoch: string; through: number; settled: Deferred<void> }[] = [];
  return {
    get waiting() {
      return waiting.length;
    },
    wanted: ({ epoch }) => (epoch === newest.epoch ? newest.through : 0),
    add(through, { epoch, head }) {
      const cut = Math.min(through, head);
      if (epoch !== newest.epoch || cut > newest.through) newest = { epoch, through: cut };
      const settled = deferred<void>();
      waiting.push({ epoch, through: cut, settled });
      return settled.promise;
    },
    settle(ledger) {
      const over = ({ epoch, through }: { epoch: string; through: number }) =>
        epoch !== ledger.epoch || through <= ledger.confirmed;
      for (const confirmation of waiting) if (over(confirmation)) confirmation.settled.resolve();
      waiting = waiting.filter((confirmation) => !over(confirmation));
    },
    refuse(error) {
      for (const { settled } of waiting.splice(0)) settled.reject(error);
    },
  };
}
