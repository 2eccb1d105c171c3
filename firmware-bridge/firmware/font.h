// Characters for seven-segment digits and for 8x8 matrices.
#ifndef FONT_H
#define FONT_H

#include "board.h"

/** Segments of a MAX7219 without decoding: bit 6 = A ... bit 0 = G. What has no shape is dark. */
uint8_t font_segments(uint8_t character);
/** Eight rows, bit 7 = left. Small letters look like capitals. */
void font_draw(uint8_t character, uint8_t rows[8]);

#endif
