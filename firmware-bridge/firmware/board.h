// What every file of the firmware may rely on: the versions it announces, the profiles and the words of the wire.
// The protocol is written down in docs/firmware.md; names here are the names there.
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stdint.h>

enum { PROTOCOL_MAJOR = 1, PROTOCOL_MINOR = 0, MODEL = 1 };
#define FIRMWARE_NAME "hall-board"
enum { FIRMWARE_MAJOR = 1, FIRMWARE_MINOR = 0, FIRMWARE_PATCH = 0 };

enum profile { PROFILE_BY_JUMPER, PROFILE_BUTTON_PANEL, PROFILE_EVALUATOR, PROFILE_WINDOW_DISPLAY };

enum { PAPER = 0x10, KEYS_MAX = 8, LAMPS_MAX = 6, DISPLAYS_MAX = 8, TEXT_MAX = 8, SERIAL_MAX = 16 };

enum edge { EDGE_RELEASED, EDGE_PRESSED };

enum command {
    COMMAND_IDENTITY = 0x01,
    COMMAND_KEY_EVENT = 0x02,
    COMMAND_ACK = 0x03,
    COMMAND_REPLAY = 0x04,
    COMMAND_STATUS = 0x05,
    COMMAND_DISPLAY = 0x06,
    COMMAND_OUTPUT = 0x07,
    COMMAND_HEARTBEAT = 0x08,
    COMMAND_GET_SETTING = 0x09,
    COMMAND_SET_SETTING = 0x0A,
    COMMAND_UNLOCK = 0x0B,
    COMMAND_RESTART = 0x0C,
    COMMAND_DONE = 0x0E,
    COMMAND_ERROR = 0x0F
};

enum fault {
    FAULT_NONE,
    FAULT_UNKNOWN_COMMAND,
    FAULT_LENGTH,
    FAULT_CHECK,
    FAULT_RANGE,
    FAULT_LOCKED,
    FAULT_NOT_FITTED,
    FAULT_TOO_LONG,
    FAULT_BUSY,
    FAULT_VERSION
};

#endif
