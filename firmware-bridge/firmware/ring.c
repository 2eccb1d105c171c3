// The slots are mirrored in memory: after the start the EEPROM is only written.
#include "ring.h"

#include <util/crc16.h>

#include "eeprom.h"

enum { OFFSET_WHAT = 3, OFFSET_CRC = 4, OFFSET_ACKNOWLEDGED = 5, ERASED = 0xFF, MARKED = 0, NO_RECORD = 0, KEY_BITS = 0x1F, EDGE_BIT = 0x80 };

/** What an erased slot loses, one after the other, once it is marked. */
static const uint8_t ERASE_ORDER[RING_SLOT_BYTES] = {OFFSET_CRC, OFFSET_WHAT, 0, 1, 2, OFFSET_ACKNOWLEDGED};

static uint8_t what_in[RING_SLOTS];
static uint32_t at_ms_in[RING_SLOTS];
static uint32_t newest, newest_before_start, acknowledged, acknowledged_written;
static uint8_t erased_ahead;
static uint16_t overruns;

static bool storing, erasing;
static uint8_t store_step, erase_step;
static uint8_t slot_bytes[OFFSET_CRC + 1];
static uint32_t storing_at_ms;

static uint8_t slot_of(uint32_t sequence) { return sequence % RING_SLOTS; }

static uint16_t address_of(uint8_t slot) { return RING_ADDRESS + slot * RING_SLOT_BYTES; }

/** FF is what an erased byte says: it never is a CRC. */
static uint8_t crc_of(uint8_t slot, const uint8_t *bytes) {
    uint8_t crc = _crc8_ccitt_update(0, slot);
    for (uint8_t i = 0; i < OFFSET_CRC; i++) crc = _crc8_ccitt_update(crc, bytes[i]);
    return crc == ERASED ? 0 : crc;
}

void ring_format(void) {
    for (uint8_t slot = 0; slot < RING_SLOTS; slot++) {
        while (!eeprom_idle()) {
        }
        eeprom_begin_erase(address_of(slot) + OFFSET_CRC);
    }
}

/** Reads a slot; true if it holds a record. */
static bool read_slot(uint8_t slot, uint32_t *sequence) {
    uint16_t address = address_of(slot);
    for (uint8_t i = 0; i <= OFFSET_CRC; i++) slot_bytes[i] = eeprom_read_byte_now(address + i);
    *sequence = ((uint32_t)slot_bytes[2] << 16 | (uint16_t)slot_bytes[1] << 8 | slot_bytes[0]) * RING_SLOTS + slot;
    return slot_bytes[OFFSET_CRC] == crc_of(slot, slot_bytes);
}

static void find_newest(void) {
    uint32_t sequence;
    for (uint8_t slot = 0; slot < RING_SLOTS; slot++) {
        if (read_slot(slot, &sequence) && sequence > newest) newest = sequence;
    }
}

static bool is_marked(uint8_t slot) { return eeprom_read_byte_now(address_of(slot) + OFFSET_ACKNOWLEDGED) != ERASED; }

static void mirror(void) {
    uint32_t sequence;
    for (uint8_t slot = 0; slot < RING_SLOTS; slot++) {
        what_in[slot] = NO_RECORD;
        if (!read_slot(slot, &sequence) || sequence + RING_SLOTS <= newest) continue;
        what_in[slot] = slot_bytes[OFFSET_WHAT];
        if (is_marked(slot) && sequence > acknowledged) acknowledged = sequence;
    }
}

/** A record whose writing was cut off, not an old one whose erasing was. */
static bool is_torn(uint8_t slot) {
    uint32_t sequence;
    uint8_t untouched = ERASED;
    if (read_slot(slot, &sequence) || is_marked(slot)) return false;
    for (uint8_t byte = 0; byte < OFFSET_CRC; byte++) untouched &= slot_bytes[byte];
    return untouched != ERASED;
}

static void begin_store(uint8_t what) {
    uint32_t sequence = newest + 1;
    uint32_t high = sequence / RING_SLOTS;
    slot_bytes[0] = high;
    slot_bytes[1] = high >> 8;
    slot_bytes[2] = high >> 16;
    slot_bytes[OFFSET_WHAT] = what;
    slot_bytes[OFFSET_CRC] = crc_of(slot_of(sequence), slot_bytes);
    storing = true;
    store_step = 0;
}

