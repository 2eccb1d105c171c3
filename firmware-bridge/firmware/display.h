// What the display says: digits, text on matrices, or a picture row by row.
#ifndef DISPLAY_H
#define DISPLAY_H

#include "board.h"

/** Starts the chain as the settings describe it. */
void display_start(void);
void display_clear(void);
/** Text on whatever is fitted; a character per digit or per matrix, from the left. Ends at `length`. */
void display_text(const uint8_t *text, uint8_t length);
/** Carries out the payload of a display command. */
enum fault display_command(const uint8_t *septets, uint8_t length);

#endif
