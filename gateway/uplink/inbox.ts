/**
 * What the centre says: commands, taken in before they are acknowledged, and receipts.
 */
import { describeError, HallError, isHallError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { withDeadline } from '../kernel/waiting.ts';
import { readReceipt, type Receipt, type ReceiptContext } from './receipts.ts';
import type { Inbound } from './wire.ts';

/** A command must be on disk by then, well before a keep-alive passes. */
const COMMAND_TAKE_MS = 5_000;

export interface InboxOptions {
  receiptTopic: string;
  /** False with `confirm: puback`: receipts mean nothing then. */
  receiptsCount: boolean;
  receiptContext(): ReceiptContext;
  onReceipt(receipt: Receipt): void;
  onCommand(message: Inbound): Promise<void>;
  /** Reasons of refusal that were logged already; each is logged once. */
  refusedReasons: Set<unknown>;
  log: Log;
}

/** The wire's `onMessage`: rejects when the message must not be acknowledged. */
export function inbox(options: InboxOptions): (message: Inbound) => Promise<void> {
  const { log, refusedReasons } = options;

  const takeReceipt = (payload: Uint8Array) => {
    if (!options.receiptsCount) return;
    try {
      options.onReceipt(readReceipt(payload, options.receiptContext()));
    } catch (thrown) {
      const reason = isHallError(thrown) ? thrown.facts['reason'] : 'malformed';
      if (!refusedReasons.has(reason)) log.error('uplink.receipt-refused', thrown);
      refusedReasons.add(reason);
    }
  };
  const takeCommand = async (message: Inbound): Promise<void> => {
    const facts = { topic: message.topic };
    const late = () => new HallError('uplink.command-undelivered', { facts });
    try {
      await withDeadline(options.onCommand(message), COMMAND_TAKE_MS, late);
    } catch (thrown) {
      log.warn('uplink.command-undelivered', { ...facts, ...describeError(thrown) });
      throw thrown;
    }
  };
  return async (message) => {
    if (message.topic === options.receiptTopic) takeReceipt(message.payload);
    else await takeCommand(message);
  };
}
