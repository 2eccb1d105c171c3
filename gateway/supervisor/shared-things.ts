/**
 * What several devices hang on (a bus, a server): opened by the first, closed after the last.
 */
import type { Shared } from '../kernel/driver.ts';
import type { Log } from '../kernel/log.ts';
import { HallError } from '../kernel/errors.ts';
import { withDeadline } from '../kernel/waiting.ts';

export interface SharedThings {
  /** The thing under `key`, opened if nobody has it; what `open` throws reaches this borrower only. */
  borrow<T extends Shared>(key: string, borrower: object, open: () => T): T;
  /** Gives back all that `borrower` has; resolves when what nobody needs any more is closed or given up. */
  giveBack(borrower: object): Promise<void>;
}

interface Loan {
  thing: Shared;
  borrowers: Set<object>;
}

export function sharedThings(closeDeadlineMs: number, log: Log): SharedThings {
  const loans = new Map<string, Loan>();
  const close = async (key: string, thing: Shared) => {
    try {
      await withDeadline(thing.close(), closeDeadlineMs, () => stuck(key, closeDeadlineMs));
    } catch (thrown) {
      log.error('shared.close-failed', thrown, { key });
    }
  };
  return {
    borrow<T extends Shared>(key: string, borrower: object, open: () => T): T {
      const loan = loans.get(key) ?? { thing: open(), borrowers: new Set() };
      loans.set(key, loan);
      loan.borrowers.add(borrower);
      // The key stands for the type: whoever borrows under one key opens the same thing.
      return loan.thing as T;
    },
    async giveBack(borrower) {
      const closing: Promise<void>[] = [];
      for (const [key, loan] of loans) {
        if (!loan.borrowers.delete(borrower) || loan.borrowers.size > 0) continue;
        loans.delete(key);
        closing.push(close(key, loan.thing));
      }
      await Promise.all(closing);
    },
  };
}

function stuck(key: string, deadlineMs: number): HallError {
  return new HallError('line.stuck', { message: `"${key}" did not close within ${deadlineMs} ms.`, facts: { key } });
}
