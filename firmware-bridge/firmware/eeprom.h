// EEPROM a byte at a time, without waiting: the main loop goes on while a byte is being written.
// Erasing and writing are apart (1.8 ms each), so that a record goes into erased cells in half the time.
#ifndef EEPROM_H
#define EEPROM_H

#include "board.h"

bool eeprom_idle(void);
uint8_t eeprom_read_byte_now(uint16_t address);

/** These need `eeprom_idle()`. */
void eeprom_begin_erase(uint16_t address);
void eeprom_begin_write(uint16_t address, uint8_t value);
void eeprom_begin_replace(uint16_t address, uint8_t value);

#endif
