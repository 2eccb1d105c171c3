// A chain of MAX7219 on SPI: eight rows of eight bits each. The first of the chain, the one at the board, is display 0.
#ifndef MAX7219_H
#define MAX7219_H

#include "board.h"

void max7219_start(uint8_t displays, uint8_t brightness);
void max7219_set_brightness(uint8_t brightness);

/** The picture to be changed: row 0 is the top row (or the leftmost digit). */
uint8_t (*max7219_picture(void))[8];
/** Sends the whole picture and the registers: 0.2 ms a display. */
void max7219_show(void);
/** Sends it again every second: a disturbed chip heals by itself. */
void max7219_turn(void);

#endif
