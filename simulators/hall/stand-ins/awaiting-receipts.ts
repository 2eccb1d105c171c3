/**
 * What a device that speaks MQTT has said, until the gateway says what became of it: a message that is recorded (or was
 * before: the device had said it twice) is a happening, in the order in which the messages were said; a refused one is none.
 * What the device keeps while its network is away happens when it gets through. Nothing runs while nothing is awaited.
 */
import type { Receipt } from '../../kit/mqtt-link.ts';
import { until } from '../../kit/until.ts';
import type { Happening } from '../stand-in.ts';

/** What became of a message: `kept` by the device, which says it when it can. */
export type Reception = { outcome: 'recorded' } | { outcome: 'refused'; why: string } | { outcome: 'kept' };

export interface AwaitingReceipts {
  /** The device has posted the message; it counts as this happening once it is recorded. */
  expect(id: string, happening: Happening): void;
  /** Resolves with what became of the message, or with `kept` after a while. */
  reception(id: string): Promise<Reception>;
  close(): void;
}

export interface AwaitingReceiptsOptions {
  receiptOf: (id: string) => Receipt | undefined;
  onHappening: (happening: Happening) => void;
}

const LOOK_MS = 50;
/** A person waits no longer for the screen to say thank you. */
const PATIENCE_MS = 5_000;
/** As many as the device itself keeps. */
const AWAITED_MAX = 1_000;

export function awaitingReceipts({ receiptOf, onHappening }: AwaitingReceiptsOptions): AwaitingReceipts {
  const awaited: { id: string; happening: Happening }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    for (let head = awaited[0]; head; head = awaited[0]) {
      const receipt = receiptOf(head.id);
      if (!receipt) return;
      awaited.shift();
      if (receipt.result !== 'refused') onHappening(head.happening);
    }
    clearInterval(timer);
    timer = undefined;
  };
  return {
    expect(id, happening) {
      if (awaited.length >= AWAITED_MAX) throw new Error(`${happening.device} keeps no more messages / 设备缓存已满`);
      awaited.push({ id, happening });
      timer ??= setInterval(look, LOOK_MS);
    },
    async reception(id) {
      const settled = () => !awaited.some((each) => each.id === id);
      await until(`the gateway answers ${id}`, settled, PATIENCE_MS).catch(() => undefined);
      if (!settled()) return { outcome: 'kept' };
      const receipt = receiptOf(id);
      const why = receipt?.text ? `${receipt.text.en} / ${receipt.text.zh}` : String(receipt?.code);
      return receipt?.result === 'refused' ? { outcome: 'refused', why } : { outcome: 'recorded' };
    },
    close: () => clearInterval(timer),
  };
}
