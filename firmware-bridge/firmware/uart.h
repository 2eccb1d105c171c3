// The link: 57,600 baud, both ways through rings filled and emptied by interrupts.
#ifndef UART_H
#define UART_H

#include "board.h"

void uart_start(void);

bool uart_read(uint8_t *byte);
/** True when nothing waits to be read: the processor may sleep. */
bool uart_quiet(void);

/** Bytes that can be written without waiting, at most 255. */
uint8_t uart_room(void);
/** Waits while the ring is full: at most 45 ms for all of it. */
void uart_write(uint8_t byte);
/** Waits until the last byte has left. */
void uart_flush(void);

/** Bytes lost because nobody read in time, or broken on the line. */
uint16_t uart_overruns(void);

#endif
