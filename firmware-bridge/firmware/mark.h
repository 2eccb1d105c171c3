// What tells a hall board's program from others without running it: it stands right behind the interrupt vectors.
#ifndef MARK_H
#define MARK_H

#include <avr/pgmspace.h>

#include "board.h"

struct program_mark {
    char name[sizeof FIRMWARE_NAME];
    uint32_t build;
};

/** In the program memory. */
extern const struct program_mark program_mark;

#endif
