// The part of Firmata 2.5 that johnny-five's Pin, Led, Button, Relay and Sensor need.
#ifndef FIRMATA_H
#define FIRMATA_H

#include "board.h"

/** Protocol version and firmware name, said at the start. */
void firmata_start(void);
/** Data bytes that follow a status byte. */
uint8_t firmata_data_length(uint8_t status);
/** A whole message; the second byte of a one-byte message means nothing. */
void firmata_message(uint8_t status, uint8_t first, uint8_t second);
/** `bytes`: command and data of a standard sysex. Unknown ones are left alone, as Firmata has it. */
void firmata_sysex(const uint8_t *bytes, uint8_t length);

#endif
