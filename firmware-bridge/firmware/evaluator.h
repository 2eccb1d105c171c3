// The evaluator's courtesy: the lamp beside the key blinks until the press is safe with the gateway, only then it says thanks.
#ifndef EVALUATOR_H
#define EVALUATOR_H

#include "board.h"

/** A press has been stored under this number. */
void evaluator_pressed(uint8_t key, uint32_t sequence);
void evaluator_acknowledged(uint32_t through);
void evaluator_turn(void);

#endif
