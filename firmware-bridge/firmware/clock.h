// Milliseconds since the program started. Timer 2 ticks every millisecond and samples the keys.
#ifndef CLOCK_H
#define CLOCK_H

#include "board.h"

void clock_start(void);

/** Wraps after 49.7 days: only differences mean something. */
uint32_t clock_ms(void);

/** Milliseconds since then. Always asks the clock anew: a time kept from earlier in the turn may lie before `then_ms`. */
uint32_t clock_since(uint32_t then_ms);

#endif
