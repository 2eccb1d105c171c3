/**
 * The printer of one kiosk: its line is kept open, its status is asked calmly, and its presence is told.
 */
import { openLine } from '../../firmware-bridge/lines/open-line.ts';
import { keepOpen } from '../../firmware-bridge/lines/reconnecting-line.ts';
import type { Line } from '../../firmware-bridge/lines/line.ts';
import type { Hall } from '../../gateway/kernel/driver.ts';
import { asHallError, HallError } from '../../gateway/kernel/errors.ts';
import { sleep } from '../../gateway/kernel/waiting.ts';
import { printerSession, type PrinterSession } from './escpos-session.ts';
import type { EscposConfig } from './escpos-settings.ts';
import type { Condition } from './escpos-status.ts';
import type { TicketDispenser } from './kind.ts';

export interface Printer {
  /**
   * @throws HallError why there is no line to the printer.
   */
  session(): PrinterSession;
  /** Resolves when the hall's signal has aborted and the line is closed. */
  readonly ended: Promise<void>;
}

const BACKOFF = { firstMs: 500, maxMs: 15_000 };

export function openPrinter(
  config: EscposConfig,
  hall: Hall<TicketDispenser>,
  onCondition: (condition: Readonly<Condition>) => void,
): Printer {
  let current: PrinterSession | undefined;
  let away = new HallError('line.unreachable', { message: `The line "${config.line}" is not open yet.` });
  const settings = hall.line(config.line);

  const onUp = (line: Line) => {
    const over = new AbortController();
    const presence = presenceOf(hall, line.name);
    const session = printerSession(line, {
      settings: config,
      over: over.signal,
      onHeard(condition) {
        presence.heard();
        onCondition(condition);
      },
      onNoise: (bytes) => hall.log.debug('printer.noise', { bytes }),
    });
    current = session;
    void line.dropped.then((reason) => {
      if (current === session) current = undefined;
      over.abort(reason ?? new HallError('device.stopped'));
    });
    void lookAfter(session, config, (reason) => presence.missed(reason));
  };
  const onDown = (reason: HallError) => {
    away = reason;
    onCondition({ offline: true });
    hall.offline(reason);
  };
  // A picture is long on its way: the cable may take as much time for a ticket as the ticket itself may.
  const open = (signal: AbortSignal) => openLine(settings, { signal, writeTimeoutMs: config.printTimeoutMs });
  const ended = keepOpen(open, {
    backoff: BACKOFF,
    signal: hall.signal,
    log: hall.log,
    onUp,
    onDown,
  });
  return {
    session() {
      if (!current) throw away;
      return current;
    },
    ended,
  };
}

/** Asks at once and then every `statusSeconds`, until the session is over. */
async function lookAfter(
  session: PrinterSession,
  { statusSeconds, realTimeStatus }: EscposConfig,
  onMissed: (reason: HallError) => void,
): Promise<void> {
  while (!session.over.aborted) {
    // A printer that is offline answers no GS r; whether it lives is told by the status that it says by itself.
    const mute = !realTimeStatus && session.condition.offline === true;
    if (!mute) {
      await session.refresh().catch((thrown: unknown) => {
        if (!session.over.aborted) onMissed(asHallError(thrown, 'ticket.printer-no-answer'));
      });
    }
    await sleep(statusSeconds * 1_000, session.over).catch(() => undefined);
  }
}

/** Tells of changes only: it answers, it does not. */
function presenceOf(hall: Hall<TicketDispenser>, address: string) {
  let told: 'online' | 'silent' | undefined;
  return {
    heard() {
      if (told === 'online') return;
      told = 'online';
      hall.log.info('printer.online', { line: address });
      hall.online({ address });
    },
    missed(reason: HallError) {
      if (told === 'silent') return;
      told = 'silent';
      hall.log.error('printer.silent', reason);
      hall.silent(reason);
    },
  };
}
