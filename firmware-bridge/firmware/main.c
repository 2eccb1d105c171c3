// The hall board: starts the parts and gives each its turn. No part waits for another; what can wait keeps its state.
#include <avr/interrupt.h>
#include <avr/sleep.h>

#include "clock.h"
#include "debounce.h"
#include "display.h"
#include "evaluator.h"
#include "firmata.h"
#include "heartbeat.h"
#include "link.h"
#include "max7219.h"
#include "output.h"
#include "pins.h"
#include "records.h"
#include "report.h"
#include "reset.h"
#include "ring.h"
#include "settings.h"
#include "sysex.h"
#include "uart.h"

static uint32_t pins_with(enum role role) {
    uint32_t pins = 0;
    for (uint8_t pin = 0; pin < DIGITAL_PINS; pin++) {
        if (pins_role(pin) == role) pins |= 1UL << pin;
    }
    return pins;
}

/** A chip that never was a hall board gets an empty ring and then its settings, and has both before its first record. */
static void start_memory(void) {
    if (!settings_start()) {
        ring_format();
        settings_save();
        while (settings_saving()) settings_turn();
    }
    ring_start();
    settings_count_start(reset_cause());
}

static void start(void) {
    reset_guard();
    start_memory();
    pins_start(settings.profile, settings.display != DISPLAY_NONE);
    uart_start();
    debounce_start(pins_with(ROLE_KEY) | pins_with(ROLE_PAPER), pins_with(ROLE_PAPER));
    clock_start();
    sei();
    display_start();
    firmata_start();
    sysex_tell_identity(0);
}

static void take_bytes(void) {
    uint8_t byte;
    // A bounded helping: a flood must not keep the keys waiting.
    for (uint8_t i = 0; i < 64 && uart_read(&byte); i++) link_take(byte);
}

static void turn(void) {
    take_bytes();
    records_turn();
    sysex_turn();
    heartbeat_turn();
    evaluator_turn();
    output_turn();
    report_turn();
    max7219_turn();
}

/** Until the next interrupt: a byte, the end of an EEPROM write, at the latest the next millisecond. */
static void rest(void) {
    cli();
    if (uart_quiet()) {
        sleep_enable();
        sei();
        sleep_cpu();
        sleep_disable();
    }
    sei();
}

int main(void) {
    set_sleep_mode(SLEEP_MODE_IDLE);
    start();
    for (;;) {
        reset_fed();
        turn();
        rest();
    }
}
