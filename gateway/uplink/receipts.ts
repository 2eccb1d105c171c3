/**
 * Receipts of the central system: `{"epoch":"01J...","through":1234}` says that every event up to this sequence is safe
 * there. A receipt that cannot be right is refused: believing it would let events go that nobody has.
 */
import { HallError } from '../kernel/errors.ts';
import { receiptSchema } from '../kernel/gateway-messages.ts';
import { parseJson } from '../kernel/json.ts';

export interface ReceiptContext {
  epoch: string;
  /** Highest sequence this gateway has handed to the wire since it started. */
  sentThrough: number;
  /** Highest sequence that a receipt covered before. */
  confirmed: number;
}

const PAYLOAD_BYTES_MAX = 4_096;

export interface Receipt {
  /** Every event up to this sequence is safe there. */
  through: number;
  /** The centre asks for what follows, again and now. */
  resend: boolean;
}

/**
 * What a receipt says.
 *
 * @throws HallError `uplink.receipt-invalid`, with `facts.reason`: malformed, wrong-epoch, beyond-sent or backwards.
 */
export function readReceipt(payload: Uint8Array, context: ReceiptContext): Receipt {
  const { epoch, through, resend = false } = parseReceipt(payload);
  if (epoch !== context.epoch) throw invalid('wrong-epoch', `it names epoch ${epoch}, ours is ${context.epoch}`);
  if (through > context.sentThrough) {
    throw invalid('beyond-sent', `it covers ${through}, but only ${context.sentThrough} was sent`);
  }
  if (through < context.confirmed) throw invalid('backwards', `it covers ${through} after ${context.confirmed}`);
  return { through, resend };
}

function parseReceipt(payload: Uint8Array): ReturnType<typeof receiptSchema.parse> {
  if (payload.byteLength > PAYLOAD_BYTES_MAX) throw invalid('malformed', `it has ${payload.byteLength} bytes`);
  try {
    return receiptSchema.parse(parseJson(Buffer.from(payload).toString('utf8')));
  } catch (cause) {
    throw invalid('malformed', 'it is not {"epoch": text, "through": whole number}', cause);
  }
}

function invalid(reason: string, why: string, cause?: unknown): HallError {
  return new HallError('uplink.receipt-invalid', {
    message: `A receipt was ignored: ${why}.`,
    cause,
    facts: { reason },
  });
}
