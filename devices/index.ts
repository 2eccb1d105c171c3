/**
 * The one list of what a hall can have: every driver, the kinds that they speak for, and what can be found by searching.
 */
import type { AnyDriver } from '../gateway/kernel/driver.ts';
import type { Finder } from '../gateway/kernel/finder.ts';
import type { Kind } from '../gateway/kernel/kind.ts';
import { cameraFinder } from './camera/onvif-finder.ts';
import { onvif as cameraOnvif } from './camera/onvif.ts';
import { firmata as evaluatorFirmata } from './evaluator/firmata.ts';
import { mqtt as evaluatorMqtt } from './evaluator/mqtt.ts';
import { rs485 as evaluatorRs485 } from './evaluator/rs485.ts';
import { adms as fingerprintClockAdms } from './fingerprint-clock/adms.ts';
import { zk as fingerprintClockZk } from './fingerprint-clock/zk.ts';
import { firmata as ledBoardFirmata } from './led-board/firmata.ts';
import { modbus as ledBoardModbus } from './led-board/modbus.ts';
import { onbonBx } from './led-board/onbon-bx.ts';
import { escpos as ticketDispenserEscpos } from './ticket-dispenser/escpos.ts';
import { firmata as ticketDispenserFirmata } from './ticket-dispenser/firmata.ts';
import { mqtt as ticketDispenserMqtt } from './ticket-dispenser/mqtt.ts';

export const drivers: readonly AnyDriver[] = [
  cameraOnvif,
  evaluatorRs485,
  evaluatorMqtt,
  evaluatorFirmata,
  fingerprintClockZk,
  fingerprintClockAdms,
  onbonBx,
  ledBoardModbus,
  ledBoardFirmata,
  ticketDispenserEscpos,
  ticketDispenserMqtt,
  ticketDispenserFirmata,
];

export const kinds: readonly Kind[] = [...new Set(drivers.map((driver) => driver.kind))];

export const finders: readonly Finder[] = [cameraFinder()];
