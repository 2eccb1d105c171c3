// The profiles' pin tables and the plain work of reading and writing pins.
#include "pins.h"

#include <avr/io.h>
#include <avr/pgmspace.h>
#include <util/atomic.h>
#include <util/delay.h>

struct fitting {
    uint8_t key_pins[KEYS_MAX];
    uint8_t lamp_pins[LAMPS_MAX];
    uint8_t keys, lamps, offline_lamp;
    bool paper;
};

static const struct fitting FITTINGS[] PROGMEM = {
    [PROFILE_BUTTON_PANEL] = {{2, 3, 4, 5, 6, 15, 16, 17}, {9, 14}, 8, 2, 1, true},
    [PROFILE_EVALUATOR] = {{2, 3, 4, 5, 6}, {14, 15, 16, 17, 8, 9}, 5, 6, 6, false},
    [PROFILE_WINDOW_DISPLAY] = {{0}, {9}, 0, 1, 1, false},
};

enum { PIN_JUMPER_EVALUATOR = 18, PIN_JUMPER_DISPLAY = 19 };

static struct fitting fitted;
static enum profile profile;
static bool display_fitted;

static volatile uint8_t *port_of(uint8_t pin) { return pin < 8 ? &PORTD : pin < FIRST_ANALOG_PIN ? &PORTB : &PORTC; }

static volatile uint8_t *direction_of(uint8_t pin) { return pin < 8 ? &DDRD : pin < FIRST_ANALOG_PIN ? &DDRB : &DDRC; }

static uint8_t mask_of(uint8_t pin) { return 1 << (pin < 8 ? pin : pin < FIRST_ANALOG_PIN ? pin - 8 : pin - FIRST_ANALOG_PIN); }

static void set_bit(volatile uint8_t *port, uint8_t mask, bool high) {
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { *port = high ? *port | mask : *port & ~mask; }
}

static enum profile profile_by_jumper(void) {
    pins_set_input(PIN_JUMPER_EVALUATOR, true);
    pins_set_input(PIN_JUMPER_DISPLAY, true);
    _delay_us(50);
    bool evaluator = (pins_read() >> PIN_JUMPER_EVALUATOR & 1) == 0;
    bool display = (pins_read() >> PIN_JUMPER_DISPLAY & 1) == 0;
    if (evaluator == display) return PROFILE_BUTTON_PANEL;
    return evaluator ? PROFILE_EVALUATOR : PROFILE_WINDOW_DISPLAY;
}

void pins_start(enum profile configured, bool with_display) {
    profile = configured == PROFILE_BY_JUMPER ? profile_by_jumper() : configured;
    display_fitted = with_display;
    memcpy_P(&fitted, &FITTINGS[profile], sizeof fitted);
    for (uint8_t pin = 2; pin < DIGITAL_PINS; pin++) {
        enum role role = pins_role(pin);
        if (role == ROLE_KEY || role == ROLE_PAPER) pins_set_input(pin, true);
        if (role == ROLE_OUTPUT) pins_set_output(pin);
    }
    // The pull-ups load the lines before the first sample counts.
    _delay_us(50);
}

enum profile pins_profile(void) { return profile; }
uint8_t pins_keys(void) { return fitted.keys; }
uint8_t pins_lamps(void) { return fitted.lamps; }
uint8_t pins_offline_lamp(void) { return fitted.offline_lamp; }

uint8_t pins_key_on(uint8_t pin) {
    if (pin == PIN_PAPER && fitted.paper) return PAPER;
    for (uint8_t i = 0; i < fitted.keys; i++) {
        if (fitted.key_pins[i] == pin) return i + 1;
    }
    return 0;
}

uint8_t pins_of_key(uint8_t key) { return key >= 1 && key <= fitted.keys ? fitted.key_pins[key - 1] : NO_PIN; }

uint8_t pins_of_output(uint8_t output) {
    if (output == 0) return PIN_BUZZER;
    return output <= fitted.lamps ? fitted.lamp_pins[output - 1] : NO_PIN;
}

static bool is_output(uint8_t pin) {
    for (uint8_t output = 0; output <= fitted.lamps; output++) {
        if (pins_of_output(output) == pin) return true;
    }
    return false;
}

/** D12 too: SPI makes it an input that nobody reads. */
static bool is_display(uint8_t pin) { return display_fitted && pin >= PIN_DISPLAY_SELECT && pin <= PIN_DISPLAY_CLOCK; }

enum role pins_role(uint8_t pin) {
    if (pin < 2) return ROLE_LINK;
    if (pin >= DIGITAL_PINS) return ROLE_ANALOG_ONLY;
    uint8_t key = pins_key_on(pin);
    if (key != 0) return key == PAPER ? ROLE_PAPER : ROLE_KEY;
    if (is_output(pin)) return ROLE_OUTPUT;
    return is_display(pin) ? ROLE_DISPLAY : ROLE_FREE;
}

uint32_t pins_read(void) {
    return PIND | (uint16_t)(PINB & 0x3F) << 8 | (uint32_t)(PINC & 0x3F) << FIRST_ANALOG_PIN;
}

void pins_set_output(uint8_t pin) { set_bit(direction_of(pin), mask_of(pin), true); }

void pins_set_input(uint8_t pin, bool pull_up) {
    set_bit(direction_of(pin), mask_of(pin), false);
    set_bit(port_of(pin), mask_of(pin), pull_up);
}

void pins_write(uint8_t pin, bool high) { set_bit(port_of(pin), mask_of(pin), high); }
