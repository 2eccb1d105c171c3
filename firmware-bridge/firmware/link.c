// A status byte always begins anew, whatever was under way: noise costs at most the message that it hit.
#include "link.h"

#include "firmata.h"
#include "frame.h"
#include "sysex.h"

enum { SYSEX_START = 0xF0, SYSEX_END = 0xF7, USER_COMMANDS_END = 0x10, DATA_MAX = 2 };

static uint8_t sysex[FRAME_MAX - 2];
static uint8_t sysex_length;
static bool in_sysex, too_long;

static uint8_t message;
static uint8_t data[DATA_MAX];
static uint8_t data_length, data_wanted;

static void end_sysex(void) {
    in_sysex = false;
    if (too_long) {
        sysex_too_long();
    } else if (sysex_length > 0 && sysex[0] < USER_COMMANDS_END) {
        sysex_take(sysex, sysex_length);
    } else if (sysex_length > 0) {
        firmata_sysex(sysex, sysex_length);
    }
}

static void begin(uint8_t status) {
    data_wanted = 0;
    if (status == SYSEX_END && in_sysex) {
        end_sysex();
        return;
    }
    in_sysex = status == SYSEX_START;
    too_long = false;
    sysex_length = 0;
    if (in_sysex) return;
    message = status;
    data_length = 0;
    data_wanted = firmata_data_length(status);
    if (data_wanted == 0) firmata_message(status, 0, 0);
}

static void add_to_sysex(uint8_t byte) {
    if (sysex_length == sizeof sysex) {
        too_long = true;
    } else {
        sysex[sysex_length++] = byte;
    }
}

static void add_to_message(uint8_t byte) {
    data[data_length++] = byte;
    if (data_length < data_wanted) return;
    data_wanted = 0;
    firmata_message(message, data[0], data[1]);
}

void link_take(uint8_t byte) {
    if (byte & 0x80) {
        begin(byte);
    } else if (in_sysex) {
        add_to_sysex(byte);
    } else if (data_wanted > 0) {
        add_to_message(byte);
    }
}
