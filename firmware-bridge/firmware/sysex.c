// One table says which command takes how much; a handler returns what went wrong, or whether it has answered itself.
#include "sysex.h"

#include <avr/pgmspace.h>
#include <string.h>

#include "clock.h"
#include "debounce.h"
#include "display.h"
#include "frame.h"
#include "heartbeat.h"
#include "mark.h"
#include "max7219.h"
#include "output.h"
#include "pins.h"
#include "records.h"
#include "reset.h"
#include "ring.h"
#include "settings.h"
#include "uart.h"

enum { UNLOCKED_MS = 10000, BUZZER = 0, BUZZER_ON_MAX_MS = 2000, BUZZER_TIMES_MAX = 20 };

/** A handler's answer beyond the faults: it has answered, or will. */
enum { ANSWERED = 0x80 };

typedef uint8_t (*handler)(uint8_t tag, const uint8_t *payload, uint8_t length);

struct entry {
    uint8_t command, shortest, longest;
    handler carry_out;
};

static uint16_t frames_dropped;
static bool unlocked;
static uint32_t unlocked_ms;
static bool saving_asked;
static uint8_t saving_tag;

void sysex_tell_identity(uint8_t tag) {
    frame_begin(COMMAND_IDENTITY, tag);
    frame_septet(PROTOCOL_MAJOR);
    frame_septet(PROTOCOL_MINOR);
    frame_septet(MODEL);
    frame_septet(pins_profile());
    frame_septet(FIRMWARE_MAJOR);
    frame_septet(FIRMWARE_MINOR);
    frame_septet(FIRMWARE_PATCH);
    frame_u32(pgm_read_dword(&program_mark.build));
    frame_septet(reset_cause());
    frame_septet(pins_keys());
    frame_septet(pins_lamps());
    frame_septet(settings.display == DISPLAY_NONE ? 0 : settings.displays);
    frame_text(settings.serial);
    frame_send();
}

static uint8_t identity(uint8_t tag, const uint8_t *payload, uint8_t length) {
    (void)length;
    if (payload[0] < PROTOCOL_MAJOR) return FAULT_VERSION;
    sysex_tell_identity(tag);
    return ANSWERED;
}

static uint8_t ack(uint8_t tag, const uint8_t *payload, uint8_t length) {
    (void)tag, (void)length;
    return payload[4] > 0x0F ? FAULT_RANGE : records_acknowledge(septets_u32(payload));
}

static uint8_t replay(uint8_t tag, const uint8_t *payload, uint8_t length) {
    (void)payload, (void)length;
    records_replay(tag);
    return ANSWERED;
}

static uint16_t keys_down(void) {
    uint32_t levels = debounce_levels();
    uint16_t down = 0;
    for (uint8_t key = 1; key <= pins_keys(); key++) {
        if ((levels >> pins_of_key(key) & 1) == 0) down |= 1 << (key - 1);
    }
    return down;
}

static bool paper_present(void) { return pins_role(PIN_PAPER) == ROLE_PAPER && (debounce_levels() >> PIN_PAPER & 1) == 0; }

static uint8_t status(uint8_t tag, const uint8_t *payload, uint8_t length) {
    (void)payload, (void)length;
    struct ring_record oldest;
    frame_begin(COMMAND_STATUS, tag);
    frame_u32(clock_ms());
    frame_u32(ring_after(0, &oldest) ? oldest.sequence : ring_newest() + 1);
    frame_u32(ring_newest());
    frame_septet(ring_waiting());
    frame_septet(reset_cause());
    frame_u16(settings.power_ons);
    frame_u16(settings.brown_outs);
    frame_u16(settings.watchdog_resets);
    frame_u16(ring_overruns());
    frame_u16(debounce_dropped());
    frame_u16(frames_dropped);
    frame_u16(uart_overruns());
    frame_u16(frame_dropped());
    frame_u16(keys_down());
    frame_septet(paper_present());
    frame_send();
    return ANSWERED;
}

static uint8_t display(uint8_t tag, const uint8_t *payload, uint8_t length) {
    (void)tag;
    return display_command(payload, length);
}

static uint8_t output(uint8_t tag, const uint8_t *payload, uint8_t length) {
    (void)tag, (void)length;
    uint8_t which = payload[0], times = payload[7];
    uint16_t on_ms = septets_u16(payload + 1), off_ms = septets_u16(payload + 4);
    if (pins_of_output(which) == NO_PIN) return FAULT_NOT_FITTED;
    if (payload[3] > 3 || payload[6] > 3) return FAULT_RANGE;
    bool sounds = which == BUZZER && on_ms != 0;
    if (sounds && (on_ms > BUZZER_ON_MAX_MS || times == 0 || times > BUZZER_TIMES_MAX)) return FAULT_RANGE;
    output_set(which, on_ms, off_ms, times);
    return FAULT_NONE;
}

