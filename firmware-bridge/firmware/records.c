// A cursor runs over the waiting records; sending again is setting it back.
#include "records.h"

#include "clock.h"
#include "debounce.h"
#include "evaluator.h"
#include "frame.h"
#include "heartbeat.h"
#include "pins.h"
#include "ring.h"
#include "settings.h"
#include "uart.h"

enum { FLAG_AGAIN = 1, FLAG_BEFORE_START = 2, EVENT_BYTES = 19, SEND_AGAIN_MS = 2000 };
static const uint32_t AGE_UNKNOWN = 0xFFFFFFFF;

static uint32_t sent, sent_ever, waiting_since_ms;
static bool replay_asked;
static uint8_t replay_tag, replay_count;

static void take_edge(void) {
    struct edge_seen seen;
    if (!ring_ready() || !debounce_take(&seen)) return;
    uint8_t key = pins_key_on(seen.pin);
    if (key != 0) ring_store(key, seen.high ? EDGE_RELEASED : EDGE_PRESSED, seen.at_ms);
}

static void store_on(void) {
    struct ring_record record;
    if (!ring_turn(!settings_saving()) || !ring_after(ring_newest() - 1, &record)) return;
    if (record.edge == EDGE_PRESSED && record.key != PAPER) evaluator_pressed(record.key, record.sequence);
}

static void send(const struct ring_record *record) {
    bool again = record->before_start || record->sequence <= sent_ever;
    frame_begin(COMMAND_KEY_EVENT, 0);
    frame_u32(record->sequence);
    frame_septet(record->key);
    frame_septet(record->edge);
    frame_u32(record->before_start ? AGE_UNKNOWN : clock_since(record->at_ms));
    frame_septet((again ? FLAG_AGAIN : 0) | (record->before_start ? FLAG_BEFORE_START : 0));
    frame_send();
}

static void tell_replay_end(void) {
    replay_asked = false;
    frame_begin(COMMAND_REPLAY, replay_tag);
    frame_u32(ring_newest());
    frame_septet(replay_count);
    frame_send();
}

static void send_next(void) {
    struct ring_record record;
    if (!heartbeat_gateway_there() || uart_room() < EVENT_BYTES) return;
    if (!ring_after(sent, &record)) {
        if (replay_asked) tell_replay_end();
        return;
    }
    send(&record);
    if (record.sequence == ring_oldest_waiting()) waiting_since_ms = clock_ms();
    sent = record.sequence;
    if (sent > sent_ever) sent_ever = sent;
    if (replay_count < RING_SLOTS) replay_count++;
}

void records_send_again(void) { sent = 0; }

void records_replay(uint8_t tag) {
    sent = 0;
    replay_asked = true;
    replay_tag = tag;
    replay_count = 0;
}

enum fault records_acknowledge(uint32_t through) {
    if (through > ring_newest()) return FAULT_RANGE;
    ring_acknowledge(through);
    waiting_since_ms = clock_ms();
    evaluator_acknowledged(through);
    return FAULT_NONE;
}

void records_turn(void) {
    take_edge();
    store_on();
    send_next();
    if (clock_since(waiting_since_ms) < SEND_AGAIN_MS) return;
    waiting_since_ms = clock_ms();
    if (sent >= ring_oldest_waiting()) sent = 0;
}
