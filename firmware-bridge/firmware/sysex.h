// The gateway's own messages (sysex commands 01..0F): checks them, carries them out, answers. See docs/firmware.md.
#ifndef SYSEX_H
#define SYSEX_H

#include "board.h"

/** `bytes`: command, tag, payload, check. */
void sysex_take(const uint8_t *bytes, uint8_t length);
void sysex_too_long(void);
void sysex_tell_identity(uint8_t tag);
/** Confirms settings once they are saved. */
void sysex_turn(void);

#endif
