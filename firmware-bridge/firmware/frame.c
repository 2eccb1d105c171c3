// Packing and the check; no meaning.
#include "frame.h"

#include "uart.h"

enum { SYSEX_START = 0xF0, SYSEX_END = 0xF7, POLYNOMIAL_REFLECTED = 0x2804 };

static uint8_t building[FRAME_MAX];
static uint8_t built;
static uint16_t dropped;

uint16_t frame_check(const uint8_t *bytes, uint8_t length) {
    uint16_t check = 0;
    for (uint8_t i = 0; i < length; i++) {
        check ^= bytes[i];
        for (uint8_t bit = 0; bit < 8; bit++) check = check & 1 ? check >> 1 ^ POLYNOMIAL_REFLECTED : check >> 1;
    }
    return check;
}

void frame_begin(enum command command, uint8_t tag) {
    building[0] = command;
    building[1] = tag;
    built = 2;
}

void frame_septet(uint8_t value) { building[built++] = value & 0x7F; }

void frame_u16(uint16_t value) {
    for (uint8_t i = 0; i < SEPTETS_U16; i++, value >>= 7) frame_septet(value);
}

void frame_u32(uint32_t value) {
    for (uint8_t i = 0; i < SEPTETS_U32; i++, value >>= 7) frame_septet(value);
}

void frame_text(const char *text) {
    while (*text != 0) frame_septet(*text++);
}

bool frame_send(void) {
    uint16_t check = frame_check(building, built);
    frame_septet(check);
    frame_septet(check >> 7);
    if (uart_room() < built + 2) {
        dropped++;
        return false;
    }
    uart_write(SYSEX_START);
    for (uint8_t i = 0; i < built; i++) uart_write(building[i]);
    uart_write(SYSEX_END);
    return true;
}

uint16_t frame_dropped(void) { return dropped; }

void frame_error(uint8_t tag, uint8_t command, enum fault fault) {
    frame_begin(COMMAND_ERROR, tag);
    frame_septet(command);
    frame_septet(fault);
    frame_send();
}

uint16_t septets_u16(const uint8_t *septets) { return septets[0] | (uint16_t)septets[1] << 7 | (uint16_t)septets[2] << 14; }

uint32_t septets_u32(const uint8_t *septets) {
    uint32_t value = 0;
    for (uint8_t i = SEPTETS_U32; i > 0; i--) value = value << 7 | septets[i - 1];
    return value;
}

void septets_unpack(const uint8_t *septets, uint8_t *bytes, uint8_t length) {
    uint16_t bits = 0;
    uint8_t waiting = 0;
    while (length > 0) {
        bits |= (uint16_t)*septets++ << waiting;
        waiting += 7;
        if (waiting < 8) continue;
        *bytes++ = bits;
        bits >>= 8;
        waiting -= 8;
        length--;
    }
}
