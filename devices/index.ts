/**
 * The one list of what a hall can have: every driver, and the kinds that they speak for.
 */
import type { AnyDriver } from '../gateway/kernel/driver.ts';
import type { Kind } from '../gateway/kernel/kind.ts';
import { rs485 as evaluatorRs485 } from './evaluator/rs485.ts';
import { adms as fingerprintClockAdms } from './fingerprint-clock/adms.ts';
import { zk as fingerprintClockZk } from './fingerprint-clock/zk.ts';

export const drivers: readonly AnyDriver[] = [evaluatorRs485, fingerprintClockZk, fingerprintClockAdms];

export const kinds: readonly Kind[] = [...new Set(drivers.map((driver) => driver.kind))];
