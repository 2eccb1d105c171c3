/**
 * The clock of a BX card: local time without a zone, in BCD (manual, sections 8.4 and 8.10).
 */
export interface CardClock {
  /** As a person reads it: `2026-06-01 08:00:00`. */
  text(): string;
  /** As a status has it: year 2, month, day, weekday, hour, minute, second. */
  statusBytes(): Buffer;
  /** Year 2 (low byte first), month, day, hour, minute, second, weekday; false when that is no time. */
  set(bytes: Buffer): boolean;
}

/** @param driftMs how far it is ahead. */
export function cardClock(timeZone: string, driftMs: number): CardClock {
  let aheadMs = driftMs;
  const textOf = (instantMs: number) => new Date(instantMs).toLocaleString('sv-SE', { timeZone });
  const text = () => textOf(Date.now() + aheadMs);
  return {
    text,
    statusBytes() {
      const [date = '', time = ''] = text().split(' ');
      const weekday = new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
      return Buffer.from(`${date.replaceAll('-', '')}0${weekday}${time.replaceAll(':', '')}`, 'hex');
    },
    set(bytes) {
      const digits = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)0([1-7])$/.exec(bytes.toString('hex'));
      const [, low, high, month, day, hour, minute, second] = digits ?? [];
      const told = Date.parse(`${high}${low}-${month}-${day}T${hour}:${minute}:${second}Z`);
      if (Number.isNaN(told)) return false;
      aheadMs = told - Date.parse(`${textOf(Date.now()).replace(' ', 'T')}Z`);
      return true;
    },
  };
}
