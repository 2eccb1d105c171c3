// The write must follow the permission within four cycles: interrupts are held off for that long.
#include "eeprom.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

enum mode { MODE_REPLACE = 0, MODE_ERASE = _BV(EEPM0), MODE_WRITE = _BV(EEPM1) };

static void begin(enum mode mode, uint16_t address, uint8_t value) {
    EEAR = address;
    EEDR = value;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        EECR = mode | _BV(EERIE);
        EECR |= _BV(EEMPE);
        EECR |= _BV(EEPE);
    }
}

/** Only wakes the processor; it would come again and again while nothing is being written. */
ISR(EE_READY_vect) { EECR &= ~_BV(EERIE); }

bool eeprom_idle(void) { return (EECR & _BV(EEPE)) == 0; }

uint8_t eeprom_read_byte_now(uint16_t address) {
    while (!eeprom_idle()) {
    }
    EEAR = address;
    EECR |= _BV(EERE);
    return EEDR;
}

void eeprom_begin_erase(uint16_t address) { begin(MODE_ERASE, address, 0xFF); }

void eeprom_begin_write(uint16_t address, uint8_t value) { begin(MODE_WRITE, address, value); }

void eeprom_begin_replace(uint16_t address, uint8_t value) { begin(MODE_REPLACE, address, value); }
