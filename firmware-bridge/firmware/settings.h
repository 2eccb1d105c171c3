// What the technician set, and counters that outlive power cuts. Two copies in EEPROM are written in turn: a power cut leaves one whole.
#ifndef SETTINGS_H
#define SETTINGS_H

#include "board.h"

enum setting {
    SETTING_PROFILE = 1,
    SETTING_SERIAL,
    SETTING_DISPLAY,
    SETTING_DISPLAYS,
    SETTING_DEFAULT_TEXT,
    SETTING_SILENCE_MS,
    SETTING_HEARTBEAT_MS,
    SETTING_BRIGHTNESS
};

enum display_kind { DISPLAY_NONE, DISPLAY_DIGITS, DISPLAY_MATRIX };

struct settings {
    uint8_t generation;
    uint8_t profile;
    uint8_t display;
    uint8_t displays;
    uint8_t brightness;
    uint16_t silence_ms;
    uint16_t heartbeat_ms;
    uint16_t power_ons;
    uint16_t brown_outs;
    uint16_t watchdog_resets;
    char serial[SERIAL_MAX + 1];
    char default_text[TEXT_MAX + 1];
    uint16_t check;
};

extern struct settings settings;

/** Reads the newer good copy; false (and factory settings) if there is none: the EEPROM never was a hall board's. */
bool settings_start(void);
void settings_count_start(uint8_t cause);

/** Takes a setting's payload (septets). The caller says it with `settings_save`. */
enum fault settings_take(uint8_t setting, const uint8_t *septets, uint8_t length);
/** Adds a setting's value to the frame under way; false for an unknown one. */
bool settings_tell(uint8_t setting);

void settings_save(void);
bool settings_saving(void);
/** Drives the EEPROM on by one byte if it is idle. True when all is saved. */
bool settings_turn(void);

#endif
