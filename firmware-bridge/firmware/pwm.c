// Fast PWM at about 980 Hz. Timer 2 is the clock's.
#include "pwm.h"

#include <avr/io.h>

#include "pins.h"

bool pwm_on(uint8_t pin) { return pin == 5 || pin == 6 || pin == 9; }

void pwm_release(uint8_t pin) {
    if (pin == 5) TCCR0A &= ~_BV(COM0B1);
    if (pin == 6) TCCR0A &= ~_BV(COM0A1);
    if (pin == 9) TCCR1A &= ~_BV(COM1A1);
}

/** A timer that nobody needs stands still. */
static void dim(uint8_t pin, uint8_t value) {
    if (pin == 9) {
        OCR1A = value;
        TCCR1A |= _BV(WGM10) | _BV(COM1A1);
        TCCR1B = _BV(WGM12) | _BV(CS11) | _BV(CS10);
        return;
    }
    if (pin == 5) OCR0B = value;
    if (pin == 6) OCR0A = value;
    TCCR0A |= _BV(WGM01) | _BV(WGM00) | (pin == 5 ? _BV(COM0B1) : _BV(COM0A1));
    TCCR0B = _BV(CS01) | _BV(CS00);
}

void pwm_write(uint8_t pin, uint8_t value) {
    if (pwm_on(pin) && value != 0 && value != 255) {
        dim(pin, value);
        return;
    }
    pwm_release(pin);
    pins_write(pin, value >= 128);
}
