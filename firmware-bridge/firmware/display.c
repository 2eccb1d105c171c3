// Seven-segment digits are lit segment by segment (no decode mode), so that letters and a point can be shown too.
#include "display.h"

#include <string.h>

#include "font.h"
#include "frame.h"
#include "max7219.h"
#include "settings.h"

enum what { WHAT_CLEAR, WHAT_DIGITS, WHAT_TEXT, WHAT_FRAME, WHAT_BRIGHTNESS };
enum { ROWS = 8, POINT = 0x80 };

void display_start(void) {
    if (settings.display != DISPLAY_NONE) max7219_start(settings.displays, settings.brightness);
}

static void wipe(void) { memset(max7219_picture(), 0, DISPLAYS_MAX * ROWS); }

void display_clear(void) {
    wipe();
    max7219_show();
}

/** The leftmost digit is the chip's DIG7, the last row. */
static void draw_digits(const uint8_t *text, uint8_t length) {
    uint8_t(*picture)[ROWS] = max7219_picture();
    uint8_t place = 0;
    for (uint8_t i = 0; i < length; i++) {
        if (text[i] == '.' && place > 0) {
            picture[0][ROWS - place] |= POINT;
        } else if (place < ROWS) {
            picture[0][ROWS - 1 - place++] = font_segments(text[i]);
        }
    }
}

static void draw_text(const uint8_t *text, uint8_t length) {
    for (uint8_t i = 0; i < length && i < settings.displays; i++) font_draw(text[i], max7219_picture()[i]);
}

void display_text(const uint8_t *text, uint8_t length) {
    wipe();
    if (settings.display == DISPLAY_DIGITS) {
        draw_digits(text, length);
    } else {
        draw_text(text, length);
    }
    max7219_show();
}

static enum fault show_text(enum display_kind kind, const uint8_t *text, uint8_t length) {
    if (settings.display != kind) return FAULT_NOT_FITTED;
    if (length > TEXT_MAX) return FAULT_LENGTH;
    for (uint8_t i = 0; i < length; i++) {
        if (text[i] < ' ' || text[i] > '~') return FAULT_RANGE;
    }
    display_text(text, length);
    return FAULT_NONE;
}

static enum fault show_frame(const uint8_t *septets, uint8_t length) {
    if (length < 2) return FAULT_LENGTH;
    uint8_t first = septets[0], count = septets[1];
    if (count == 0 || first + count > settings.displays) return FAULT_RANGE;
    if (length - 2 != (count * 64 + 6) / 7) return FAULT_LENGTH;
    septets_unpack(septets + 2, max7219_picture()[first], count * ROWS);
    max7219_show();
    return FAULT_NONE;
}

static enum fault dim(const uint8_t *septets, uint8_t length) {
    if (length != 1) return FAULT_LENGTH;
    if (septets[0] > 15) return FAULT_RANGE;
    max7219_set_brightness(septets[0]);
    return FAULT_NONE;
}

static enum fault clear(uint8_t length) {
    if (length != 0) return FAULT_LENGTH;
    display_clear();
    return FAULT_NONE;
}

enum fault display_command(const uint8_t *septets, uint8_t length) {
    if (settings.display == DISPLAY_NONE) return FAULT_NOT_FITTED;
    const uint8_t *rest = septets + 1;
    switch (septets[0]) {
        case WHAT_CLEAR: return clear(length - 1);
        case WHAT_DIGITS: return show_text(DISPLAY_DIGITS, rest, length - 1);
        case WHAT_TEXT: return show_text(DISPLAY_MATRIX, rest, length - 1);
        case WHAT_FRAME: return show_frame(rest, length - 1);
        case WHAT_BRIGHTNESS: return dim(rest, length - 1);
        default: return FAULT_RANGE;
    }
}
