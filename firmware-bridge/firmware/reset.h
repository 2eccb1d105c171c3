// Why the board started, and the watchdog that starts it again when the program hangs.
#ifndef RESET_H
#define RESET_H

#include "board.h"

enum { CAUSE_POWER_ON = 1, CAUSE_PIN = 2, CAUSE_BROWN_OUT = 4, CAUSE_WATCHDOG = 8, CAUSE_ASKED = 16 };

/** Bits of CAUSE_*; several may be set. */
uint8_t reset_cause(void);

/** Starts the 2 s watchdog; the main loop feeds it. */
void reset_guard(void);
void reset_fed(void);

/** Restarts at once, by the watchdog, and remembers that it was asked for. Never returns. */
void reset_restart(void) __attribute__((noreturn));

#endif
