// Lamps and the buzzer: patterns that run by themselves. Output 0 is the buzzer, 1.. are the lamps.
#ifndef OUTPUT_H
#define OUTPUT_H

#include "board.h"

/** `on_ms` 0 = out; `off_ms` and `times` 0 = steady; `times` 0 = for ever. */
void output_set(uint8_t output, uint16_t on_ms, uint16_t off_ms, uint8_t times);
/** Somebody else writes this pin from now on: its pattern ends. */
void output_release_pin(uint8_t pin);
/** Ends every pattern that would run for ever. */
void output_end_endless(void);
void output_turn(void);

#endif
