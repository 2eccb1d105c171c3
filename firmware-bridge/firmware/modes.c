// A key stays a pulled-up input and a lamp an output, whatever anybody asks for.
#include "modes.h"

#include "output.h"
#include "pins.h"
#include "pwm.h"

/** A free pin nobody has asked for: Firmata calls it an output, electrically it stays an input until it is to be high. */
enum { MODE_UNASKED = 0xFF };

static uint8_t modes[PINS];
static uint8_t states[PINS];

static bool can_input(enum role role) { return role == ROLE_FREE || role == ROLE_KEY || role == ROLE_PAPER; }

static bool can_output(enum role role) { return role == ROLE_FREE || role == ROLE_OUTPUT; }

uint8_t modes_channel(uint8_t pin) {
    enum role role = pins_role(pin);
    bool measures = role == ROLE_FREE || role == ROLE_ANALOG_ONLY;
    return pin >= FIRST_ANALOG_PIN && measures ? pin - FIRST_ANALOG_PIN : NO_CHANNEL;
}

uint8_t modes_resolution(uint8_t pin, enum mode mode) {
    enum role role = pins_role(pin);
    switch (mode) {
        case MODE_INPUT:
        case MODE_PULLUP: return can_input(role) ? DIGITAL_BITS : 0;
        case MODE_OUTPUT: return can_output(role) ? DIGITAL_BITS : 0;
        case MODE_PWM: return can_output(role) && pwm_on(pin) ? PWM_BITS : 0;
        case MODE_ANALOG: return modes_channel(pin) == NO_CHANNEL ? 0 : ANALOG_BITS;
        default: return 0;
    }
}

static uint8_t mode_of_purpose(enum role role) {
    switch (role) {
        case ROLE_KEY:
        case ROLE_PAPER: return MODE_PULLUP;
        case ROLE_OUTPUT: return MODE_OUTPUT;
        case ROLE_ANALOG_ONLY: return MODE_ANALOG;
        case ROLE_FREE: return MODE_UNASKED;
        default: return MODE_INPUT;
    }
}

void modes_reset(void) {
    for (uint8_t pin = 0; pin < PINS; pin++) {
        enum role role = pins_role(pin);
        modes[pin] = mode_of_purpose(role);
        states[pin] = 0;
        if (role != ROLE_FREE) continue;
        pwm_release(pin);
        pins_set_input(pin, false);
    }
}

void modes_set(uint8_t pin, uint8_t mode) {
    if (pin >= PINS || modes_resolution(pin, mode) == 0) return;
    modes[pin] = mode;
    if (pins_role(pin) != ROLE_FREE) return;
    pwm_release(pin);
    if (mode == MODE_OUTPUT || mode == MODE_PWM) {
        pins_write(pin, false);
        pins_set_output(pin);
    } else {
        pins_set_input(pin, mode == MODE_PULLUP);
    }
}

uint8_t modes_get(uint8_t pin) { return modes[pin] == MODE_UNASKED ? MODE_OUTPUT : modes[pin]; }

uint16_t modes_state(uint8_t pin) { return states[pin]; }

bool modes_is_input(uint8_t pin) { return can_input(pins_role(pin)) && (modes[pin] == MODE_INPUT || modes[pin] == MODE_PULLUP); }

/** Writing to an input switches its pull-up, as it always did on this chip. */
void modes_write_digital(uint8_t pin, bool high) {
    if (pin >= PINS) return;
    states[pin] = high;
    // johnny-five's Relay relies on it.
    if (modes[pin] == MODE_UNASKED && high) modes_set(pin, MODE_OUTPUT);
    if (modes[pin] == MODE_OUTPUT && can_output(pins_role(pin))) {
        output_release_pin(pin);
        pwm_write(pin, high ? 255 : 0);
    } else if (pins_role(pin) == ROLE_FREE && modes_is_input(pin)) {
        pins_set_input(pin, high);
    }
}

void modes_write_analog(uint8_t pin, uint16_t value) {
    if (pin >= PINS || modes[pin] != MODE_PWM) return;
    states[pin] = value > 255 ? 255 : value;
    output_release_pin(pin);
    pwm_write(pin, states[pin]);
}