/** A torn record keeps its number, so that the gap tells of it: writing only clears bits, so it can be written on, as nothing. */
static void finish_torn(void) {
    uint8_t slot = slot_of(newest + 1);
    if (!is_torn(slot)) return;
    eeprom_begin_erase(address_of(slot) + OFFSET_CRC);
    erased_ahead = 1;
    begin_store(NO_RECORD);
}

void ring_start(void) {
    find_newest();
    mirror();
    newest_before_start = newest;
    acknowledged_written = acknowledged;
    if (newest > 0) finish_torn();
}

static uint32_t oldest_kept(void) {
    uint32_t kept_from = newest + erased_ahead + 1;
    return kept_from > RING_SLOTS ? kept_from - RING_SLOTS : 1;
}

uint32_t ring_newest(void) { return newest; }

uint32_t ring_oldest_waiting(void) { return acknowledged + 1 > oldest_kept() ? acknowledged + 1 : oldest_kept(); }

bool ring_after(uint32_t sequence, struct ring_record *record) {
    uint32_t next = sequence + 1 > ring_oldest_waiting() ? sequence + 1 : ring_oldest_waiting();
    while (next <= newest && what_in[slot_of(next)] == NO_RECORD) next++;
    if (next > newest) return false;
    uint8_t what = what_in[slot_of(next)];
    record->sequence = next;
    record->at_ms = at_ms_in[slot_of(next)];
    record->key = what & KEY_BITS;
    record->edge = what & EDGE_BIT ? EDGE_PRESSED : EDGE_RELEASED;
    record->before_start = next <= newest_before_start;
    return true;
}

uint8_t ring_waiting(void) {
    struct ring_record record = {0};
    uint8_t count = 0;
    while (ring_after(record.sequence, &record)) count++;
    return count;
}

uint16_t ring_overruns(void) { return overruns; }

bool ring_ready(void) { return !storing && erased_ahead > 0; }

void ring_store(uint8_t key, enum edge edge, uint32_t at_ms) {
    storing_at_ms = at_ms;
    begin_store(key | (edge == EDGE_PRESSED ? EDGE_BIT : 0));
}

void ring_acknowledge(uint32_t through) {
    if (through > acknowledged) acknowledged = through;
}

static bool store_on(void) {
    uint8_t slot = slot_of(newest + 1);
    if (store_step <= OFFSET_CRC) {
        eeprom_begin_write(address_of(slot) + store_step, slot_bytes[store_step]);
        store_step++;
        return false;
    }
    what_in[slot] = slot_bytes[OFFSET_WHAT];
    at_ms_in[slot] = storing_at_ms;
    newest++;
    erased_ahead--;
    storing = false;
    return true;
}

static void begin_erase(void) {
    uint32_t sequence = newest + erased_ahead + 1;
    uint8_t slot = slot_of(sequence);
    if (what_in[slot] != NO_RECORD && sequence > RING_SLOTS && sequence - RING_SLOTS > acknowledged) overruns++;
    what_in[slot] = NO_RECORD;
    erasing = true;
    erase_step = 0;
}

/** Storing may come between two bytes: the slot that is being erased stays the same, one nearer. */
static void erase_on(void) {
    uint16_t address = address_of(slot_of(newest + erased_ahead + 1));
    if (erase_step == 0) {
        eeprom_begin_write(address + OFFSET_ACKNOWLEDGED, MARKED);
    } else if (erase_step <= RING_SLOT_BYTES) {
        eeprom_begin_erase(address + ERASE_ORDER[erase_step - 1]);
    } else {
        erased_ahead++;
        erasing = false;
    }
    erase_step++;
}

/** One mark covers all records before it, so it stands at the newest that is acknowledged and still there. */
static void mark_acknowledged(void) {
    uint32_t sequence = acknowledged;
    while (sequence > acknowledged_written && what_in[slot_of(sequence)] == NO_RECORD) sequence--;
    if (sequence > acknowledged_written) eeprom_begin_write(address_of(slot_of(sequence)) + OFFSET_ACKNOWLEDGED, MARKED);
    acknowledged_written = acknowledged;
}

bool ring_turn(bool may_tidy) {
    if (!eeprom_idle()) return false;
    if (storing) return store_on();
    if (!may_tidy) return false;
    if (acknowledged_written < acknowledged) {
        mark_acknowledged();
    } else if (erasing) {
        erase_on();
    } else if (erased_ahead < RING_AHEAD) {
        begin_erase();
    }
    return false;
}
