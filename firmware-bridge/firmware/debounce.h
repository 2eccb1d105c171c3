// From the bouncing of contacts to edges: 8 equal samples of 1 ms change a key, 200 change the paper sensor.
#ifndef DEBOUNCE_H
#define DEBOUNCE_H

#include "board.h"

struct edge_seen {
    uint32_t at_ms;
    uint8_t pin;
    bool high;
};

/** Takes the present levels as they are: what is pressed at the start makes no edge. Edges of `watched` pins (bit n = pin n) are queued. */
void debounce_start(uint32_t watched, uint32_t slow);

/** Called by the tick, every millisecond. */
void debounce_sample(uint32_t now_ms);

/** Takes the oldest edge from the queue. */
bool debounce_take(struct edge_seen *edge);

/** Debounced levels of all pins, bit n = pin n. */
uint32_t debounce_levels(void);

/** Edges that found the queue full. */
uint16_t debounce_dropped(void);

#endif
