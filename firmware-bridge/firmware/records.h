// The way of a record: edge -> ring -> wire -> acknowledgement. Nothing is sent before it is stored.
#ifndef RECORDS_H
#define RECORDS_H

#include "board.h"

void records_turn(void);
/** Begins again with the oldest record that waits. */
void records_send_again(void);
/** The same, asked for by the gateway, which is told the end. */
void records_replay(uint8_t tag);
enum fault records_acknowledge(uint32_t through);

#endif
