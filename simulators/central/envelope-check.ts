/**
 * What the centre demands of every event's envelope: CloudEvents 1.0, structured JSON, with `sequence`, `epoch`,
 * `recordedtime` and `clock`. Written from the contract, with no line of the gateway's own schema.
 */
export interface ReceivedEvent {
  id: string;
  source: string;
  type: string;
  time: string;
  /** When the gateway had it on disk. */
  recordedtime: string;
  /** Where `time` was read: `synced` or `unsynced` gateway, or `device`. */
  clock: string;
  sequence: number;
  epoch: string;
  data: Record<string, unknown>;
}

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const SOURCE = /^\/halls\/[a-z0-9-]+\/gateways\/[a-z0-9-]+\/[a-z0-9-]+\/[a-z0-9-]+$/;
const TYPE = /^hall(\.[a-z0-9-]+)+\.v[1-9]\d*$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const SEQUENCE = /^\d{16}$/;
const CLOCKS = ['synced', 'unsynced', 'device'];

type Rule = [field: string, holds: (value: unknown) => boolean];

const matches = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value);

const RULES: readonly Rule[] = [
  ['specversion', (value) => value === '1.0'],
  ['id', matches(ULID)],
  ['source', matches(SOURCE)],
  ['type', matches(TYPE)],
  ['time', matches(INSTANT)],
  ['recordedtime', matches(INSTANT)],
  ['datacontenttype', (value) => value === 'application/json'],
  ['sequence', (value) => matches(SEQUENCE)(value) && Number(value) >= 1],
  ['epoch', matches(ULID)],
  ['clock', (value) => typeof value === 'string' && CLOCKS.includes(value)],
  ['data', isObject],
];

/** The event, or the names of the fields that break the contract. */
export function checkEnvelope(value: unknown): ReceivedEvent | { violations: string[] } {
  if (!isObject(value)) return { violations: ['not an object'] };
  const violations = RULES.filter(([field, holds]) => !holds(value[field])).map(([field]) => field);
  if (violations.length > 0) return { violations };
  const text = (field: string) => String(value[field]);
  return {
    id: text('id'),
    source: text('source'),
    type: text('type'),
    time: text('time'),
    recordedtime: text('recordedtime'),
    clock: text('clock'),
    sequence: Number(value['sequence']),
    epoch: text('epoch'),
    data: isObject(value['data']) ? value['data'] : {},
  };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
