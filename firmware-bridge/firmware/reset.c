// After a watchdog reset the watchdog runs on with 16 ms: it is stopped in the start-up code, before memory is cleared.
#include "reset.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/wdt.h>

#define ASKED_FOR 0x52455354UL

static uint8_t hardware_cause __attribute__((section(".noinit")));
static uint32_t asked __attribute__((section(".noinit")));
static uint8_t cause;

/** Optiboot clears MCUSR and leaves its value in r2. */
void reset_remember(void) __attribute__((naked, used, section(".init3")));
void reset_remember(void) {
    uint8_t left_by_boot_loader;
    __asm__ volatile("mov %0, r2" : "=r"(left_by_boot_loader));
    hardware_cause = MCUSR != 0 ? MCUSR : left_by_boot_loader;
    MCUSR = 0;
    wdt_disable();
}

void reset_guard(void) {
    cause = hardware_cause & 0x0F;
    // After a power-on the memory holds chance.
    if ((cause & CAUSE_POWER_ON) == 0 && asked == ASKED_FOR) cause |= CAUSE_ASKED;
    asked = 0;
    wdt_enable(WDTO_2S);
}

uint8_t reset_cause(void) { return cause; }

void reset_fed(void) { wdt_reset(); }

void reset_restart(void) {
    asked = ASKED_FOR;
    cli();
    wdt_enable(WDTO_15MS);
    for (;;) {
    }
}
