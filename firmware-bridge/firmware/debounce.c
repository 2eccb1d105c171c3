// A three-bit counter per pin, kept in three words so that all pins count at once ("vertical counter").
#include "debounce.h"

#include <util/atomic.h>

#include "pins.h"

enum { SLOW_SAMPLES = 200, QUEUE = 16 };

static volatile uint32_t levels;
static uint32_t counting_0, counting_1, counting_2;
static uint32_t watched_pins, slow_pins;
static uint8_t slow_count;

static struct edge_seen queue[QUEUE];
static volatile uint8_t queue_first, queue_length;
static volatile uint16_t dropped;

void debounce_start(uint32_t watched, uint32_t slow) {
    watched_pins = watched;
    slow_pins = slow;
    levels = pins_read();
}

static void push(uint8_t pin, bool high, uint32_t now_ms) {
    if (queue_length == QUEUE) {
        dropped++;
        return;
    }
    struct edge_seen *edge = &queue[(queue_first + queue_length) % QUEUE];
    edge->at_ms = now_ms;
    edge->pin = pin;
    edge->high = high;
    queue_length++;
}

/** Bits that differed from their level in eight samples running; a bit that agrees once begins again. */
static uint32_t eight_times(uint32_t different) {
    counting_2 = (counting_2 ^ (counting_1 & counting_0)) & different;
    counting_1 = (counting_1 ^ counting_0) & different;
    counting_0 = ~counting_0 & different;
    return different & ~(counting_0 | counting_1 | counting_2);
}

static uint32_t slow_change(uint32_t different) {
    if ((different & slow_pins) == 0) {
        slow_count = 0;
        return 0;
    }
    if (++slow_count < SLOW_SAMPLES) return 0;
    slow_count = 0;
    return different & slow_pins;
}

void debounce_sample(uint32_t now_ms) {
    uint32_t different = pins_read() ^ levels;
    uint32_t changed = eight_times(different & ~slow_pins) | slow_change(different);
    if (changed == 0) return;
    levels ^= changed;
    uint32_t edges = changed & watched_pins;
    for (uint8_t pin = 0; edges != 0; pin++, edges >>= 1) {
        if (edges & 1) push(pin, (levels >> pin) & 1, now_ms);
    }
}

bool debounce_take(struct edge_seen *edge) {
    bool taken = false;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        if (queue_length > 0) {
            *edge = queue[queue_first];
            queue_first = (queue_first + 1) % QUEUE;
            queue_length--;
            taken = true;
        }
    }
    return taken;
}

uint32_t debounce_levels(void) {
    uint32_t now;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { now = levels; }
    return now;
}

uint16_t debounce_dropped(void) {
    uint16_t count;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { count = dropped; }
    return count;
}
