/**
 * Questions to a device that it must answer: each has a reference that the answer repeats, and a deadline.
 */
import { z } from 'zod';
import { HallError } from '../../gateway/kernel/errors.ts';
import { maskText } from '../../gateway/kernel/log.ts';
import { deferred, withDeadline, type Deferred } from '../../gateway/kernel/waiting.ts';

export const answerSchema = z.object({
  ref: z.string().min(1).max(64),
  ok: z.boolean().describe('true: carried out'),
  reason: z.string().max(200).optional().describe('why not'),
  data: z.record(z.string().max(32), z.json()).optional().describe('what the question asks for'),
});

export type Answer = z.output<typeof answerSchema>;

export interface Question {
  ref: string;
  /** What is asked, for the error: `show-ticket`. */
  name: string;
  deadlineMs: number;
  signal: AbortSignal;
  send: () => Promise<void>;
}

export interface Asking {
  /**
   * Sends the question and waits for its answer.
   *
   * @throws HallError `mqtt-device.no-answer`, `mqtt-device.said-no`, `mqtt-device.crowded`, what `send` throws, or the
   *   reason of the signal.
   */
  ask(question: Question): Promise<Answer>;
  /** An answer came; one that nobody waits for any more is ignored, as after a reload of the device. */
  answered(answer: Answer): void;
}

const PENDING_MAX = 16;

export function asking(): Asking {
  const pending = new Map<string, Deferred<Answer>>();
  return {
    async ask({ ref, name, deadlineMs, signal, send }) {
      if (pending.size >= PENDING_MAX) throw new HallError('mqtt-device.crowded', { facts: { name } });
      const reply = deferred<Answer>();
      pending.set(ref, reply);
      try {
        await send();
        const answer = await withDeadline(reply.promise, deadlineMs, () => unanswered(name, deadlineMs), signal);
        if (!answer.ok) throw saidNo(name, answer.reason);
        return answer;
      } finally {
        if (pending.get(ref) === reply) pending.delete(ref);
      }
    },
    answered: (answer) => pending.get(answer.ref)?.resolve(answer),
  };
}

function unanswered(name: string, deadlineMs: number): HallError {
  return new HallError('mqtt-device.no-answer', {
    message: `The device did not answer "${name}" within ${deadlineMs} ms.`,
    facts: { name, deadlineMs },
  });
}

function saidNo(name: string, reason = 'no reason given'): HallError {
  return new HallError('mqtt-device.said-no', {
    message: `The device did not carry out "${name}": ${maskText(reason)}.`,
    facts: { name },
  });
}
