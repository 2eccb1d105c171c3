// From the start the board waits for as long as a silence may last; then it is alone until the first good frame.
#include "heartbeat.h"

#include <string.h>

#include "clock.h"
#include "display.h"
#include "frame.h"
#include "output.h"
#include "pins.h"
#include "records.h"
#include "ring.h"
#include "settings.h"

enum presence { PRESENCE_AWAITED, PRESENCE_THERE, PRESENCE_ALONE };
enum { ALONE_ON_MS = 200, ALONE_OFF_MS = 1800 };

static enum presence presence;
static uint32_t heard_ms, told_ms;

bool heartbeat_gateway_there(void) { return presence == PRESENCE_THERE; }

static void end_being_alone(void) {
    output_set(pins_offline_lamp(), 0, 0, 0);
    if (settings.default_text[0] != 0) display_clear();
}

static void be_alone(void) {
    presence = PRESENCE_ALONE;
    output_end_endless();
    output_set(pins_offline_lamp(), ALONE_ON_MS, ALONE_OFF_MS, 0);
    if (settings.default_text[0] != 0) display_text((const uint8_t *)settings.default_text, strlen(settings.default_text));
}

void heartbeat_heard(void) {
    heard_ms = clock_ms();
    if (presence == PRESENCE_THERE) return;
    if (presence == PRESENCE_ALONE) end_being_alone();
    presence = PRESENCE_THERE;
    told_ms = clock_ms();
    records_send_again();
}

void heartbeat_tell(uint8_t tag) {
    frame_begin(COMMAND_HEARTBEAT, tag);
    frame_u32(clock_ms());
    frame_u32(ring_newest());
    frame_septet(ring_waiting());
    frame_septet(heartbeat_gateway_there());
    frame_send();
}

void heartbeat_turn(void) {
    if (presence != PRESENCE_ALONE && clock_since(heard_ms) > settings.silence_ms) be_alone();
    if (presence != PRESENCE_THERE || clock_since(told_ms) < settings.heartbeat_ms) return;
    told_ms = clock_ms();
    heartbeat_tell(0);
}
