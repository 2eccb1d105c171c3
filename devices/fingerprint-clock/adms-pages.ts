/**
 * What each page of the push protocol answers to one clock.
 */
import type { Hall } from '../../gateway/kernel/driver.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import { localTimeText, utcOffsetMinutes, utcOffsetText, type ZoneTime } from '../../gateway/kernel/local-time.ts';
import { withDeadline } from '../../gateway/kernel/waiting.ts';
import { decodeInfo, decodeOutcome, type ClockFacts } from './adms-codec.ts';
import { plainBody } from './adms-body.ts';
import type { CommandQueue } from './adms-commands.ts';
import { bodyLines } from './adms-lines.ts';
import type { ClockMemory } from './adms-memory.ts';
import { familyOf, introduction, type PushFamily } from './adms-options.ts';
import { OK, type PushAnswer, type PushRequest } from './adms-request.ts';
import type { AdmsConfig } from './adms-settings.ts';
import { uploadDesk, type UploadParts } from './adms-uploads.ts';
import type { FingerprintClock } from './kind.ts';

const OUTCOMES_BYTES_MAX = 65_536;

export interface PageParts {
  config: AdmsConfig;
  hall: Hall<FingerprintClock>;
  memory: ClockMemory;
  commands: CommandQueue;
  zone: ZoneTime;
  onFacts: (facts: ClockFacts) => void;
  uploads: Omit<UploadParts, 'family' | 'storePatienceMs' | 'hall' | 'memory'>;
}

/** @throws (from the returned function) HallError why the clock must keep what it has and send it again. */
export function pagesFor(parts: PageParts): (request: PushRequest) => Promise<PushAnswer> {
  const { config, memory, hall } = parts;
  const family = (): PushFamily => (config.push === 'auto' ? familyOf(memory.pushVersion) : config.push);
  const upload = uploadDesk({ ...parts.uploads, hall, memory, family, storePatienceMs: config.storePatienceMs });
  return async (request) => {
    const posted = request.method === 'POST';
    switch (request.page) {
      case 'cdata':
        if (posted) return upload(request);
        return request.query.type === 'time' ? tellTime(parts) : introduce(request, parts, family);
      case 'fdata':
        return posted ? upload(request) : OK;
      case 'registry':
        return posted ? upload({ ...request, query: { ...request.query, table: 'options' } }) : OK;
      case 'getrequest':
        return handOut(request, parts);
      case 'devicecmd':
        return hearOutcomes(request, parts);
      case 'ping':
        return OK;
    }
  };
}

/** A clock says which protocol it speaks here and nowhere else, so that is remembered before it is answered. */
async function introduce(
  { query }: PushRequest,
  { config, hall, memory, commands, zone }: PageParts,
  family: () => PushFamily,
): Promise<PushAnswer> {
  commands.introduced();
  const cursor = memory.versionCursor(query.pushver ?? '');
  if (cursor) await withDeadline(hall.record([], cursor), config.storePatienceMs, diskNotReady, hall.signal);
  const { stamps } = memory;
  const { serial } = config;
  return {
    status: 200,
    text: introduction({ serial, family: family(), stamps, config, zone, nowMs: hall.clock.now() }),
  };
}

function tellTime({ hall, zone }: PageParts): PushAnswer {
  if (!hall.clock.synced()) throw new HallError('clock.hall-time-unknown');
  const nowMs = hall.clock.now();
  return {
    status: 200,
    text: `Time=${localTimeText(zone.toLocal(nowMs))}${utcOffsetText(utcOffsetMinutes(zone, nowMs))}`,
  };
}

function handOut({ query }: PushRequest, { commands, onFacts }: PageParts): PushAnswer {
  if (query.INFO !== undefined) onFacts(decodeInfo(query.INFO));
  return { status: 200, text: commands.take() || OK.text };
}

async function hearOutcomes(request: PushRequest, { commands, uploads }: PageParts): Promise<PushAnswer> {
  const body = await plainBody(request, OUTCOMES_BYTES_MAX, uploads.heard);
  for await (const lines of bodyLines(body, OUTCOMES_BYTES_MAX)) {
    for (const { text } of lines) {
      const outcome = decodeOutcome(text);
      if (outcome) commands.confirm(outcome);
    }
  }
  return OK;
}

export function diskNotReady(): HallError {
  return new HallError('push.disk-waits', {
    message: 'The disk cannot be used yet; the clock was told to come again.',
  });
}
