// One producer and one consumer per ring, each owning its index (a byte wraps by itself at 256): no lock is needed.
#include "uart.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>
#include <util/delay.h>

enum { BAUD = 57600 };

static uint8_t received[256], sending[256];
static volatile uint8_t received_in, received_out, sending_in, sending_out;
static volatile uint16_t overruns;

void uart_start(void) {
    UBRR0 = (F_CPU / 8 + BAUD / 2) / BAUD - 1;
    UCSR0A = _BV(U2X0);
    UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
    UCSR0B = _BV(RXCIE0) | _BV(RXEN0) | _BV(TXEN0);
}

ISR(USART_RX_vect) {
    uint8_t state = UCSR0A;
    uint8_t byte = UDR0;
    bool full = (uint8_t)(received_in + 1) == received_out;
    if (state & (_BV(DOR0) | _BV(FE0)) || full) overruns++;
    if (state & _BV(FE0) || full) return;
    received[received_in] = byte;
    received_in++;
}

/** Asks for no further interrupt with the last byte: the next one always finds something to send. */
ISR(USART_UDRE_vect) {
    UDR0 = sending[sending_out];
    sending_out++;
    if (sending_out == sending_in) UCSR0B &= ~_BV(UDRIE0);
}

bool uart_read(uint8_t *byte) {
    if (uart_quiet()) return false;
    *byte = received[received_out];
    received_out++;
    return true;
}

bool uart_quiet(void) { return received_in == received_out; }

uint8_t uart_room(void) { return (uint8_t)(sending_out - sending_in - 1); }

void uart_write(uint8_t byte) {
    while (uart_room() == 0) {
    }
    sending[sending_in] = byte;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        sending_in++;
        UCSR0B |= _BV(UDRIE0);
    }
}

void uart_flush(void) {
    while (uart_room() != 255) {
    }
    // Two bytes may be in the hardware yet, 0.35 ms.
    _delay_ms(1);
}

uint16_t uart_overruns(void) {
    uint16_t count;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { count = overruns; }
    return count;
}
