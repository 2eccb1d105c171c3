/**
 * The judge's receipts: what is whole is said once, and what is missing is asked for (docs/contract.md, "Receipts").
 */
import type { Ledger } from './ledger.ts';

export interface ReceiptGiver {
  /** Says what has changed since the last call, and asks where a hole stays open. */
  giveAll(): void;
  /** A retained `status` came, so this is a fresh subscription: whatever was published before it is lost to us. */
  subscribedAgain(gateway: string, epoch: string): void;
}

export interface ReceiptGiverOptions {
  ledgers: ReadonlyMap<string, Ledger>;
  /** False for a judge who takes what comes. */
  asks: boolean;
  /** False for a judge who may join late: what went before him is nobody's hole. */
  fromTheFirst: boolean;
  connected: () => boolean;
  publish: (gateway: string, receipt: { epoch: string; through: number; resend?: true }) => void;
}

interface Given {
  saying: string;
  through: number;
  askedMs: number;
}

const NOTHING_GIVEN: Given = { saying: '', through: -1, askedMs: -Infinity };

/** A hole that is still there after so long is asked for again. */
const ASK_EVERY_MS = 1_000;

export function receiptGiver({ ledgers, asks, fromTheFirst, connected, publish }: ReceiptGiverOptions): ReceiptGiver {
  const given = new Map<string, Given>();

  const give = (gateway: string, book: Ledger) => {
    const receipt = book.receipt();
    if (!receipt || !connected()) return;
    const last = given.get(gateway) ?? NOTHING_GIVEN;
    const { hole, ...covered } = receipt;
    const nowMs = performance.now();
    const stuck = asks && hole && last.through === covered.through && nowMs - last.askedMs > ASK_EVERY_MS;
    const saying = JSON.stringify([covered, book.counts().repeats]);
    if (last.saying === saying && !stuck) return;
    given.set(gateway, { saying, through: covered.through, askedMs: stuck ? nowMs : last.askedMs });
    publish(gateway, stuck ? { ...covered, resend: true } : covered);
  };

  return {
    giveAll() {
      for (const [gateway, book] of ledgers) give(gateway, book);
    },
    subscribedAgain(gateway, epoch) {
      const receipt = ledgers.get(gateway)?.receipt();
      if (!receipt && !fromTheFirst) return;
      if (receipt && receipt.epoch !== epoch) return;
      publish(gateway, { epoch, through: receipt?.through ?? 0, resend: true });
    },
  };
}
