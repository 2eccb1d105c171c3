// Which Firmata mode each pin may have and has. The profile's pins keep their purpose.
#ifndef MODES_H
#define MODES_H

#include "board.h"

enum mode { MODE_INPUT = 0x00, MODE_OUTPUT = 0x01, MODE_ANALOG = 0x02, MODE_PWM = 0x03, MODE_PULLUP = 0x0B };
enum { ANALOG_BITS = 10, PWM_BITS = 8, DIGITAL_BITS = 1, NO_CHANNEL = 0x7F };

/** Every pin back to the mode of its purpose. */
void modes_reset(void);
/** Ignored where the pin cannot. */
void modes_set(uint8_t pin, uint8_t mode);
uint8_t modes_get(uint8_t pin);
/** Resolution of a mode in bits, 0 if the pin cannot. */
uint8_t modes_resolution(uint8_t pin, enum mode mode);
/** What was last written to a pin. */
uint16_t modes_state(uint8_t pin);
void modes_write_digital(uint8_t pin, bool high);
void modes_write_analog(uint8_t pin, uint16_t value);
/** Analog channel of a pin, NO_CHANNEL for none. */
uint8_t modes_channel(uint8_t pin);
/** True for inputs, whose levels are reported. */
bool modes_is_input(uint8_t pin);

#endif
