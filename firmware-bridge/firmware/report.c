// Levels are the debounced ones: an input of johnny-five bounces no more than a key of ours.
#include "report.h"

#include <avr/io.h>

#include "clock.h"
#include "debounce.h"
#include "modes.h"
#include "pins.h"
#include "uart.h"

enum { DIGITAL_MESSAGE = 0x90, ANALOG_MESSAGE = 0xE0, PORTS = 3, INTERVAL_MS = 19, INTERVAL_LEAST_MS = 10, MESSAGE_BYTES = 3 };

static uint8_t reported_ports, reported_channels;
static uint8_t port_levels[PORTS];
static uint16_t interval_ms = INTERVAL_MS;
static uint32_t measured_ms;

void report_reset(void) {
    reported_ports = 0;
    reported_channels = 0;
    interval_ms = INTERVAL_MS;
}

static void tell(uint8_t status, uint16_t value) {
    uart_write(status);
    uart_write(value & 0x7F);
    uart_write(value >> 7 & 0x7F);
}

static uint8_t levels_of(uint8_t port) {
    uint8_t levels = debounce_levels() >> (8 * port);
    for (uint8_t bit = 0; bit < 8; bit++) {
        uint8_t pin = 8 * port + bit;
        if (pin >= PINS || !modes_is_input(pin)) levels &= ~(1 << bit);
    }
    return levels;
}

static void tell_port(uint8_t port) {
    port_levels[port] = levels_of(port);
    tell(DIGITAL_MESSAGE | port, port_levels[port]);
}

void report_digital(uint8_t port, bool on) {
    if (port >= PORTS) return;
    reported_ports = on ? reported_ports | 1 << port : reported_ports & ~(1 << port);
    if (on) tell_port(port);
}

void report_analog(uint8_t channel, bool on) {
    if (channel >= ANALOG_CHANNELS || modes_channel(FIRST_ANALOG_PIN + channel) == NO_CHANNEL) return;
    reported_channels = on ? reported_channels | 1 << channel : reported_channels & ~(1 << channel);
}

void report_set_interval(uint16_t ms) { interval_ms = ms < INTERVAL_LEAST_MS ? INTERVAL_LEAST_MS : ms; }

/** Against the supply voltage, 104 us. */
static uint16_t measure(uint8_t channel) {
    ADMUX = _BV(REFS0) | channel;
    ADCSRA = _BV(ADEN) | _BV(ADSC) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0);
    while (ADCSRA & _BV(ADSC)) {
    }
    return ADC;
}

static void report_channels(void) {
    for (uint8_t channel = 0; channel < ANALOG_CHANNELS; channel++) {
        if (reported_channels >> channel & 1) tell(ANALOG_MESSAGE | channel, measure(channel));
    }
}

void report_turn(void) {
    if (uart_room() < MESSAGE_BYTES * ANALOG_CHANNELS) return;
    for (uint8_t port = 0; port < PORTS; port++) {
        if (reported_ports >> port & 1 && levels_of(port) != port_levels[port]) tell_port(port);
    }
    if (clock_since(measured_ms) < interval_ms) return;
    measured_ms = clock_ms();
    report_channels();
}
