// Each output counts down its own pattern; nothing waits.
#include "output.h"

#include "clock.h"
#include "pins.h"
#include "pwm.h"

struct pattern {
    uint32_t since_ms;
    uint16_t on_ms, off_ms;
    uint8_t times_left;
    bool running, endless, lit;
};

static struct pattern patterns[LAMPS_MAX + 1];

static void light(uint8_t output, bool lit) {
    uint8_t pin = pins_of_output(output);
    patterns[output].lit = lit;
    pwm_release(pin);
    pins_write(pin, lit);
}

void output_set(uint8_t output, uint16_t on_ms, uint16_t off_ms, uint8_t times) {
    if (pins_of_output(output) == NO_PIN) return;
    struct pattern *pattern = &patterns[output];
    bool steady = off_ms == 0 && times == 0;
    pattern->since_ms = clock_ms();
    pattern->on_ms = on_ms;
    pattern->off_ms = off_ms;
    pattern->times_left = times;
    pattern->endless = times == 0 && on_ms != 0;
    pattern->running = on_ms != 0 && !steady;
    light(output, on_ms != 0);
}

void output_release_pin(uint8_t pin) {
    for (uint8_t output = 0; output <= pins_lamps(); output++) {
        if (pins_of_output(output) != pin) continue;
        patterns[output].running = false;
        patterns[output].endless = false;
    }
}

void output_end_endless(void) {
    for (uint8_t output = 0; output <= pins_lamps(); output++) {
        if (patterns[output].endless) output_set(output, 0, 0, 0);
    }
}

static void change(uint8_t output, struct pattern *pattern) {
    if (!pattern->lit) {
        light(output, true);
        return;
    }
    if (!pattern->endless && --pattern->times_left == 0) pattern->running = false;
    light(output, pattern->running && pattern->off_ms == 0);
}

void output_turn(void) {
    for (uint8_t output = 0; output <= pins_lamps(); output++) {
        struct pattern *pattern = &patterns[output];
        uint16_t lasts_ms = pattern->lit ? pattern->on_ms : pattern->off_ms;
        if (!pattern->running || clock_since(pattern->since_ms) < lasts_ms) continue;
        pattern->since_ms = clock_ms();
        change(output, pattern);
    }
}
