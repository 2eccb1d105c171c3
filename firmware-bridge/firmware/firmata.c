// Messages of the Firmata protocol 2.5 (github.com/firmata/protocol), our own code.
#include "firmata.h"

#include "modes.h"
#include "pins.h"
#include "report.h"
#include "uart.h"

enum { FIRMATA_MAJOR = 2, FIRMATA_MINOR = 5 };
enum {
    DIGITAL_MESSAGE = 0x90,
    REPORT_ANALOG = 0xC0,
    REPORT_DIGITAL = 0xD0,
    ANALOG_MESSAGE = 0xE0,
    SYSEX_START = 0xF0,
    SET_PIN_MODE = 0xF4,
    SET_DIGITAL_PIN = 0xF5,
    SYSEX_END = 0xF7,
    PROTOCOL_VERSION = 0xF9,
    SYSTEM_RESET = 0xFF
};
enum {
    ANALOG_MAPPING_QUERY = 0x69,
    ANALOG_MAPPING_RESPONSE = 0x6A,
    CAPABILITY_QUERY = 0x6B,
    CAPABILITY_RESPONSE = 0x6C,
    PIN_STATE_QUERY = 0x6D,
    PIN_STATE_RESPONSE = 0x6E,
    EXTENDED_ANALOG = 0x6F,
    REPORT_FIRMWARE = 0x79,
    SAMPLING_INTERVAL = 0x7A,
    PIN_END = 0x7F
};

static void tell_version(void) {
    uart_write(PROTOCOL_VERSION);
    uart_write(FIRMATA_MAJOR);
    uart_write(FIRMATA_MINOR);
}

static void begin(uint8_t command) {
    uart_write(SYSEX_START);
    uart_write(command);
}

static void end(void) { uart_write(SYSEX_END); }

static void tell_firmware(void) {
    begin(REPORT_FIRMWARE);
    uart_write(FIRMWARE_MAJOR);
    uart_write(FIRMWARE_MINOR);
    for (const char *name = FIRMWARE_NAME; *name != 0; name++) {
        uart_write(*name & 0x7F);
        uart_write(0);
    }
    end();
}

void firmata_start(void) {
    modes_reset();
    tell_version();
    tell_firmware();
}

static void tell_capabilities(void) {
    static const uint8_t MODES[] = {MODE_INPUT, MODE_PULLUP, MODE_OUTPUT, MODE_ANALOG, MODE_PWM};
    begin(CAPABILITY_RESPONSE);
    for (uint8_t pin = 0; pin < PINS; pin++) {
        for (uint8_t i = 0; i < sizeof MODES; i++) {
            uint8_t bits = modes_resolution(pin, MODES[i]);
            if (bits == 0) continue;
            uart_write(MODES[i]);
            uart_write(bits);
        }
        uart_write(PIN_END);
    }
    end();
}

static void tell_analog_mapping(void) {
    begin(ANALOG_MAPPING_RESPONSE);
    for (uint8_t pin = 0; pin < PINS; pin++) uart_write(modes_channel(pin));
    end();
}

static void tell_pin_state(uint8_t pin) {
    if (pin >= PINS) return;
    uint16_t state = modes_state(pin);
    begin(PIN_STATE_RESPONSE);
    uart_write(pin);
    uart_write(modes_get(pin));
    uart_write(state & 0x7F);
    if (state > 0x7F) uart_write(state >> 7);
    end();
}

void firmata_sysex(const uint8_t *bytes, uint8_t length) {
    switch (bytes[0]) {
        case REPORT_FIRMWARE: tell_firmware(); break;
        case CAPABILITY_QUERY: tell_capabilities(); break;
        case ANALOG_MAPPING_QUERY: tell_analog_mapping(); break;
        case PIN_STATE_QUERY:
            if (length >= 2) tell_pin_state(bytes[1]);
            break;
        case EXTENDED_ANALOG:
            if (length >= 4) modes_write_analog(bytes[1], bytes[2] | (uint16_t)bytes[3] << 7);
            break;
        case SAMPLING_INTERVAL:
            if (length >= 3) report_set_interval(bytes[1] | (uint16_t)bytes[2] << 7);
            break;
        default: break;
    }
}

/** Messages below F0 carry a port, pin or channel in their low half. */
static uint8_t kind_of(uint8_t status) { return status < SYSEX_START ? status & 0xF0 : status; }

uint8_t firmata_data_length(uint8_t status) {
    switch (kind_of(status)) {
        case DIGITAL_MESSAGE:
        case ANALOG_MESSAGE:
        case SET_PIN_MODE:
        case SET_DIGITAL_PIN: return 2;
        case REPORT_ANALOG:
        case REPORT_DIGITAL: return 1;
        default: return 0;
    }
}

static void write_port(uint8_t port, uint8_t levels) {
    for (uint8_t bit = 0; bit < 8; bit++) modes_write_digital(8 * port + bit, levels >> bit & 1);
}

static void reset(void) {
    report_reset();
    modes_reset();
}

void firmata_message(uint8_t status, uint8_t first, uint8_t second) {
    uint8_t low = status & 0x0F;
    switch (kind_of(status)) {
        case DIGITAL_MESSAGE: write_port(low, first | second << 7); break;
        case ANALOG_MESSAGE: modes_write_analog(low, first | (uint16_t)second << 7); break;
        case SET_PIN_MODE: modes_set(first, second); break;
        case SET_DIGITAL_PIN: modes_write_digital(first, second); break;
        case REPORT_ANALOG: report_analog(low, first); break;
        case REPORT_DIGITAL: report_digital(low, first); break;
        case PROTOCOL_VERSION: tell_version(); break;
        case SYSTEM_RESET: reset(); break;
        default: break;
    }
}
