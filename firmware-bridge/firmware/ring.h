// The EEPROM ring: records stay here, over power cuts, until the gateway has acknowledged them.
//
// Record n lives in slot n % 64, so every byte is written once in 64 records. A slot is 6 bytes:
//   0-2  sequence / 64, lowest byte first
//   3    what: key (bits 0-4), edge (bit 7); 0 for a record whose writing was cut off
//   4    CRC-8 of the slot's number and the bytes 0-3, never FF
//   5    FF, or anything else once this record and all before it are acknowledged; or once the slot is being erased
//
// Writing goes into erased bytes, 0 to 4 in this order: as long as the CRC is missing there is no record. Erasing marks byte 5 first, then
// takes the CRC, and byte 5 last: so a slot whose erasing was cut off is never taken for a record whose writing was.
// Eight slots ahead are kept erased, so that a record is stored in 9 ms, and one of every key in 72; 56 hold records.
#ifndef RING_H
#define RING_H

#include "board.h"

enum { RING_SLOTS = 64, RING_AHEAD = 8, RING_SLOT_BYTES = 6, RING_ADDRESS = 192 };

struct ring_record {
    uint32_t sequence;
    uint32_t at_ms;
    uint8_t key;
    enum edge edge;
    bool before_start;
};

/** Makes an empty ring of whatever is there: only for an EEPROM that never was a hall board's. Waits 0.12 s. */
void ring_format(void);
/** Reads all slots: 1 ms. */
void ring_start(void);

/**
 * Drives the EEPROM on by one byte if it is idle; call it in every turn. Marks and erases only while it `may_tidy`.
 * True when a record has become safe: its number is `ring_newest()`.
 */
bool ring_turn(bool may_tidy);

/** True when an edge can be handed over for storing. */
bool ring_ready(void);
void ring_store(uint8_t key, enum edge edge, uint32_t at_ms);

/** Everything up to and including `through` (at most `ring_newest()`) is safe elsewhere. */
void ring_acknowledge(uint32_t through);

/** 0 while there has been none. */
uint32_t ring_newest(void);
/** `ring_newest() + 1` if nothing waits. */
uint32_t ring_oldest_waiting(void);
uint8_t ring_waiting(void);
/** The oldest waiting record after `sequence`; false if there is none. */
bool ring_after(uint32_t sequence, struct ring_record *record);

/** Unacknowledged records that gave way to newer ones. */
uint16_t ring_overruns(void);

#endif
