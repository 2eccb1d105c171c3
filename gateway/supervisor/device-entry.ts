/**
 * A device as the supervisor starts it: its driver and the driver's own, already validated, settings.
 */
import type { AnyDriver } from '../kernel/driver.ts';
import type { Kind } from '../kernel/kind.ts';

export interface DeviceEntry {
  /** Identity in topics; unique in the hall. */
  id: string;
  driver: AnyDriver;
  /** Output of the driver's `config` schema. */
  config: unknown;
  /** What people in the hall call it. */
  name?: string | undefined;
  /** Number of the window it stands at. */
  window?: string | undefined;
}

/** The kind of a driver out of the list, with its type back. */
export function kindOf(driver: { readonly kind: Kind }): Kind {
  return driver.kind;
}
