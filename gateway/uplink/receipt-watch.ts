/**
 * How far we may run ahead of the central system's receipts, and how long we wait for one. Without receipts
 * (`confirm: puback`) there is no bound and nothing is ever late.
 */
import type { UplinkSettings } from './uplink-settings.ts';

export interface ReceiptWatch {
  /** Rows that may be sent before the next receipt. */
  room(sentThrough: number, confirmed: number): number;
  /** Rows were sent. */
  sent(nowMs: number): void;
  receipted(nowMs: number): void;
  /** True when rows are acknowledged (`owing`) and the receipt for them is late. */
  overdue(nowMs: number, owing: boolean): boolean;
  /** Everything unconfirmed is being sent again: carefully now, and with more patience. */
  rewound(nowMs: number): void;
}

const PATIENCE_MAX = 16;

export function receiptWatch(
  settings: Pick<UplinkSettings, 'confirm' | 'receiptTimeoutMs' | 'receiptWindowRows' | 'windowRows'>,
  startMs: number,
): ReceiptWatch {
  if (settings.confirm === 'puback') {
    return {
      room: () => Number.MAX_SAFE_INTEGER,
      sent: () => undefined,
      receipted: () => undefined,
      overdue: () => false,
      rewound: () => undefined,
    };
  }
  let waitingSinceMs = startMs;
  let owed = false;
  let patience = 1;
  return {
    room(sentThrough, confirmed) {
      const ahead =
        patience === 1 ? settings.receiptWindowRows : Math.min(settings.windowRows, settings.receiptWindowRows);
      return ahead - (sentThrough - confirmed);
    },
    sent(nowMs) {
      if (!owed) waitingSinceMs = nowMs;
      owed = true;
    },
    receipted(nowMs) {
      waitingSinceMs = nowMs;
      owed = false;
      patience = 1;
    },
    overdue: (nowMs, owing) => owing && nowMs - waitingSinceMs > settings.receiptTimeoutMs * patience,
    rewound(nowMs) {
      waitingSinceMs = nowMs;
      patience = Math.min(PATIENCE_MAX, patience * 2);
    },
  };
}
