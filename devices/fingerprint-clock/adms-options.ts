/**
 * What a clock is told when it introduces itself: where to go on, how often to ask, and which tables to send. Templates and
 * photos are not among them; a clock that sends them all the same is told OK, and they are dropped.
 */
import { utcOffsetMinutes, utcOffsetText, type ZoneTime } from '../../gateway/kernel/local-time.ts';
import type { AdmsConfig } from './adms-settings.ts';

export type PushFamily = '2' | '3';

/** Family of a `pushver` such as `2.2.14` or `3.1.2`; 2 when the clock does not say. */
export function familyOf(pushVersion: string | undefined): PushFamily {
  return /^3\b/.test(pushVersion ?? '') ? '3' : '2';
}

/** Everything that is a record, by name: the digits of the other form mean different tables in 2.4 and 3.2. */
const TABLES = ['AttLog', 'OpLog', 'EnrollUser', 'ChgUser'].join('\t');
/** "Nothing new here": the clock does not begin with tables that nobody wants. */
const NOT_WANTED = '9999';
/** "Send everything." */
const FROM_THE_BEGINNING = '0';

export interface Stamps {
  ATTLOG?: string | undefined;
  OPERLOG?: string | undefined;
}

export interface IntroductionParts {
  serial: string;
  family: PushFamily;
  stamps: Stamps;
  config: AdmsConfig;
  zone: ZoneTime;
  nowMs: number;
}

/** The answer to `cdata?options=all`. */
export function introduction({ serial, family, stamps, config, zone, nowMs }: IntroductionParts): string {
  const offset = utcOffsetMinutes(zone, nowMs);
  const lines = [
    `GET OPTION FROM: ${serial}`,
    `ATTLOGStamp=${stamps.ATTLOG ?? FROM_THE_BEGINNING}`,
    `OPERLOGStamp=${stamps.OPERLOG ?? FROM_THE_BEGINNING}`,
    ...['ATTPHOTO', 'BIODATA', 'IDCARD', 'ERRORLOG'].map((table) => `${table}Stamp=${NOT_WANTED}`),
    `ErrorDelay=${config.errorDelaySeconds}`,
    `Delay=${config.delaySeconds}`,
    `TransTimes=${config.transTimes.join(';')}`,
    `TransInterval=${config.transIntervalMinutes}`,
    `TransFlag=TransData ${TABLES}`,
    ...(config.sendTimeZone ? [`TimeZone=${family === '3' ? utcOffsetText(offset) : plainOffset(offset)}`] : []),
    'Realtime=1',
    ...(family === '3'
      ? [
          'Encrypt=None',
          'ServerVer=3.2.0',
          'PushProtVer=3.2.0',
          'PushOptionsFlag=1',
          'PushOptions=~DeviceName,FWVersion',
        ]
      : ['Encrypt=0', 'ServerVer=2.2.14']),
  ];
  return `${lines.join('\n')}\n`;
}

/** Whole hours; zones with half hours in minutes, which clocks take for minutes because no zone is 60 hours ahead. */
function plainOffset(minutes: number): string {
  return String(minutes % 60 === 0 ? minutes / 60 : minutes);
}
