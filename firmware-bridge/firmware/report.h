// Reports input levels when they change and analog values as often as was asked for.
#ifndef REPORT_H
#define REPORT_H

#include "board.h"

void report_reset(void);
/** Ports are groups of eight pins: 0 = 0..7, 1 = 8..15, 2 = 16..19. Reports at once when switched on. */
void report_digital(uint8_t port, bool on);
void report_analog(uint8_t channel, bool on);
void report_set_interval(uint16_t ms);
void report_turn(void);

#endif
