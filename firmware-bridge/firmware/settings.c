// Ranges and factory values are those of docs/firmware.md.
#include "settings.h"

#include <stddef.h>
#include <string.h>
#include <util/crc16.h>

#include "eeprom.h"
#include "frame.h"
#include "reset.h"

// The first bytes are left alone: address 0 is the first victim of a falling supply.
static const uint16_t COPIES[2] = {16, 80};
_Static_assert(sizeof(struct settings) <= 64, "the copies lie 64 bytes apart");

struct settings settings;

static struct settings writing;
static uint8_t written = sizeof writing;

static uint16_t check_of(const struct settings *copy) {
    const uint8_t *bytes = (const uint8_t *)copy;
    uint16_t check = 0xFFFF;
    for (uint8_t i = 0; i < offsetof(struct settings, check); i++) check = _crc_ccitt_update(check, bytes[i]);
    return check;
}

static bool read_copy(uint8_t which, struct settings *copy) {
    uint8_t *bytes = (uint8_t *)copy;
    for (uint8_t i = 0; i < sizeof *copy; i++) bytes[i] = eeprom_read_byte_now(COPIES[which] + i);
    return copy->check == check_of(copy);
}

static void take_factory_settings(void) {
    settings = (struct settings){.profile = PROFILE_BY_JUMPER, .display = DISPLAY_MATRIX, .displays = 4, .brightness = 4, .silence_ms = 3000, .heartbeat_ms = 1000};
}

bool settings_start(void) {
    struct settings other;
    bool first_good = read_copy(0, &settings);
    bool second_good = read_copy(1, &other);
    if (!first_good && !second_good) take_factory_settings();
    if (second_good && (!first_good || (int8_t)(other.generation - settings.generation) > 0)) settings = other;
    return first_good || second_good;
}

static void count(uint16_t *counter) {
    if (*counter < UINT16_MAX) ++*counter;
}

/** The supply that rises slowly sets brown-out with power-on: only a brown-out alone is one. */
void settings_count_start(uint8_t cause) {
    if (cause & CAUSE_POWER_ON) {
        count(&settings.power_ons);
    } else if (cause & CAUSE_BROWN_OUT) {
        count(&settings.brown_outs);
    } else if (cause & CAUSE_WATCHDOG && (cause & CAUSE_ASKED) == 0) {
        count(&settings.watchdog_resets);
    } else {
        return;
    }
    settings_save();
}

void settings_save(void) {
    settings.generation++;
    settings.check = check_of(&settings);
    writing = settings;
    written = 0;
}

bool settings_saving(void) { return written < sizeof writing; }

/** The copy whose turn it is goes with the generation, so the newer one is never touched. */
bool settings_turn(void) {
    if (!settings_saving() || !eeprom_idle()) return false;
    const uint8_t *bytes = (const uint8_t *)&writing;
    uint16_t address = COPIES[writing.generation % 2];
    while (settings_saving() && eeprom_read_byte_now(address + written) == bytes[written]) written++;
    if (!settings_saving()) return true;
    eeprom_begin_replace(address + written, bytes[written]);
    return false;
}

static enum fault take_septet(uint8_t *value, const uint8_t *septets, uint8_t length, uint8_t least, uint8_t most) {
    if (length != 1) return FAULT_LENGTH;
    if (septets[0] < least || septets[0] > most) return FAULT_RANGE;
    *value = septets[0];
    return FAULT_NONE;
}

static enum fault take_u16(uint16_t *value, const uint8_t *septets, uint8_t length, uint16_t least, uint16_t most) {
    if (length != SEPTETS_U16) return FAULT_LENGTH;
    uint16_t wanted = septets_u16(septets);
    if (septets[2] > 3 || wanted < least || wanted > most) return FAULT_RANGE;
    *value = wanted;
    return FAULT_NONE;
}

static enum fault take_text(char *value, const uint8_t *septets, uint8_t length, uint8_t most) {
    if (length > most) return FAULT_LENGTH;
    for (uint8_t i = 0; i < length; i++) {
        if (septets[i] < ' ' || septets[i] > '~') return FAULT_RANGE;
    }
    memset(value, 0, most + 1);
    memcpy(value, septets, length);
    return FAULT_NONE;
}

enum fault settings_take(uint8_t setting, const uint8_t *septets, uint8_t length) {
    switch (setting) {
        case SETTING_PROFILE: return take_septet(&settings.profile, septets, length, PROFILE_BY_JUMPER, PROFILE_WINDOW_DISPLAY);
        case SETTING_SERIAL: return take_text(settings.serial, septets, length, SERIAL_MAX);
        case SETTING_DISPLAY: return take_septet(&settings.display, septets, length, DISPLAY_NONE, DISPLAY_MATRIX);
        case SETTING_DISPLAYS: return take_septet(&settings.displays, septets, length, 1, DISPLAYS_MAX);
        case SETTING_DEFAULT_TEXT: return take_text(settings.default_text, septets, length, TEXT_MAX);
        case SETTING_SILENCE_MS: return take_u16(&settings.silence_ms, septets, length, 500, 60000);
        case SETTING_HEARTBEAT_MS: return take_u16(&settings.heartbeat_ms, septets, length, 200, 30000);
        case SETTING_BRIGHTNESS: return take_septet(&settings.brightness, septets, length, 0, 15);
        default: return FAULT_RANGE;
    }
}

bool settings_tell(uint8_t setting) {
    switch (setting) {
        case SETTING_PROFILE: frame_septet(settings.profile); return true;
        case SETTING_SERIAL: frame_text(settings.serial); return true;
        case SETTING_DISPLAY: frame_septet(settings.display); return true;
        case SETTING_DISPLAYS: frame_septet(settings.displays); return true;
        case SETTING_DEFAULT_TEXT: frame_text(settings.default_text); return true;
        case SETTING_SILENCE_MS: frame_u16(settings.silence_ms); return true;
        case SETTING_HEARTBEAT_MS: frame_u16(settings.heartbeat_ms); return true;
        case SETTING_BRIGHTNESS: frame_septet(settings.brightness); return true;
        default: return false;
    }
}
