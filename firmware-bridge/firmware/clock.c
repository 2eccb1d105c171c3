// The 1 ms tick. Keys are sampled here, in the interrupt, so that a busy main loop never stretches their debounce.
#include "clock.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

#include "debounce.h"

static volatile uint32_t now_ms;

void clock_start(void) {
    TCCR2A = _BV(WGM21);
    OCR2A = F_CPU / 64 / 1000 - 1;
    TCCR2B = _BV(CS22);
    TIMSK2 = _BV(OCIE2A);
}

uint32_t clock_ms(void) {
    uint32_t ms;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { ms = now_ms; }
    return ms;
}

uint32_t clock_since(uint32_t then_ms) { return clock_ms() - then_ms; }

ISR(TIMER2_COMPA_vect) {
    now_ms++;
    debounce_sample(now_ms);
}
