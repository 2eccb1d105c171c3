/**
 * For tests: a printer on a real socket and a driver in front of it that can be started again over the same store.
 */
import { lineSettingsSchema } from '../gateway/kernel/line-settings.ts';
import type { Clock } from '../gateway/kernel/clock.ts';
import type { Hall } from '../gateway/kernel/driver.ts';
import type { Ticket } from '../simulators/ticket-dispenser/printer-paper.ts';
import {
  startTicketPrinter,
  type TicketPrinter,
  type TicketPrinterOptions,
} from '../simulators/ticket-dispenser/printer.ts';
import { recordingHall, recordingStore, type RecordingHall } from './recording-hall.ts';
import { escpos } from './ticket-dispenser/escpos.ts';
import type { TicketDispenser } from './ticket-dispenser/kind.ts';

/** Eight in the morning of 1 June 2026 in Shanghai. */
export const MORNING_MS = Date.parse('2026-06-01T00:00:00Z');

export interface RunningKiosk {
  seen: RecordingHall<TicketDispenser>;
  /** Stops the driver as a power cut does: nothing more is recorded. Resolves when it has ended. */
  stop(): Promise<void>;
}

export interface Launch {
  clock?: Clock;
  /** Stands between the driver and its hall. */
  wrap?: (hall: Hall<TicketDispenser>, stop: () => void) => Hall<TicketDispenser>;
}

export interface KioskBench {
  printer: TicketPrinter;
  store: ReturnType<typeof recordingStore>;
  /** The driver with its settings, over what it remembers; resolves when the printer has answered. */
  start(config?: Record<string, unknown>, how?: Launch): Promise<RunningKiosk>;
  /** The same, without waiting. */
  launch(config?: Record<string, unknown>, how?: Launch): RunningKiosk;
  close(): Promise<void>;
}

/** A bench with a printer that is plugged in. */
export async function kioskBench(options: Partial<TicketPrinterOptions> = {}): Promise<KioskBench> {
  const printer = await startTicketPrinter({ port: { type: 'tcp' }, ...options });
  const store = recordingStore();
  const running = new Set<RunningKiosk>();
  const launch = (
    config: Record<string, unknown> = {},
    { clock = morningClock(), wrap }: Launch = {},
  ): RunningKiosk => {
    const seen = recordingHall(escpos.kind, {
      store,
      clock,
      lines: { printer: lineSettingsSchema.parse(printer.line) },
    });
    const settings = escpos.config.parse({
      line: 'printer',
      statusSeconds: 1,
      statusTimeoutMs: 400,
      printTimeoutMs: 1_000,
      ...config,
    });
    const ended = escpos.run(settings, wrap ? wrap(seen.hall, () => seen.stop()) : seen.hall);
    // A driver whose power goes while it starts may reject; `stop` tells.
    ended.catch(() => undefined);
    const kiosk: RunningKiosk = {
      seen,
      async stop() {
        running.delete(kiosk);
        seen.stop();
        await ended;
      },
    };
    running.add(kiosk);
    return kiosk;
  };
  return {
    printer,
    store,
    launch,
    async start(config, how) {
      const kiosk = launch(config, how);
      await kiosk.seen.until('the printer answers', () => kiosk.seen.presence.state === 'online');
      return kiosk;
    },
    async close() {
      await Promise.all([...running].map((kiosk) => kiosk.stop()));
      await printer.close();
    },
  };
}

/** A clock that stands at eight in the morning. */
export function morningClock(synced = true): Clock {
  return {
    now: () => MORNING_MS,
    monotonicMs: () => performance.now(),
    bootId: 'test-boot',
    synced: () => synced,
  };
}

/** The texts on a piece of paper, line by line. */
export function textsOf(ticket: Ticket): string[] {
  return ticket.lines.flatMap((line) => (line.kind === 'text' ? [line.text] : []));
}
