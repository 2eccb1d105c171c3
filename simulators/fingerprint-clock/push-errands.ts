/**
 * The commands that a server hands out, as a clock reads and carries them out. It knows a few, and refuses the rest.
 */
import type { PushBody } from './push-body.ts';

export interface Errand {
  id: string;
  text: string;
}

const OK = 0;
const UNKNOWN_COMMAND = -1_002;
const QUERY = /^DATA QUERY ATTLOG StartTime=(\S+) (\S+)\tEndTime=(\S+) (\S+)$/;
export const REBOOT = 'REBOOT';
const HARMLESS = new Set([REBOOT, 'INFO', 'CHECK']);

/** `C:<id>:<text>`, one a line; `OK` is no errand. */
export function errandsOf(text: string): Errand[] {
  return text.split('\n').flatMap((line) => {
    const [, id, command] = /^C:(\w+):(.*)$/.exec(line.trimEnd()) ?? [];
    return id === undefined || command === undefined ? [] : [{ id, text: command }];
  });
}

/** Carries one out; a line for `devicecmd`. */
export function outcomeOf({ id, text }: Errand, body: PushBody): string {
  body.commands.push(text);
  return `ID=${id}&Return=${obey(text, body)}&CMD=${text.split(' ')[0] ?? ''}\n`;
}

function obey(text: string, body: PushBody): number {
  const [, startDay, startTime, endDay, endTime] = QUERY.exec(text) ?? [];
  if (startDay !== undefined) {
    body.postLog(`${startDay}T${startTime ?? ''}`, `${endDay ?? ''}T${endTime ?? ''}`);
    return OK;
  }
  if (HARMLESS.has(text)) return OK;
  body.refused.push(text);
  return UNKNOWN_COMMAND;
}
