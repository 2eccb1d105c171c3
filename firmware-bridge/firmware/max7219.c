// 4 MHz SPI, data latched by the rising select line. The last display's word goes out first.
#include "max7219.h"

#include <avr/io.h>

#include "clock.h"
#include "pins.h"

enum { REGISTER_DIGIT_0 = 1, REGISTER_DECODE = 9, REGISTER_INTENSITY, REGISTER_SCAN_LIMIT, REGISTER_SHUTDOWN, REGISTER_TEST = 15 };
enum { REFRESH_MS = 1000, ROWS = 8 };

static uint8_t picture[DISPLAYS_MAX][ROWS];
static uint8_t chained, intensity;
static uint32_t shown_ms;

static void send(uint8_t byte) {
    SPDR = byte;
    while ((SPSR & _BV(SPIF)) == 0) {
    }
}

static void send_all(uint8_t which, uint8_t value) {
    pins_write(PIN_DISPLAY_SELECT, false);
    for (uint8_t i = 0; i < chained; i++) {
        send(which);
        send(value);
    }
    pins_write(PIN_DISPLAY_SELECT, true);
}

static void send_row(uint8_t row) {
    pins_write(PIN_DISPLAY_SELECT, false);
    for (uint8_t i = chained; i > 0; i--) {
        send(REGISTER_DIGIT_0 + row);
        send(picture[i - 1][row]);
    }
    pins_write(PIN_DISPLAY_SELECT, true);
}

void max7219_start(uint8_t displays, uint8_t brightness) {
    chained = displays;
    intensity = brightness;
    pins_write(PIN_DISPLAY_SELECT, true);
    pins_set_output(PIN_DISPLAY_SELECT);
    pins_set_output(PIN_DISPLAY_DATA);
    pins_set_output(PIN_DISPLAY_CLOCK);
    SPCR = _BV(SPE) | _BV(MSTR);
    max7219_show();
}

uint8_t (*max7219_picture(void))[8] { return picture; }

void max7219_set_brightness(uint8_t brightness) {
    intensity = brightness;
    if (chained > 0) send_all(REGISTER_INTENSITY, intensity);
}

void max7219_show(void) {
    if (chained == 0) return;
    send_all(REGISTER_TEST, 0);
    send_all(REGISTER_DECODE, 0);
    send_all(REGISTER_SCAN_LIMIT, ROWS - 1);
    send_all(REGISTER_INTENSITY, intensity);
    for (uint8_t row = 0; row < ROWS; row++) send_row(row);
    send_all(REGISTER_SHUTDOWN, 1);
}

void max7219_turn(void) {
    if (clock_since(shown_ms) < REFRESH_MS) return;
    shown_ms = clock_ms();
    max7219_show();
}
