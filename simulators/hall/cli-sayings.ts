/**
 * What the person at the command line is told while a hall runs: one line each, with the time.
 */
import type { CliTexts } from './cli-texts.ts';
import type { HallSayings } from './hall-run.ts';

export function sayings(texts: CliTexts, print: (line: string) => void): HallSayings {
  const timed = (text: string, atMs = Date.now()) => print(`${timeText(atMs)}  ${text}`);
  return {
    standing(devices, api) {
      print(texts.standing(devices.length, api));
    },
    programme({ place }) {
      timed(place ? texts.programme(place.url, place.user) : texts.noProgramme);
    },
    link(up) {
      timed(up ? texts.linkUp : texts.linkDown);
    },
    happened({ device, what, data, atMs }) {
      timed(`${device}  ${what}  ${JSON.stringify(data)}`, atMs);
    },
    broke({ where, fault, phase, reason, atMs }) {
      timed(`${where}  ${fault}: ${texts.phases[phase]}${reason === undefined ? '' : ` (${reason})`}`, atMs);
    },
  };
}

function timeText(atMs: number): string {
  return new Date(atMs).toLocaleTimeString('zh-CN', { hour12: false });
}
