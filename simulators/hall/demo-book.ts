/**
 * What the demo holds against each other: happenings of the devices, and what the centre has of them since this run began.
 */
import type { ReceivedEvent } from '../central/envelope-check.ts';
import { compare, type Arrival, type TruthReport } from './compare.ts';
import type { Happening } from './stand-in.ts';
import type { Truth } from './truth.ts';

export interface DemoBook {
  happened(happening: Happening): void;
  /** An event's first arrival; events that an earlier run had on disk are not of this truth. */
  arrived(event: ReceivedEvent): void;
  /** Newest sequence that the centre has. */
  newest(): number;
  counts(): { made: number; arrived: number };
  report(): TruthReport;
}

/** `speaks` may still grow while the hall is being stood up. */
export function demoBook(truth: Truth, speaks: ReadonlyMap<string, readonly string[]>, startedMs: number): DemoBook {
  const arrivals: Arrival[] = [];
  const counts = { made: 0, arrived: 0 };
  let newest = 0;
  const witnessed = (device: string, type: string) => speaks.get(device)?.includes(type) ?? false;
  return {
    happened(happening) {
      truth.enter(happening);
      if (witnessed(happening.device, happening.what)) counts.made += 1;
    },
    arrived({ source, type, data, sequence, recordedtime }) {
      newest = Math.max(newest, sequence);
      if (Date.parse(recordedtime) < startedMs) return;
      const device = source.slice(source.lastIndexOf('/') + 1);
      arrivals.push({ device, type, sequence, data });
      if (witnessed(device, type)) counts.arrived += 1;
    },
    newest: () => newest,
    counts: () => counts,
    report: () => compare(truth.happenings, arrivals, speaks),
  };
}
