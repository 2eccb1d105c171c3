// From bytes to messages: Firmata's framing, with a limit on everything.
#ifndef LINK_H
#define LINK_H

#include "board.h"

void link_take(uint8_t byte);

#endif