static uint8_t heartbeat(uint8_t tag, const uint8_t *payload, uint8_t length) {
    (void)payload, (void)length;
    heartbeat_tell(tag);
    return ANSWERED;
}

static uint8_t get_setting(uint8_t tag, const uint8_t *payload, uint8_t length) {
    (void)length;
    frame_begin(COMMAND_GET_SETTING, tag);
    frame_septet(payload[0]);
    if (!settings_tell(payload[0])) return FAULT_RANGE;
    frame_send();
    return ANSWERED;
}

/** What was unlocked serves once. */
static bool use_up_unlocking(void) {
    bool good = unlocked && clock_since(unlocked_ms) < UNLOCKED_MS;
    unlocked = false;
    return good;
}

static uint8_t set_setting(uint8_t tag, const uint8_t *payload, uint8_t length) {
    if (settings_saving()) return FAULT_BUSY;
    if (!use_up_unlocking()) return FAULT_LOCKED;
    enum fault fault = settings_take(payload[0], payload + 1, length - 1);
    if (fault != FAULT_NONE) return fault;
    if (payload[0] == SETTING_BRIGHTNESS) max7219_set_brightness(settings.brightness);
    settings_save();
    saving_asked = true;
    saving_tag = tag;
    return ANSWERED;
}

static uint8_t unlock(uint8_t tag, const uint8_t *payload, uint8_t length) {
    (void)tag;
    if (length != strlen(settings.serial) || memcmp(payload, settings.serial, length) != 0) return FAULT_LOCKED;
    unlocked = true;
    unlocked_ms = clock_ms();
    return FAULT_NONE;
}

static void tell_done(uint8_t tag, uint8_t command) {
    if (tag == 0) return;
    frame_begin(COMMAND_DONE, tag);
    frame_septet(command);
    frame_send();
}

static uint8_t restart(uint8_t tag, const uint8_t *payload, uint8_t length) {
    (void)payload, (void)length;
    if (settings_saving()) return FAULT_BUSY;
    if (!use_up_unlocking()) return FAULT_LOCKED;
    tell_done(tag, COMMAND_RESTART);
    uart_flush();
    reset_restart();
}

static const struct entry ENTRIES[] PROGMEM = {
    {COMMAND_IDENTITY, 1, 1, identity},
    {COMMAND_ACK, SEPTETS_U32, SEPTETS_U32, ack},
    {COMMAND_REPLAY, 0, 0, replay},
    {COMMAND_STATUS, 0, 0, status},
    {COMMAND_DISPLAY, 1, 2 + (DISPLAYS_MAX * 64 + 6) / 7 + 1, display},
    {COMMAND_OUTPUT, 2 + 2 * SEPTETS_U16, 2 + 2 * SEPTETS_U16, output},
    {COMMAND_HEARTBEAT, 0, 0, heartbeat},
    {COMMAND_GET_SETTING, 1, 1, get_setting},
    {COMMAND_SET_SETTING, 1, 1 + SERIAL_MAX, set_setting},
    {COMMAND_UNLOCK, 0, SERIAL_MAX, unlock},
    {COMMAND_RESTART, 0, 0, restart},
};

static uint8_t carry_out(uint8_t command, uint8_t tag, const uint8_t *payload, uint8_t length) {
    for (uint8_t i = 0; i < sizeof ENTRIES / sizeof *ENTRIES; i++) {
        struct entry entry;
        memcpy_P(&entry, &ENTRIES[i], sizeof entry);
        if (entry.command != command) continue;
        if (length < entry.shortest || length > entry.longest) return FAULT_LENGTH;
        return entry.carry_out(tag, payload, length);
    }
    return FAULT_UNKNOWN_COMMAND;
}

static void drop(enum fault fault) {
    frames_dropped++;
    frame_error(0, 0, fault);
}

void sysex_too_long(void) { drop(FAULT_TOO_LONG); }

void sysex_take(const uint8_t *bytes, uint8_t length) {
    uint8_t checked = length - CHECK_SEPTETS;
    if (length < 2 + CHECK_SEPTETS || frame_check(bytes, checked) != (bytes[checked] | (uint16_t)bytes[checked + 1] << 7)) {
        drop(FAULT_CHECK);
        return;
    }
    heartbeat_heard();
    uint8_t result = carry_out(bytes[0], bytes[1], bytes + 2, checked - 2);
    if (result == ANSWERED) return;
    if (result == FAULT_NONE) {
        tell_done(bytes[1], bytes[0]);
    } else {
        frame_error(bytes[1], bytes[0], result);
    }
}

void sysex_turn(void) {
    if (unlocked && clock_since(unlocked_ms) >= UNLOCKED_MS) unlocked = false;
    if (!settings_turn() || !saving_asked) return;
    saving_asked = false;
    tell_done(saving_tag, COMMAND_SET_SETTING);
}
