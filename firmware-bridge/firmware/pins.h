// The board's pins by their Arduino numbers: 0..7 = D0..D7 (port D), 8..13 = D8..D13 (port B), 14..19 = A0..A5 (port C), 20 and 21 only measure.
// What hangs on which pin is the profile's business.
#ifndef PINS_H
#define PINS_H

#include "board.h"

enum { PINS = 22, DIGITAL_PINS = 20, FIRST_ANALOG_PIN = 14, ANALOG_CHANNELS = 8, NO_PIN = 0xFF };
enum { PIN_BUZZER = 7, PIN_PAPER = 8, PIN_DISPLAY_SELECT = 10, PIN_DISPLAY_DATA = 11, PIN_DISPLAY_CLOCK = 13 };

enum role { ROLE_FREE, ROLE_KEY, ROLE_PAPER, ROLE_OUTPUT, ROLE_DISPLAY, ROLE_LINK, ROLE_ANALOG_ONLY };

/** Fits the pins out for the profile (by jumper: reads A4 and A5): inputs pulled up, outputs low. */
void pins_start(enum profile configured, bool with_display);

enum profile pins_profile(void);
enum role pins_role(uint8_t pin);
uint8_t pins_keys(void);
uint8_t pins_lamps(void);

/** The key (1..8, PAPER) on a pin, 0 for none. */
uint8_t pins_key_on(uint8_t pin);
/** The pin of a key 1.. or of an output (0 = buzzer, 1.. = lamp), NO_PIN for none. */
uint8_t pins_of_key(uint8_t key);
uint8_t pins_of_output(uint8_t output);
/** The lamp that tells that the board is alone. */
uint8_t pins_offline_lamp(void);

/** All levels now, bit n = pin n. */
uint32_t pins_read(void);
void pins_set_output(uint8_t pin);
void pins_set_input(uint8_t pin, bool pull_up);
void pins_write(uint8_t pin, bool high);

#endif
