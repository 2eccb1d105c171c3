/**
 * What the gateway knows about one device, and its retained state message: the newest truth, coalesced, said again only
 * when it differs.
 */
import type { Clock } from '../kernel/clock.ts';
import type { Identity } from '../kernel/driver.ts';
import type { Kind } from '../kernel/kind.ts';
import type { Log } from '../kernel/log.ts';
import type { RetainedMessages } from '../kernel/retained.ts';
import type { DeviceEntry } from './device-entry.ts';
import type { Presence, PresenceReport, PresenceState } from './presence-machine.ts';
import type { Reason } from './state-message.ts';
import { HallError } from '../kernel/errors.ts';
import { firstIssue } from '../kernel/issue.ts';
import { coalescer } from './coalescer.ts';
import { momentNow, type Moment } from './moment.ts';
import { presenceStep, reasonOf } from './presence-machine.ts';

/** A device as the console and the inventory show it; times are ISO 8601 in UTC. */
export interface DeviceView {
  id: string;
  kind: string;
  wire: string;
  name: string | undefined;
  window: string | undefined;
  presence: Presence;
  since: string;
  reason: Reason | undefined;
  identity: Identity;
  lastSeen: string | undefined;
  /** How often its driver was started again since the gateway started. */
  restarts: number;
}

export interface DeviceStatusOptions {
  entry: DeviceEntry;
  kind: Kind;
  /** Where the state message goes. */
  topic: string;
  retained: Pick<RetainedMessages, 'set'>;
  stateIntervalMs: number;
  clock: Clock;
  log: Log;
  /** Hears that the view changed in something that the inventory tells. */
  onChange(moved: boolean): void;
}

export interface DeviceStatus {
  report(report: PresenceReport): void;
  identify(identity: Identity): void;
  /** The newest state in the kind's words; one that does not fit its schema leaves the last good one in place. */
  tell(state: unknown): void;
  /** The device gave a sign of life. */
  seen(): void;
  restarted(): void;
  /** The clock was set: what was told with another time is told again. */
  clockSet(): void;
  presence(): PresenceState;
  view(): DeviceView;
  /** Publishes what waits, then nothing any more. */
  close(): void;
}

export function deviceStatus(options: DeviceStatusOptions): DeviceStatus {
  const { entry, kind, clock, log } = options;
  let presence: PresenceState = { presence: 'unknown' };
  let since: Moment = momentNow(clock);
  let lastSeen: Moment | undefined;
  let identity: Identity = {};
  let restarts = 0;
  let told: unknown = null;
  const checkedState = stateChecker(kind, log);
  const publish = statePublisher(options);
  const view = () => ({
    id: entry.id,
    kind: kind.name,
    wire: entry.driver.wire,
    name: entry.name,
    window: entry.window,
    presence: presence.presence,
    since: since.text(),
    reason: reasonText(reasonOf(presence)),
    identity,
    lastSeen: lastSeen?.text(),
    restarts,
  });
  const message = coalescer(() => publish(view(), told), { settleMs: 0, intervalMs: options.stateIntervalMs }, clock);
  message.changed();

  return {
    report(report) {
      const from = presence.presence;
      const step = presenceStep(presence, report);
      presence = step.state;
      for (const effect of step.effects) {
        const moved = effect === 'moved';
        if (moved) since = momentNow(clock);
        logPresence(log, moved ? `device.${presence.presence}` : 'device.reason-changed', from, reasonOf(presence));
        message.changed();
        options.onChange(moved);
      }
    },
    identify(news) {
      const merged = { ...identity, ...news };
      if (JSON.stringify(merged) === JSON.stringify(identity)) return;
      identity = merged;
      options.onChange(false);
    },
    tell(state) {
      told = checkedState(state);
      message.changed();
    },
    seen: () => void (lastSeen = momentNow(clock)),
    restarted: () => void (restarts += 1),
    clockSet: () => message.changed(),
    presence: () => presence,
    view,
    close: () => message.close(),
  };
}

/** Puts up the state message unless it says, the time aside, what the last one said. */
function statePublisher({ topic, retained, clock }: DeviceStatusOptions): (view: DeviceView, data: unknown) => void {
  let said = '';
  return ({ presence, since, reason, window, name }, data) => {
    const truth = { presence, since, reason, window, name, data };
    const text = JSON.stringify(truth);
    if (text === said) return;
    said = text;
    retained.set(topic, JSON.stringify({ time: new Date(clock.now()).toISOString(), ...truth }));
  };
}

/** Keeps the last good state when a driver says something that its kind does not know, and logs that once. */
function stateChecker(kind: Kind, log: Log): (state: unknown) => unknown {
  let good: unknown = null;
  let bad = false;
  return (state) => {
    const checked = kind.state.safeParse(state);
    if (checked.success) good = checked.data;
    else if (!bad) log.error('device.state-invalid', stateInvalid(kind, firstIssue(checked.error)));
    bad = !checked.success;
    return good;
  };
}

function stateInvalid(kind: Kind, why: string): HallError {
  return new HallError('device.state-invalid', {
    message: `The state is not acceptable to the kind "${kind.name}": ${why}.`,
  });
}

function reasonText(reason: HallError | undefined): Reason | undefined {
  return reason && { code: reason.code, message: reason.message, hint: reason.hint };
}

function logPresence(log: Log, event: string, from: Presence, reason: HallError | undefined): void {
  if (reason) log.warn(event, { from, code: reason.code, message: reason.message });
  else log.info(event, { from });
}
