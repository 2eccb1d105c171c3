/**
 * The one list of what a hall can have: every driver, and the kinds that they speak for.
 */
import type { AnyDriver } from '../gateway/kernel/driver.ts';
import type { Kind } from '../gateway/kernel/kind.ts';

export const drivers: readonly AnyDriver[] = [];

export const kinds: readonly Kind[] = [...new Set(drivers.map((driver) => driver.kind))];
