/**
 * The one list of wires that the hall simulator can stand up.
 */
import type { StandInMaker } from '../stand-in.ts';
import { cameraOnvif } from './camera-onvif.ts';
import { evaluatorFirmata } from './evaluator-firmata.ts';
import { evaluatorMqtt } from './evaluator-mqtt.ts';
import { evaluatorRs485 } from './evaluator-rs485.ts';
import { fingerprintClockAdms } from './fingerprint-clock-adms.ts';
import { fingerprintClockZk } from './fingerprint-clock-zk.ts';
import { ledBoardFirmata } from './led-board-firmata.ts';
import { ledBoardModbus } from './led-board-modbus.ts';
import { ledBoardOnbonBx } from './led-board-onbon-bx.ts';
import { ticketDispenserEscpos } from './ticket-dispenser-escpos.ts';
import { ticketDispenserFirmata } from './ticket-dispenser-firmata.ts';
import { ticketDispenserMqtt } from './ticket-dispenser-mqtt.ts';

export const STAND_IN_MAKERS: readonly StandInMaker[] = [
  evaluatorRs485,
  evaluatorMqtt,
  fingerprintClockZk,
  fingerprintClockAdms,
  ledBoardOnbonBx,
  ledBoardModbus,
  ticketDispenserEscpos,
  ticketDispenserMqtt,
  cameraOnvif,
  evaluatorFirmata,
  ledBoardFirmata,
  ticketDispenserFirmata,
];
