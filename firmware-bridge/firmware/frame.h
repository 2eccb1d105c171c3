// The shape of our sysex frames: F0 command tag payload check F7, everything between in septets. See docs/firmware.md.
#ifndef FRAME_H
#define FRAME_H

#include "board.h"

enum { FRAME_MAX = 96, SEPTETS_U16 = 3, SEPTETS_U32 = 5, CHECK_SEPTETS = 2 };

/** CRC-14/DARC. */
uint16_t frame_check(const uint8_t *bytes, uint8_t length);

/** Builds the one frame under way. */
void frame_begin(enum command command, uint8_t tag);
void frame_septet(uint8_t value);
void frame_u16(uint16_t value);
void frame_u32(uint32_t value);
void frame_text(const char *text);
/** False when the link has no room: the frame is dropped and counted, nothing waits. */
bool frame_send(void);
uint16_t frame_dropped(void);

void frame_error(uint8_t tag, uint8_t command, enum fault fault);

uint16_t septets_u16(const uint8_t *septets);
uint32_t septets_u32(const uint8_t *septets);
/** Unpacks `length` bytes from a string of bits, lowest first. */
void septets_unpack(const uint8_t *septets, uint8_t *bytes, uint8_t length);

#endif
