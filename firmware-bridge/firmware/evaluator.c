// One press waits at a time, the newest: whoever presses twice sees the lamp of the second key.
#include "evaluator.h"

#include "clock.h"
#include "output.h"
#include "pins.h"

enum { LAMP_THANKS = 6, BLINK_MS = 250, THANKS_MS = 3000, BEEP_MS = 120, BUZZER = 0 };
static const uint16_t PATIENCE_MS = 10000;

static uint8_t waiting_key;
static uint32_t waiting_sequence, since_ms;

static void stop_waiting(void) {
    if (waiting_key != 0) output_set(waiting_key, 0, 0, 0);
    waiting_key = 0;
}

void evaluator_pressed(uint8_t key, uint32_t sequence) {
    if (pins_profile() != PROFILE_EVALUATOR) return;
    stop_waiting();
    waiting_key = key;
    waiting_sequence = sequence;
    since_ms = clock_ms();
    output_set(key, BLINK_MS, BLINK_MS, 0);
}

void evaluator_acknowledged(uint32_t through) {
    if (waiting_key == 0 || through < waiting_sequence) return;
    stop_waiting();
    output_set(LAMP_THANKS, THANKS_MS, 0, 1);
    output_set(BUZZER, BEEP_MS, 0, 1);
}

void evaluator_turn(void) {
    if (waiting_key != 0 && clock_since(since_ms) >= PATIENCE_MS) stop_waiting();
}
