// Dimming on D9 (timer 1) and on D5 and D6 (timer 0), 8 bits.
#ifndef PWM_H
#define PWM_H

#include "board.h"

bool pwm_on(uint8_t pin);
/** 0 is off for good and 255 on for good: no glitch is left at the ends. */
void pwm_write(uint8_t pin, uint8_t value);
/** Gives the pin back to plain writing. */
void pwm_release(uint8_t pin);

#endif
