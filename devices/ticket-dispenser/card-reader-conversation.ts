/**
 * Ask and wait: one command to the card reader at a time, each with its deadline. What arrives when nothing was asked, or
 * cannot answer what was asked, is late news of an earlier command and is overwritten.
 */
import { HallError } from '../../gateway/kernel/errors.ts';
import { deferred, withDeadline, type Deferred } from '../../gateway/kernel/waiting.ts';
import type { Line } from '../../firmware-bridge/lines/line.ts';
import {
  encodeCommand,
  replyDecoder,
  STATUS,
  textOf,
  wipe,
  type ReaderCommand,
  type ReaderReply,
} from './card-reader-codec.ts';

export interface ReaderConversation {
  /**
   * @throws HallError `card-reader.no-answer` after the deadline, the line's reason when it drops; the signal's reason.
   */
  ask(command: ReaderCommand, deadlineMs: number): Promise<ReaderReply>;
}

interface Question {
  command: ReaderCommand;
  answer: Deferred<ReaderReply>;
}

/** A conversation over an open line; register it in the turn in which the line opened. */
export function readerConversation(line: Line, signal: AbortSignal): ReaderConversation {
  const decoder = replyDecoder();
  let question: Question | undefined;
  let heardBytes = 0;
  line.onData((chunk) => {
    heardBytes += chunk.length;
    for (const reply of decoder.push(chunk)) {
      if (question && answers(question.command, reply)) {
        question.answer.resolve(reply);
        question = undefined;
      } else wipe(reply.data);
    }
  });
  return {
    async ask(command, deadlineMs) {
      decoder.reset();
      heardBytes = 0;
      const answer = deferred<ReaderReply>();
      question = { command, answer };
      try {
        const asked = line.write(encodeCommand(command)).then(() => answer.promise);
        const late = () => noAnswer({ line: line.name, command, deadlineMs, heardBytes });
        return await withDeadline(asked, deadlineMs, late, signal);
      } finally {
        question = undefined;
        decoder.reset();
      }
    },
  };
}

/** Answers do not name their command; those of the three commands can be told apart when they carry something. */
function answers(command: ReaderCommand, reply: ReaderReply): boolean {
  switch (command) {
    case 'find':
      return reply.status !== STATUS.done;
    case 'select':
      return reply.status !== STATUS.cardFound && textOf(reply) === undefined;
    case 'read':
      return reply.status !== STATUS.cardFound && (reply.status !== STATUS.done || textOf(reply) !== undefined);
  }
}

interface Missed {
  line: string;
  command: ReaderCommand;
  deadlineMs: number;
  heardBytes: number;
}

function noAnswer({ line, command, deadlineMs, heardBytes }: Missed): HallError {
  const garbled = heardBytes > 0 ? `; ${heardBytes} bytes came that make no answer` : '';
  return new HallError('card-reader.no-answer', {
    message: `The card reader at ${line} did not answer "${command}" within ${deadlineMs} ms${garbled}.`,
    ...(heardBytes > 0 && {
      hint: 'Compare the baud rate in hall.yaml with that of the reader, and look for a bad cable.',
    }),
    facts: { line, command, heardBytes },
  });
}
