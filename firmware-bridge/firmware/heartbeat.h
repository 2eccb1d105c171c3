// Is the gateway there? After its silence the board helps itself: default text, a blinking lamp, keys go on being stored.
#ifndef HEARTBEAT_H
#define HEARTBEAT_H

#include "board.h"

/** A good frame of the gateway arrived. */
void heartbeat_heard(void);
bool heartbeat_gateway_there(void);
void heartbeat_tell(uint8_t tag);
void heartbeat_turn(void);

#endif
