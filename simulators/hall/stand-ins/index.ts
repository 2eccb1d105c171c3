/**
 * The one list of wires that the hall simulator can stand up.
 */
import type { StandInMaker } from '../stand-in.ts';
import { evaluatorRs485 } from './evaluator-rs485.ts';
import { fingerprintClockZk } from './fingerprint-clock-zk.ts';

export const STAND_IN_MAKERS: readonly StandInMaker[] = [evaluatorRs485, fingerprintClockZk];
